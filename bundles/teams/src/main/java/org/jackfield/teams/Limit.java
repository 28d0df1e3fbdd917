package org.jackfield.teams;

import java.time.Duration;

/**
 * What Graph allows and how much of it is used.
 *
 * @param requests in any {@code window}
 * @param share more than 0.0 to 1.0
 */
record Limit(int requests, Duration window, double share) {
    /** What Graph allows one application over all tenants, whatever it asks (Graph service limits). */
    static Limit whole(double share) {
        return new Limit(130_000, Duration.ofSeconds(10), share);
    }

    /** How many requests a window may hold. */
    int allowed() {
        return (int) (requests * share);
    }

    TokenBucket bucket(java.time.Instant now) {
        return TokenBucket.within(requests, share, window, now);
    }

    /** The one that allows less. */
    Limit stricter(Limit other) {
        double mine = allowed() * 1_000.0 / window.toMillis();
        double others = other.allowed() * 1_000.0 / other.window.toMillis();
        return others < mine ? other : this;
    }
}
