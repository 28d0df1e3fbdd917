package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;

/**
 * A budget of requests: a burst, and a steady rate after it.
 * {@link #within} sizes both so that no window, wherever it is laid, holds more than the share of its limit. Not thread-safe.
 */
final class TokenBucket {
    /** The part of the budget that may go at once; the rest comes as a steady rate. */
    private static final double BURST = 0.1;

    private final double capacity;
    private final double perSecond;
    private double tokens;
    private Instant filled;

    TokenBucket(double capacity, double perSecond, Instant now) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.tokens = capacity;
        this.filled = now;
    }

    /** At most {@code limit * share} in any {@code window}. */
    static TokenBucket within(int limit, double share, Duration window, Instant now) {
        double budget = limit * share;
        double burst = Math.max(1, Math.floor(budget * BURST));
        return new TokenBucket(burst, (budget - burst) * 1000.0 / window.toMillis(), now);
    }

    boolean take(Instant now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Gives one back that was not needed. */
    void giveBack() {
        tokens = Math.min(capacity, tokens + 1);
    }

    /** How long until there is one. */
    Duration untilNext(Instant now) {
        fill(now);
        return tokens >= 1
                ? Duration.ZERO
                : Duration.ofNanos((long) Math.ceil((1 - tokens) / perSecond * 1e9) + 1_000_000);
    }

    double available(Instant now) {
        fill(now);
        return tokens;
    }

    /** Starts with no more than what an older budget had left. */
    void keepAtMost(double left, Instant now) {
        fill(now);
        tokens = Math.min(tokens, left);
    }

    private void fill(Instant now) {
        if (now.isAfter(filled)) {
            tokens = Math.min(capacity, tokens + Duration.between(filled, now).toNanos() / 1e9 * perSecond);
            filled = now;
        }
    }
}
