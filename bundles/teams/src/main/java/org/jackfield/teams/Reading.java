package org.jackfield.teams;

import java.time.Instant;

/** What was last read of one user. Changed by the sweep only, read by anybody. */
final class Reading {
    private volatile SeenPresence seen;
    private volatile long at;

    Reading(SeenPresence seen, Instant at) {
        this.seen = seen;
        this.at = at.toEpochMilli();
    }

    SeenPresence seen() {
        return seen;
    }

    Instant at() {
        return Instant.ofEpochMilli(at);
    }

    void now(SeenPresence next, Instant when) {
        seen = next;
        at = when.toEpochMilli();
    }
}
