package org.jackfield.bus;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jackfield.plugin.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka broker as a child process: started at once, restarted with back-off when it dies.
 * It ends by itself when its standard input ends, so it never outlives this process.
 */
final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final Backoff BACKOFF = Backoff.exponential(Duration.ofMillis(300), Duration.ofSeconds(15), 0.1);
    private static final Duration STEADY = Duration.ofSeconds(30);
    private static final Duration ORDERLY = Duration.ofSeconds(8);

    private final Command command;
    private final Thread thread;
    private volatile @Nullable Process process;
    private volatile boolean closed;
    private volatile String trouble = "";

    /**
     * How it is started.
     *
     * @param lib the folder of its jars
     * @param heapMb megabytes
     * @param log the file that takes what it prints
     */
    record Command(Path lib, Path data, int port, int heapMb, Path log) {
        /** Why a cluster that answers is not the one in {@link #data()}, or null when it is. */
        @Nullable
        String fault(String cluster) {
            var meta = new Properties();
            try (var in = Files.newBufferedReader(data.resolve("meta.properties"))) {
                meta.load(in);
            } catch (IOException e) {
                return "the embedded broker has not started yet";
            }
            return cluster.equals(meta.getProperty("cluster.id"))
                    ? null
                    : "port " + port + " is taken by another broker, of cluster " + cluster;
        }

        List<String> line() {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xms" + heapMb + "m",
                    "-Xmx" + heapMb + "m",
                    // room for the short-lived: each collection of it stops all clients for milliseconds
                    "-Xmn" + heapMb * 2 / 5 + "m",
                    "-Xss256k",
                    "-XX:+UseSerialGC",
                    "-XX:MaxMetaspaceSize=128m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    lib + File.separator + "*",
                    "org.jackfield.broker.Broker",
                    "--data",
                    data.toString(),
                    "--port",
                    Integer.toString(port));
        }
    }

    EmbeddedBroker(Command command) {
        this.command = command;
        thread = new Thread(this::run, "bus-broker");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why it does not run, or empty. */
    String trouble() {
        return trouble;
    }

    /** The process id, or -1 when it does not run. */
    long pid() {
        Process current = process;
        return current != null && current.isAlive() ? current.pid() : -1;
    }

    private void run() {
        int attempt = 0;
        while (!closed) {
            long started = System.nanoTime();
            int code = once();
            if (closed) {
                return;
            }
            attempt = System.nanoTime() - started > STEADY.toNanos() ? 1 : attempt + 1;
            Duration delay = BACKOFF.delay(attempt);
            LOG.warn(
                    "embedded broker: ended with {}{}; next start in {} ms, see {}",
                    code,
                    trouble.isEmpty() ? "" : " (" + trouble + ")",
                    delay.toMillis(),
                    command.log());
            try {
                Thread.sleep(delay.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Runs it until it ends; the exit code, -1 when it could not be started. */
    private int once() {
        try {
            if (taken()) {
                trouble = "port " + command.port() + " is taken by another process";
                return -1;
            }
            Files.createDirectories(command.data());
            Process started = launch();
            process = started;
            if (closed) {
                started.destroy();
            }
            LOG.info("embedded broker: started as process {} on 127.0.0.1:{}", started.pid(), command.port());
            trouble = "";
            int code = started.waitFor();
            trouble = "exit code " + code;
            return code;
        } catch (IOException e) {
            trouble = e.toString();
            return -1;
        } catch (InterruptedException e) {
            closed = true;
            return -1;
        }
    }

    private boolean taken() {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), command.port()));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private Process launch() throws IOException {
        if (!Files.isDirectory(command.lib())) {
            throw new IOException(command.lib() + ": absent (expected: the folder of the broker's jars)");
        }
        Path parent = command.log().toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        File log = command.log().toFile();
        // Standard input stays a pipe held by this process: its end is the child's sign to end.
        return new ProcessBuilder(command.line())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            current.getOutputStream().close();
            if (!current.waitFor(ORDERLY.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("embedded broker: did not end within {} s and is killed", ORDERLY.toSeconds());
                current.destroyForcibly();
            }
        } catch (IOException e) {
            current.destroyForcibly();
            throw new UncheckedIOException("embedded broker: its input could not be closed, killed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            current.destroyForcibly();
        }
    }
}
