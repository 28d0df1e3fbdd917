package org.jackfield.twin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The time by which presence fades and expires and limits slide: real time plus what was advanced.
 * Thread-safe; never goes back.
 */
public final class TwinClock extends Clock {
    private final Clock real;
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

    public TwinClock() {
        this(Clock.systemUTC());
    }

    /** A clock over {@code real}; a fixed one makes time stand still between advances. */
    public TwinClock(Clock real) {
        this.real = real;
    }

    /** Moves the virtual time forward and returns it. */
    public Instant advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("advance: " + by + " (expected: not negative)");
        }
        offset.accumulateAndGet(by, Duration::plus);
        return instant();
    }

    @Override
    public Instant instant() {
        return real.instant().plus(offset.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
