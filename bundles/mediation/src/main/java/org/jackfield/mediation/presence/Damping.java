package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts one agent's writes in one direction and stops them when both sides keep toggling. Immutable.
 *
 * @param writes the times of the last minute's writes, oldest first
 * @param overruns how many minutes in a row were at the limit
 * @param lastOverrun when the last of them was counted
 * @param openUntil while the circuit is open nothing is written
 */
public record Damping(
        List<Instant> writes,
        int overruns,
        @Nullable Instant lastOverrun,
        @Nullable Instant openUntil) {
    static final Damping NONE = new Damping(List.of(), 0, null, null);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration CALM = Duration.ofMinutes(5);

    public Damping {
        writes = List.copyOf(writes);
    }

    /**
     * Whether a write is allowed.
     *
     * @param next what to remember
     * @param until null when it is allowed, otherwise until when not
     * @param opened true when this very refusal opened the circuit
     */
    record Verdict(Damping next, @Nullable Instant until, boolean opened) {}

    Verdict ask(Instant now, int limit, Duration spacing, PresenceOptions options) {
        if (openUntil != null && now.isBefore(openUntil)) {
            return new Verdict(this, openUntil, false);
        }
        List<Instant> recent = new ArrayList<>(writes);
        recent.removeIf(at -> !at.plus(MINUTE).isAfter(now));
        if (recent.size() >= limit) {
            return overrun(recent, now, options);
        }
        if (!recent.isEmpty()) {
            Instant earliest = recent.get(recent.size() - 1).plus(spacing);
            if (now.isBefore(earliest)) {
                return new Verdict(new Damping(recent, overruns, lastOverrun, null), earliest, false);
            }
        }
        recent.add(now);
        boolean calm = lastOverrun == null || lastOverrun.plus(CALM).isBefore(now);
        return new Verdict(new Damping(recent, calm ? 0 : overruns, calm ? null : lastOverrun, null), null, false);
    }

    private Verdict overrun(List<Instant> recent, Instant now, PresenceOptions options) {
        boolean counts = lastOverrun == null || !lastOverrun.plus(MINUTE).isAfter(now);
        int count = counts ? overruns + 1 : overruns;
        Instant last = counts ? now : lastOverrun;
        if (count >= options.flapLimit()) {
            Instant until = now.plus(options.circuit());
            return new Verdict(new Damping(recent, 0, null, until), until, true);
        }
        return new Verdict(new Damping(recent, count, last, null), recent.get(0).plus(MINUTE), false);
    }
}
