package org.jackfield.teams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jackfield.plugin.Registration;

/** Time, and waking up later; tests have one that they turn by hand. Tasks must not block. */
interface Timer {
    Instant now();

    /** Runs {@code task} once, {@code delay} from now, unless the registration is closed before. */
    Registration after(Duration delay, Runnable task);

    /** The machine's time; does nothing more once {@code executor} has been shut down. */
    static Timer of(ScheduledExecutorService executor, Clock clock) {
        return new Timer() {
            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public Registration after(Duration delay, Runnable task) {
                try {
                    ScheduledFuture<?> planned =
                            executor.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
                    return () -> planned.cancel(false);
                } catch (RejectedExecutionException e) {
                    return () -> {};
                }
            }
        };
    }
}
