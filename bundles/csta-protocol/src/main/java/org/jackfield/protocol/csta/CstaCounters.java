package org.jackfield.protocol.csta;

import java.util.concurrent.atomic.LongAdder;

/** What a session has counted since it was made; safe for any thread. */
public final class CstaCounters {
    final LongAdder framesIn = new LongAdder();
    final LongAdder framesOut = new LongAdder();
    final LongAdder late = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder refused = new LongAdder();

    public long framesIn() {
        return framesIn.sum();
    }

    public long framesOut() {
        return framesOut.sum();
    }

    /** Answers that came when nobody waited for them any more, and were dropped. */
    public long late() {
        return late.sum();
    }

    /** Requests without an answer in time. */
    public long timeouts() {
        return timeouts.sum();
    }

    /** Faults that closed a connection. */
    public long refused() {
        return refused.sum();
    }
}
