package org.jackfield.mediation.service;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jackfield.plugin.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work in the background, one piece at a time. Failures are logged and end nothing; after closing nothing runs. */
interface Timers extends AutoCloseable {
    /** Runs {@code work} once; closing the registration takes it back. */
    Registration in(Duration wait, Runnable work);

    /** Runs {@code work} again and again, with {@code pause} between two runs. */
    void every(Duration pause, Runnable work);

    @Override
    void close();

    /** One daemon thread with a name. */
    static Timers thread(String name) {
        return new Threaded(Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        }));
    }

    /** On an executor. */
    final class Threaded implements Timers {
        private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

        private final ScheduledExecutorService executor;

        Threaded(ScheduledExecutorService executor) {
            this.executor = executor;
        }

        @Override
        public Registration in(Duration wait, Runnable work) {
            try {
                ScheduledFuture<?> future = executor.schedule(guarded(work), wait.toMillis(), TimeUnit.MILLISECONDS);
                return () -> future.cancel(false);
            } catch (RejectedExecutionException e) {
                LOG.debug("closing; background work left out", e);
                return () -> {};
            }
        }

        @Override
        public void every(Duration pause, Runnable work) {
            ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                    guarded(work), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        }

        private static Runnable guarded(Runnable work) {
            return () -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.warn("background work failed; it is done again at the next occasion", e);
                }
            };
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
