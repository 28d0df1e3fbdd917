package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/** What to do about one agent; each says the rule that led to it, for the person who reads the timeline. */
public sealed interface PresenceDecision {
    String reason();

    /** Let Teams show {@code pair} by the host's own session, for at most {@code expiry}. */
    record Show(Pair pair, Duration expiry, String reason, Extras extras) implements PresenceDecision {}

    /** Give up the host's own session, so that the user's own state shows. */
    record Clear(String reason, Extras extras) implements PresenceDecision {}

    /** Ask the ACD to put the agent into {@code state}. */
    record Request(AgentState state, String reason) implements PresenceDecision {}

    /** Write nothing. */
    record Nothing(String reason) implements PresenceDecision {}

    /** Write nothing until {@code until}: both sides keep toggling. */
    record Stop(Instant until, String reason) implements PresenceDecision {}

    /**
     * A decision, what to remember, and when to look again although nothing happens.
     *
     * @param checkAgainAt null when only an event can change the decision
     */
    record Step(
            AgentMemory memory,
            PresenceDecision decision,
            @Nullable Instant checkAgainAt) {}
}
