package org.jackfield.acd.asterisk;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a link thinks: all its state is confined to it, so nothing of it needs a lock.
 * Tasks must not block; what they throw is logged and does not end the lane.
 */
final class Lane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final String name;
    private final ExecutorService worker;
    private final ScheduledExecutorService timer;

    Lane(String name) {
        this.name = name;
        this.worker = Executors.newSingleThreadExecutor(daemon(name));
        this.timer = Executors.newSingleThreadScheduledExecutor(daemon(name + "-timer"));
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** For deadlines of others; its tasks do not run on the lane. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Runs {@code task} on the lane, in the order of the calls; false, and nothing is run, once it is closed. */
    boolean execute(Runnable task) {
        try {
            worker.execute(() -> guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: closed, a task is left out", name);
            return false;
        }
    }

    /** Runs {@code task} on the lane after {@code delay}. */
    Runnable after(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> running = timer.schedule(() -> execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> running.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: closed, a timer is left out", name);
            return () -> {};
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("{}: a step failed and was left out", name, e);
        }
    }

    /** Ends it after what was given to it before. */
    @Override
    public void close() {
        timer.shutdownNow();
        worker.shutdown();
    }
}
