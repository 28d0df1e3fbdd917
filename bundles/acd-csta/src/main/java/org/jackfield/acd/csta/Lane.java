package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On which a link thinks: one task at a time, in the order of the calls, so nothing of its state needs a lock.
 * A task runs on the lane's own thread, or, given to {@link #executeHere} while the lane is idle, on the caller's, which
 * saves an event from the wire the way over a second thread; each task sees all that those before it did.
 * Tasks must not block; what they throw is logged and does not end the lane.
 */
final class Lane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final String name;
    private final ExecutorService worker;
    private final ScheduledExecutorService timer;
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    /** Tasks that are not done yet; whoever takes it from zero runs them until it is zero again. */
    private final AtomicInteger open = new AtomicInteger();

    private volatile boolean closed;

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
        if (isClosed()) {
            return false;
        }
        queue.add(task);
        if (open.getAndIncrement() == 0) {
            try {
                worker.execute(this::drain);
            } catch (RejectedExecutionException e) {
                drain(); // closed a moment ago: what was taken is run all the same
            }
        }
        return true;
    }

    /**
     * As {@link #execute}, and the task is done on return when the lane was idle. Only for threads that hold no lock and
     * on which the tasks of others may run too.
     */
    boolean executeHere(Runnable task) {
        if (isClosed()) {
            return false;
        }
        if (open.compareAndSet(0, 1)) {
            guarded(task);
            if (open.decrementAndGet() != 0) {
                drain();
            }
            return true;
        }
        queue.add(task);
        if (open.getAndIncrement() == 0) {
            drain();
        }
        return true;
    }

    private boolean isClosed() {
        if (closed) {
            LOG.debug("{}: closed, a task is left out", name);
        }
        return closed;
    }

    private void drain() {
        int ready = open.get();
        do {
            for (int i = 0; i < ready; i++) {
                guarded(Objects.requireNonNull(queue.poll())); // added before it was counted
            }
            ready = open.addAndGet(-ready);
        } while (ready != 0);
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
        closed = true;
        timer.shutdownNow();
        worker.shutdown();
    }
}
