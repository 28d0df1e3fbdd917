package org.jackfield.bus;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jackfield.plugin.EventBus;

/** The real bus with the embedded broker as a child process, for benches of other bundles. */
public final class BenchBus implements AutoCloseable {
    private static final Path LIB = Path.of(System.getProperty("broker.lib", "../../broker/target/lib"));
    private static final int HEAP_MB = 192;

    private final EmbeddedBroker broker;
    private final KafkaEventBus bus;
    private final SimpleMeterRegistry meters;

    private BenchBus(EmbeddedBroker broker, KafkaEventBus bus, SimpleMeterRegistry meters) {
        this.broker = broker;
        this.bus = bus;
        this.meters = meters;
    }

    /** Starts both and waits until the broker listens; the jars of the module broker must lie in its target/lib. */
    public static BenchBus start(Path folder) throws IOException, InterruptedException {
        if (!Files.isDirectory(LIB)) {
            throw new IOException("no broker in " + LIB.toAbsolutePath() + ": build the module broker first");
        }
        Files.createDirectories(folder);
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var broker = new EmbeddedBroker(new EmbeddedBroker.Command(
                LIB.toAbsolutePath(), folder.resolve("data"), port, HEAP_MB, folder.resolve("broker.log")));
        broker.start();
        long until = System.nanoTime() + 60_000_000_000L;
        while (!listens(port)) {
            if (System.nanoTime() > until) {
                broker.close();
                throw new IOException("the broker does not listen");
            }
            Thread.sleep(100);
        }
        var meters = new SimpleMeterRegistry();
        var bus = new KafkaEventBus(
                BusSettings.of("bench", "127.0.0.1:" + port, folder.resolve("bus"), List.of("demo")),
                meters,
                Clock.systemUTC());
        bus.start();
        return new BenchBus(broker, bus, meters);
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public EventBus bus() {
        return bus;
    }

    /** Records appended so far: events, and entries of tables. */
    public long records() {
        return (long) meters.counter("jackfield.bus.appended").count();
    }

    @Override
    public void close() {
        bus.close();
        broker.close();
    }
}
