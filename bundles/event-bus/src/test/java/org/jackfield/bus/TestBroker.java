package org.jackfield.bus;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A real broker as a child process of the tests; one serves all classes, which keep apart by tenant. */
final class TestBroker implements AutoCloseable {
    private static final Path LIB = Path.of(System.getProperty("broker.lib", "../../broker/target/lib"));

    private static TestBroker shared;

    private final EmbeddedBroker broker;
    private final int port;

    TestBroker(Path dir) throws IOException {
        port = freePort();
        broker = new EmbeddedBroker(
                new EmbeddedBroker.Command(lib(), dir.resolve("data"), port, 192, dir.resolve("broker.log")));
        broker.start();
    }

    /** The broker of all test classes, which ends with this process. */
    static synchronized TestBroker shared() throws IOException {
        if (shared == null) {
            Path target = Files.createDirectories(Path.of("target", "test-broker"));
            shared = new TestBroker(Files.createTempDirectory(target.toAbsolutePath(), "b"));
        }
        return shared.awaitUp();
    }

    static Path lib() {
        Assumptions.assumeTrue(LIB.toFile().isDirectory(), "no broker in " + LIB + ": build the module broker first");
        return LIB;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    TestBroker awaitUp() {
        await().atMost(Duration.ofSeconds(60)).until(this::listens);
        return this;
    }

    /** As {@code kill -9}; it comes back by itself. */
    void kill() {
        long pid = broker.pid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        await().atMost(Duration.ofSeconds(60)).until(() -> broker.pid() != pid);
    }

    boolean listens() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
