package org.jackfield.mediation.presence;

import java.time.Instant;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/** Something seen about one agent; {@link #at} is when it happened. */
public sealed interface PresenceInput {
    Instant at();

    /** The ACD says which state the agent is in; {@code resync} when a snapshot found it. */
    record AcdState(
            Instant at,
            AgentState state,
            @Nullable AgentState pending,
            @Nullable String reason,
            boolean resync) implements PresenceInput {}

    /** Teams shows the agent so. */
    record TeamsState(Instant at, String availability, String activity) implements PresenceInput {}

    /** A call was established at the agent; {@code teams} when it was answered in the Teams client. */
    record CallUp(Instant at, String call, boolean teams) implements PresenceInput {}

    /** The agent has left a call. */
    record CallGone(Instant at, String call) implements PresenceInput {}

    /** An operator ordered a state at the ACD. */
    record OperatorOrder(Instant at) implements PresenceInput {}

    /** What became of a write toward Teams; null pair for a clear. */
    record TeamsResult(Instant at, @Nullable Pair pair, Written written) implements PresenceInput {}

    /** What became of a write toward the ACD. */
    record AcdResult(Instant at, AgentState state, Written written) implements PresenceInput {}

    /** How far a write has come. */
    enum Written {
        /** Decided, no result yet. */
        SENT,
        DONE,
        /** The ACD will do it later. */
        PENDING,
        /** The link only observes: nothing was written. */
        OBSERVED,
        /** A newer one took its place. */
        SUPERSEDED,
        FAILED
    }
}
