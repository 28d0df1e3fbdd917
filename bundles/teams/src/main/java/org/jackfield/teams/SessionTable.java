package org.jackfield.teams;

import java.util.function.Consumer;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of one application in the tables of held sessions and kill switches, so that a restarted host knows what it
 * has set. A full spool costs the memory of a write, never the write.
 */
final class SessionTable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTable.class);

    private final Table<HeldSession> sessions;
    private final Table<SwitchRow> switches;
    private final String tenant;
    private final String app;

    SessionTable(EventBus bus, String tenant, String app) {
        this.sessions = bus.table("teams-session", HeldSession.class);
        this.switches = bus.table("teams-switch", SwitchRow.class);
        this.tenant = tenant;
        this.app = app;
    }

    String app() {
        return app;
    }

    boolean complete() {
        return sessions.complete() && switches.complete();
    }

    void put(HeldSession row) {
        guarded(() -> sessions.put(key(row.user()), row));
    }

    void remove(String user) {
        Table.Key key = key(user);
        if (sessions.get(key) != null) {
            guarded(() -> sessions.remove(key));
        }
    }

    void each(Consumer<HeldSession> visitor) {
        sessions.forEach((key, row) -> {
            if (key.tenant().equals(tenant) && row.app().equals(app)) {
                visitor.accept(row);
            }
        });
    }

    /** Why writing is stopped, null when it is not. */
    @Nullable
    String stopped() {
        SwitchRow row = switches.get(new Table.Key(tenant, app));
        return row != null && row.on() ? row.reason() : null;
    }

    void stop(boolean on, String reason) {
        guarded(() -> switches.put(new Table.Key(tenant, app), new SwitchRow(on, reason)));
    }

    private Table.Key key(String user) {
        return new Table.Key(tenant, app + "/" + user);
    }

    private static void guarded(Runnable write) {
        try {
            write.run();
        } catch (SpoolFullException e) {
            LOG.warn("a presence session is not remembered over a restart: {}", e.getMessage());
        }
    }
}
