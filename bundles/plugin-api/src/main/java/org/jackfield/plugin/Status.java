package org.jackfield.plugin;

import java.time.Instant;
import java.util.Objects;

/**
 * How a link, a flow or the bus is: a state, what kind of trouble, a sentence for the person on call, and since when.
 * Immutable; a fault of a plugin is its status, never the host's crash.
 */
public record Status(State state, Detail detail, String sentence, Instant since) {
    /** Where in its life it is. */
    public enum State {
        STARTING,
        UP,
        /** It works, but not as it should. */
        DEGRADED,
        DOWN,
        STOPPED
    }

    /** What kind of trouble, when there is any. */
    public enum Detail {
        NONE,
        CONFIGURATION,
        CONNECTION,
        AUTHENTICATION,
        PROTOCOL,
        OVERLOAD,
        INTERNAL
    }

    public Status {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(sentence, "sentence");
        Objects.requireNonNull(since, "since");
    }

    public static Status starting(Instant since) {
        return new Status(State.STARTING, Detail.NONE, "starting", since);
    }

    public static Status up(String sentence, Instant since) {
        return new Status(State.UP, Detail.NONE, sentence, since);
    }

    public static Status degraded(Detail detail, String sentence, Instant since) {
        return new Status(State.DEGRADED, detail, sentence, since);
    }

    public static Status down(Detail detail, String sentence, Instant since) {
        return new Status(State.DOWN, detail, sentence, since);
    }

    public static Status stopped(Instant since) {
        return new Status(State.STOPPED, Detail.NONE, "stopped", since);
    }

    /** True when work is done, well or badly: UP or DEGRADED. */
    public boolean works() {
        return state == State.UP || state == State.DEGRADED;
    }
}
