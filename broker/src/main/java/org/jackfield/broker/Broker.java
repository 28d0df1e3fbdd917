package org.jackfield.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * One Kafka node, broker and controller in one process, on loopback.
 *
 * <p>It ends at the end of its standard input, so that a killed host leaves no orphan. Standard output carries one line,
 * {@code broker ready on 127.0.0.1:PORT}, when clients may connect; everything else goes to standard error. The exit
 * code is 0 after an orderly end, 2 for a wrong command line, 1 when the broker could not start.
 */
public final class Broker {
    private Broker() {}

    public static void main(String[] args) {
        try {
            var arguments = Arguments.parse(args);
            run(arguments);
            System.exit(0);
        } catch (IllegalArgumentException e) {
            System.err.println("broker: " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            System.err.println("broker: cannot run, " + e);
            System.exit(1);
        }
    }

    private static void run(Arguments arguments) throws Exception {
        var properties = settings(arguments);
        formatOnce(arguments, properties);
        var server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        var hook = new Thread(server::shutdown, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        server.startup();
        System.out.println("broker ready on 127.0.0.1:" + arguments.port());
        awaitEndOfInput();
        Runtime.getRuntime().removeShutdownHook(hook);
        server.shutdown();
    }

    private static void awaitEndOfInput() throws IOException {
        var buffer = new byte[64];
        int count = 0;
        while (count >= 0) {
            count = System.in.read(buffer);
        }
    }

    /** Small tables and few threads: one host writes here, not a cluster of clients. */
    static Properties settings(Arguments arguments) throws IOException {
        int controller = Arguments.freePort();
        var p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("inter.broker.listener.name", "CLIENTS");
        p.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("listeners", "CLIENTS://127.0.0.1:" + arguments.port() + ",CONTROLLER://127.0.0.1:" + controller);
        p.setProperty("log.dirs", arguments.data().toString());
        // event-bus makes every topic with the settings it needs; a typo must not make another one
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("offsets.topic.num.partitions", "4");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("transaction.state.log.num.partitions", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // after a kill the controller waits for the session of the life before to end; 9 s by default
        p.setProperty("broker.session.timeout.ms", "3000");
        p.setProperty("broker.heartbeat.interval.ms", "500");
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        p.setProperty("background.threads", "2");
        p.setProperty("log.segment.bytes", Integer.toString(64 << 20));
        p.setProperty("log.index.size.max.bytes", Integer.toString(2 << 20));
        p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        p.setProperty("metadata.log.segment.bytes", Integer.toString(16 << 20));
        return p;
    }

    private static void formatOnce(Arguments arguments, Properties properties) throws IOException {
        if (Files.exists(arguments.data().resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(arguments.data());
        var file = Files.createTempFile("broker", ".properties");
        try {
            try (var out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
            var said = new ByteArrayOutputStream();
            int code = StorageTool.execute(
                    new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()},
                    new PrintStream(said, true, StandardCharsets.UTF_8));
            if (code != 0) {
                throw new IOException(
                        "format of " + arguments.data() + " failed: " + said.toString(StandardCharsets.UTF_8));
            }
        } finally {
            Files.delete(file);
        }
    }
}
