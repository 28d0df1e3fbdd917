package org.jackfield.sip;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a trunk and what is kept of them over a restart, in the table {@code dialog}.
 * For the stack's thread, but for {@link #active}.
 */
final class CallBook {
    private static final long TABLE_POLL = 50;
    private static final long AGAIN = 1_000;
    /** A BYE that was sent while the host was away comes again for 64*T1 = 32 s; what is left then is asked after. */
    private static final long FIRST_AUDIT = 40_000;

    private static final long SPREAD = 20_000;

    private final TrunkEngine engine;
    private final MeterRegistry meters;
    private final Table<DialogRecord> table;
    private final Set<Session> sessions = new HashSet<>();
    private final AtomicInteger active = new AtomicInteger();
    private final Map<InetAddress, int[]> bySource = new HashMap<>();
    private final Map<String, Counter> counters = new HashMap<>();
    private final Gauge gauge;
    private boolean restored;

    CallBook(TrunkEngine engine, MeterRegistry meters, Table<DialogRecord> table) {
        this.engine = engine;
        this.meters = meters;
        this.table = table;
        this.gauge = Gauge.builder("jackfield.sip.calls.active", active, AtomicInteger::get)
                .tag("link", engine.settings().id().name())
                .register(meters);
    }

    /** Calls that are being set up or are up; for any thread. */
    int active() {
        return active.get();
    }

    /** False until all calls from before the restart are known again. */
    boolean restored() {
        return restored;
    }

    /** Takes up the calls of the table as soon as it is whole. */
    void restore() {
        if (!table.complete()) {
            engine.stack().schedule(TABLE_POLL, this::restore);
            return;
        }
        String tenant = engine.settings().id().tenant();
        String link = engine.settings().id().name();
        table.forEach((key, record) -> {
            if (key.tenant().equals(tenant) && record.link().equals(link)) {
                resume(new Session(engine, key.id(), record), record.transfer());
            }
        });
        restored = true;
    }

    private void resume(Session session, DialogRecord.@Nullable OpenTransfer transfer) {
        begun(session);
        long first = Math.min(engine.settings().audit(), FIRST_AUDIT + Math.floorMod(session.id.hashCode(), SPREAD));
        engine.stack().schedule(first, () -> audit(session));
        if (transfer != null) {
            engine.transfers().settle(session, transfer);
            save(session);
        }
    }

    /** A call whose BYEs came while the host was away would stay for ever: its peers are asked now and then. */
    private void audit(Session session) {
        if (sessions.contains(session)) {
            session.probe();
            engine.stack().schedule(engine.settings().audit(), () -> audit(session));
        }
    }

    void begun(Session session) {
        if (sessions.add(session)) {
            active.incrementAndGet();
            bySource.computeIfAbsent(session.source, source -> new int[1])[0]++;
        }
    }

    /** How many calls of this address are open. */
    int from(InetAddress source) {
        int[] open = bySource.get(source);
        return open == null ? 0 : open[0];
    }

    /** Both legs are up: an event and a record. */
    void established(Session session, Leg answering, @Nullable String remark) {
        count(session.quiet ? "hairpin" : "established");
        if (session.quiet) {
            save(session);
            return;
        }
        engine.events()
                .append(
                        TrunkEvents.origin(answering.side),
                        session.call,
                        TrunkEvents.call(
                                CallEvents.Kind.ESTABLISHED,
                                session,
                                answering.callId,
                                answering,
                                engine.agents().of(session),
                                Ending.remark(remark)));
        save(session);
    }

    void ended(Session session, String outcome) {
        if (sessions.remove(session)) {
            active.decrementAndGet();
            int[] open = bySource.get(session.source);
            if (open != null && --open[0] <= 0) {
                bySource.remove(session.source);
            }
            count(outcome);
        }
    }

    /** Keeps what a restart needs; tried again while the spool is full. */
    void save(Session session) {
        DialogRecord record =
                session.established() ? session.record(engine.settings().id().name()) : null;
        if (record == null) {
            return;
        }
        try {
            table.put(key(session), record);
        } catch (SpoolFullException e) {
            count("unsaved");
            engine.stack().schedule(AGAIN, () -> save(session));
        }
    }

    void forget(Session session) {
        try {
            table.remove(key(session));
        } catch (SpoolFullException e) {
            engine.stack().schedule(AGAIN, () -> forget(session));
        }
    }

    private Table.Key key(Session session) {
        return new Table.Key(engine.settings().id().tenant(), session.id);
    }

    void count(String outcome) {
        counters.computeIfAbsent(
                        outcome,
                        what -> meters.counter(
                                "jackfield.sip.calls",
                                "link",
                                engine.settings().id().name(),
                                "outcome",
                                what))
                .increment();
    }

    /** The trunk stops: what rings ends, what is up stays in the table. */
    void stop() {
        meters.remove(gauge);
        new ArrayList<>(sessions).forEach(Session::stop);
    }
}
