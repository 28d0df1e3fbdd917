package org.jackfield.bus;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Lets records gather before a reader fetches again: a fetch costs a client and the broker about as much as the reading of
 * ten records. What comes after a silence is read at once, what follows it waits at most for the gap. For one thread.
 */
final class Pace {
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** So many records in one go are a load, under which others gather for longer: fixed costs are shared by more. */
    static final int MANY = 32;

    private final IntFunction<Duration> gap;
    private long last = System.nanoTime() - LONGEST.toNanos();

    /**
     * @param gap the shortest time from one fetch that brought so many records to the next, asked each time; zero for none
     */
    Pace(IntFunction<Duration> gap) {
        this.gap = gap;
    }

    /** To be called after the records of a fetch have been taken. */
    void took(int records) {
        Duration least = gap.apply(records);
        long wait = last + (least.compareTo(LONGEST) > 0 ? LONGEST : least).toNanos() - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
        last = System.nanoTime();
    }
}
