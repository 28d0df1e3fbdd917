package org.jackfield.twin.acd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jackfield.twin.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The twin's own file of its agents, the truth for tests: written whole after every change, newest wins.
 * Thread-safe; writing happens on a thread of its own.
 */
final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private record Snapshot(long change, List<Map<String, Object>> agents) {}

    private final @Nullable Path file;
    private final AtomicReference<@Nullable Snapshot> newest = new AtomicReference<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "twin-ledger");
        thread.setDaemon(true);
        return thread;
    });
    private long changes;

    Ledger(@Nullable Path file) {
        this.file = file;
    }

    /** Keeps the table as it is now; for one thread. */
    void write(List<Map<String, Object>> agents) {
        if (file != null && newest.getAndSet(new Snapshot(++changes, agents)) == null) {
            writer.execute(this::flush);
        }
    }

    long changes() {
        return changes;
    }

    @Override
    public void close() {
        CountDownLatch written = new CountDownLatch(1);
        writer.execute(written::countDown);
        try {
            written.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.shutdownNow();
    }

    private void flush() {
        Snapshot snapshot = newest.getAndSet(null);
        Path target = file;
        if (snapshot == null || target == null) {
            return;
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("change", snapshot.change());
        content.put("agents", snapshot.agents());
        Path next = target.resolveSibling(target.getFileName() + ".next");
        try {
            Files.writeString(next, Json.text(content) + "\n");
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("the agent file {} cannot be written, it is stale from now on", target, e);
        }
    }
}
