package org.jackfield.bus;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets records gather before a reader fetches again: a fetch costs a client and the broker about as much as the reading of
 * ten records. What comes after a silence is read at once, what follows it waits at most for the gap. For one thread.
 */
final class Pace {
    private final long gap;
    private long last;

    /** @param gap the shortest time from one fetch that brought something to the next; zero for none */
    Pace(Duration gap) {
        this.gap = gap.toNanos();
        this.last = System.nanoTime() - this.gap;
    }

    /** To be called after the records of a fetch have been taken. */
    void tookSome() {
        long wait = last + gap - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
        last = System.nanoTime();
    }
}
