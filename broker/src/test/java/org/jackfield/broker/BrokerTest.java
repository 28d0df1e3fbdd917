package org.jackfield.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker as the host runs it: a child process that lives as long as its standard input. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class BrokerTest {
    private static final String READY = "broker ready on ";

    @TempDir
    Path data;

    @Test
    void topicsAndRecordsOutliveARestartAndTheProcessEndsWithItsInput() throws Exception {
        var first = start();
        try {
            var address = address(first.inputReader());
            try (var admin = Admin.create(Map.of("bootstrap.servers", address))) {
                admin.createTopics(List.of(new NewTopic("jackfield.demo.agent", 2, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            assertThat(send(address)).isZero();
        } finally {
            end(first);
        }
        assertThat(first.exitValue()).isZero();

        var second = start();
        try {
            assertThat(send(address(second.inputReader()))).isEqualTo(1);
        } finally {
            end(second);
        }
    }

    private static long send(String address) throws Exception {
        var settings = new Properties();
        settings.setProperty("bootstrap.servers", address);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            return producer.send(new ProducerRecord<>("jackfield.demo.agent", 0, "anna", "{}"))
                    .get(30, TimeUnit.SECONDS)
                    .offset();
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Broker.class.getName(),
                        "--data",
                        data.toString(),
                        "--port",
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String address(BufferedReader out) throws IOException {
        var line = out.readLine();
        assertThat(line).startsWith(READY);
        return line.substring(READY.length());
    }

    private static void end(Process broker) throws Exception {
        broker.getOutputStream().close();
        if (!broker.waitFor(30, TimeUnit.SECONDS)) {
            broker.destroyForcibly().waitFor();
        }
    }
}
