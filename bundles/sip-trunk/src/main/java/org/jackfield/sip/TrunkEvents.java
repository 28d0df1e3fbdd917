package org.jackfield.sip;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jackfield.event.CallEvents;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Trunk;
import org.jspecify.annotations.Nullable;

/**
 * Puts the trunk's events into the spool, in order; what must wait for room holds back what depends on it.
 * For the stack's thread; the scheduler given brings it back there.
 */
final class TrunkEvents {
    /** How often a full spool is tried again, and for how long, in milliseconds. */
    private static final long AGAIN = 100;

    private static final long GIVE_UP = 25_000;

    /** Runs a task on the stack's thread after a time in milliseconds. */
    interface Later {
        void run(long millis, Runnable task);
    }

    private record Waiting(EventDraft draft, Runnable then, Runnable otherwise, long until) {}

    private final EventBus bus;
    private final LinkId link;
    private final Clock clock;
    private final Later later;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    TrunkEvents(EventBus bus, LinkId link, Clock clock, Later later) {
        this.bus = bus;
        this.link = link;
        this.clock = clock;
        this.later = later;
    }

    static Origin origin(Trunk.Side side) {
        return switch (side) {
            case ACD -> Origin.ACD;
            case TEAMS -> Origin.TEAMS;
            case CARRIER -> Origin.SBC;
        };
    }

    /** Appends at once. */
    void publish(Origin origin, @Nullable String call, EventData data) throws SpoolFullException {
        if (!waiting.isEmpty()) {
            throw new SpoolFullException("spool: events of the trunk wait for room (expected: room)");
        }
        bus.publish(draft(origin, call, data));
    }

    /** Appends now or as soon as there is room, then runs {@code then}; when there is none for 25 s, {@code otherwise}. */
    void append(Origin origin, @Nullable String call, EventData data, Runnable then, Runnable otherwise) {
        EventDraft draft = draft(origin, call, data);
        if (waiting.isEmpty() && appended(draft)) {
            then.run();
            return;
        }
        waiting.add(new Waiting(draft, then, otherwise, clock.millis() + GIVE_UP));
        if (waiting.size() == 1) {
            later.run(AGAIN, this::again);
        }
    }

    /** Appends now or later; nothing depends on it. */
    void append(Origin origin, @Nullable String call, EventData data) {
        append(origin, call, data, () -> {}, () -> {});
    }

    private EventDraft draft(Origin origin, @Nullable String call, EventData data) {
        return EventDraft.of(link.tenant(), link.source(), origin, clock.instant(), data)
                .correlated(call);
    }

    private boolean appended(EventDraft draft) {
        try {
            bus.publish(draft);
            return true;
        } catch (SpoolFullException e) {
            return false;
        }
    }

    private void again() {
        Waiting first = waiting.peek();
        while (first != null) {
            if (appended(first.draft())) {
                waiting.poll();
                first.then().run();
            } else if (clock.millis() > first.until()) {
                waiting.poll();
                first.otherwise().run();
            } else {
                later.run(AGAIN, this::again);
                return;
            }
            first = waiting.peek();
        }
    }

    /** A step of a call on the trunk: {@code id} is the Call-ID that it is about, {@code seen} where it was seen. */
    static CallEvents.Call call(
            CallEvents.Kind kind, Session session, String id, Leg seen, @Nullable String agent, @Nullable Ending why) {
        return new CallEvents.Call(
                kind,
                session.call,
                id,
                null,
                seen.sideText(),
                session.calling,
                session.called,
                null,
                agent,
                null,
                null,
                why == null ? null : why.cause(),
                session.uui,
                session.redirecting,
                why == null ? null : why.guid(),
                why == null ? null : why.kind(),
                session.identifier());
    }
}
