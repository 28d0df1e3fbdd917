package org.jackfield.teams;

import java.time.Instant;

/** What was last read of one user. Changed by the sweep only, read by anybody. */
final class Reading {
    private volatile SeenPresence seen;
    private volatile long at;
    private long asked;

    /** @param asked when the sweep that read it began */
    Reading(SeenPresence seen, Instant asked, Instant at) {
        this.seen = seen;
        this.asked = asked.toEpochMilli();
        this.at = at.toEpochMilli();
    }

    SeenPresence seen() {
        return seen;
    }

    Instant at() {
        return Instant.ofEpochMilli(at);
    }

    /** True when it was asked for later than {@code other}. */
    boolean askedAfter(Instant other) {
        return asked > other.toEpochMilli();
    }

    void now(SeenPresence next, Instant began, Instant when) {
        seen = next;
        asked = Math.max(asked, began.toEpochMilli());
        at = when.toEpochMilli();
    }
}
