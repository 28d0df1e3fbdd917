package org.jackfield.teams;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;

/**
 * Knows which agents work in or near a queue, from what the ACD says, so that they are read first. Sees events on the
 * publishing thread and takes no time. Safe for any thread.
 */
final class QueueNearness implements AutoCloseable {
    /** Somebody of whom the ACD says nothing, or that he is logged off. */
    static final int FAR = 2;

    private final String tenant;
    private final Map<String, Integer> ranks = new ConcurrentHashMap<>();
    private final Registration tap;

    QueueNearness(EventBus bus, String tenant) {
        this.tenant = tenant;
        this.tap = bus.tap(this::see);
    }

    /** 0 in a queue, 1 near one, {@link #FAR} for the rest. */
    int of(String agent) {
        return ranks.getOrDefault(agent, FAR);
    }

    private void see(Event event) {
        if (event.data() instanceof AgentEvents.StateChanged changed
                && event.tenant().equals(tenant)) {
            int rank = rank(changed.state());
            if (rank == FAR) {
                ranks.remove(changed.agent());
            } else {
                ranks.put(changed.agent(), rank);
            }
        }
    }

    private static int rank(AgentState state) {
        return switch (state) {
            case READY, BUSY, WORKING_AFTER_CALL -> 0;
            case NOT_READY -> 1;
            case LOGGED_OFF -> FAR;
        };
    }

    @Override
    public void close() {
        tap.close();
    }
}
