package org.jackfield.protocol.csta;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Where sessions get the time from; tests turn it by hand. Tasks must not block. */
public interface CstaTimer {
    /** Runs {@code task} once after {@code delay}. */
    Cancel after(Duration delay, Runnable task);

    /** Takes a task back; too late is no error. */
    @FunctionalInterface
    interface Cancel {
        void cancel();
    }

    /** A timer on {@code executor}. */
    static CstaTimer on(ScheduledExecutorService executor) {
        return (delay, task) -> {
            ScheduledFuture<?> running = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> running.cancel(false);
        };
    }
}
