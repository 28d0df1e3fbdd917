package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import org.jackfield.plugin.Agent;

/**
 * The presence rules of one tenant. Pure and immutable: time comes in, decisions come out, safe for any thread.
 * Decisions look at the whole memory and not at the event that woke them, so an event that comes twice, late or after
 * newer ones changes nothing.
 */
public final class PresencePolicy {
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(15);

    private final PresenceOptions options;

    public PresencePolicy(PresenceOptions options) {
        this.options = options;
    }

    public PresenceOptions options() {
        return options;
    }

    /** Takes what was seen into an agent's memory. */
    public AgentMemory observe(AgentMemory memory, PresenceInput input) {
        return Observing.take(memory, input, options);
    }

    /**
     * What Teams shall show now.
     *
     * @param cause the event that asks; the same one asking again before a result is known gets the same decision again
     */
    public PresenceDecision.Step toTeams(AgentMemory memory, Agent agent, Instant now, String cause) {
        return TeamsSide.decide(memory, agent, options, now, cause);
    }

    /** What the ACD shall be asked now; {@code cause} as above. */
    public PresenceDecision.Step toAcd(AgentMemory memory, Agent agent, Instant now, String cause) {
        return AcdSide.decide(memory, agent, options, now, cause);
    }

    /** When a write that failed, or whose result never came, is tried again: later each time. */
    static Instant retryAt(Instant at, int attempts, PresenceOptions options) {
        Duration wait = options.confirm().multipliedBy(1L << Math.min(Math.max(attempts - 1, 0), 10));
        return at.plus(wait.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait);
    }
}
