package org.jackfield.acd.csta;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.SpoolFullException;
import org.jspecify.annotations.Nullable;

/**
 * Where the link's events go: the bus, in order. Used on the lane only.
 * While the spool is full, what came from the ACD waits here and is appended in order as soon as there is room.
 */
final class Outlet {
    /** What may wait for room in the spool; beyond that it is lost and counted. */
    private static final int MAX_WAITING = 50_000;

    private static final Duration RETRY = Duration.ofMillis(200);

    private final EventBus bus;
    private final LinkId id;
    private final String source;
    private final Clock clock;
    private final Lane lane;
    private final Meters meters;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    Outlet(EventBus bus, LinkId id, Clock clock, Lane lane, Meters meters) {
        this.bus = bus;
        this.id = id;
        this.source = id.source();
        this.clock = clock;
        this.lane = lane;
        this.meters = meters;
    }

    LinkId id() {
        return id;
    }

    Instant now() {
        return clock.instant();
    }

    /** True while the spool takes nothing. */
    boolean blocked() {
        return !waiting.isEmpty();
    }

    /** Publishes what the ACD or the link did, now or as soon as the spool has room. */
    void publish(Origin origin, EventData data, @Nullable String correlation) {
        var draft = draft(origin, data, correlation);
        append(() -> bus.publish(draft));
    }

    /** Publishes what came of {@code cause}. */
    void publish(Origin origin, EventData data, @Nullable Event cause) {
        EventDraft draft = draft(origin, data, (String) null);
        EventDraft caused = cause == null ? draft : draft.causedBy(cause);
        append(() -> bus.publish(caused));
    }

    /** Publishes at once or not at all: an answer that must not leave before its event is in the spool. */
    boolean publishNow(EventData data, @Nullable String correlation) {
        if (blocked()) {
            return false;
        }
        try {
            bus.publish(draft(Origin.ACD, data, correlation));
            return true;
        } catch (SpoolFullException e) {
            return false;
        }
    }

    private EventDraft draft(Origin origin, EventData data, @Nullable String correlation) {
        return new EventDraft(id.tenant(), source, origin, now(), correlation, null, data);
    }

    /** Runs a write to the bus or to a table, after those that wait. */
    void append(Runnable write) {
        if (waiting.isEmpty() && attempt(write)) {
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            meters.unpublished();
            return;
        }
        waiting.add(write);
        if (waiting.size() == 1) {
            lane.after(RETRY, this::drain);
        }
    }

    private void drain() {
        while (!waiting.isEmpty() && attempt(waiting.getFirst())) {
            waiting.removeFirst();
        }
        if (!waiting.isEmpty()) {
            lane.after(RETRY, this::drain);
        }
    }

    private static boolean attempt(Runnable write) {
        try {
            write.run();
            return true;
        } catch (SpoolFullException e) {
            return false;
        }
    }
}
