package org.jackfield.twin.acd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jackfield.twin.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The twin's own file of its agents, the truth for tests: written whole, soon after every change, newest wins.
 * Thread-safe; writing happens on a thread of its own, which rests twenty times as long as it wrote, so that a large
 * table that changes all the time takes a twentieth of a core and is at most so much behind.
 */
final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final int REST = 20;
    private static final int CLOSING_SECONDS = 5;

    private final @Nullable Path file;
    private final Map<String, Map<String, Object>> agents = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor writer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "twin-ledger");
        thread.setDaemon(true);
        return thread;
    });
    private long changes;
    private boolean due;
    private long restNanos;

    Ledger(@Nullable Path file) {
        this.file = file;
    }

    /** Keeps these agents as they are now. */
    synchronized void write(Collection<Agent> changed) {
        changed.forEach(agent -> agents.put(agent.id(), agent.view()));
        changes++;
        if (file != null && !due) {
            due = true;
            ScheduledFuture<?> unused = writer.schedule(this::flush, restNanos, TimeUnit.NANOSECONDS);
        }
    }

    synchronized long changes() {
        return changes;
    }

    /** What has not been written yet is. */
    @Override
    public void close() {
        CountDownLatch written = new CountDownLatch(1);
        writer.execute(() -> {
            flush();
            written.countDown();
        });
        try {
            if (!written.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the agent file {} was not written within {} s, it is stale", file, CLOSING_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.shutdownNow();
    }

    private void flush() {
        long began = System.nanoTime();
        Map<String, Object> content = new LinkedHashMap<>();
        synchronized (this) {
            if (!due) {
                return;
            }
            due = false;
            content.put("change", changes);
            content.put("agents", List.copyOf(agents.values()));
        }
        replace(content);
        synchronized (this) {
            restNanos = REST * (System.nanoTime() - began);
        }
    }

    private void replace(Map<String, Object> content) {
        Path target = file;
        if (target == null) {
            return;
        }
        Path next = target.resolveSibling(target.getFileName() + ".next");
        try {
            Files.writeString(next, Json.text(content) + "\n");
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            LOG.error("the agent file {} cannot be written, it is stale from now on", target, e);
        }
    }
}
