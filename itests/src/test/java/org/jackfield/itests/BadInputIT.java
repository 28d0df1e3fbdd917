package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rubbish from every side: a named reason in log and metrics, and everything else goes on. */
@Tag("side-by-side")
class BadInputIT {
    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("bad-input").notStarted();

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.prepare(HOST, 3, 0, "--options-seconds", "0");
        HOST.start();
        rig.awaitLinked();
        rig.closeTeamsClient(4002);
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    /** Whatever was thrown at it, the host still mediates. */
    @AfterEach
    void everythingElseGoesOn() {
        rig.awaitLinked();
        rig.tell("/acd/agents/a4002/state", "{\"state\":\"notReady\"}");
        HOST.await(
                Duration.ofSeconds(20),
                "Teams shows Away",
                () -> rig.ask("/state")
                        .at("/teams/users/" + Rig.user(4002))
                        .toString()
                        .contains("Away"));
        rig.tell("/acd/agents/a4002/state", "{\"state\":\"ready\"}");
        HOST.await(
                Duration.ofSeconds(20),
                "Teams shows Away no more",
                () -> !rig.ask("/state")
                        .at("/teams/users/" + Rig.user(4002))
                        .toString()
                        .contains("Away"));
    }

    private static double refused(String place) {
        return HOST.get("/metrics")
                .body()
                .lines()
                .filter(l -> l.startsWith("jackfield_input_refused_total{") && l.contains(place))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void awaitRefused(String place, double before, String logged) {
        HOST.await(Duration.ofSeconds(20), "refusal of " + place + " counted", () -> refused(place) > before);
        HOST.await(
                Duration.ofSeconds(10),
                "log names \"" + logged + "\"",
                () -> HOST.log().contains(logged));
    }

    @Test
    void cstaFrameWithAWrongLength() {
        double before = refused("csta");
        rig.tell("/faults", "{\"name\":\"csta-wrong-length\",\"on\":true,\"times\":1}");
        rig.tell("/acd/agents/a4001/state", "{\"state\":\"notReady\"}");
        awaitRefused("csta", before, "length");
        rig.tell("/faults", "{\"name\":\"csta-wrong-length\",\"on\":false}");
    }

    @Test
    void sipMessageOfRandomBytes() throws Exception {
        double before = refused("sip");
        byte[] bytes = new byte[700];
        new Random(7).nextBytes(bytes);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), HOST.port(Port.SIP)));
        }
        awaitRefused("sip", before, "sip");
    }

    @Test
    void malformedEventOnTheBus() {
        double before = refused("place=\"bus\"");
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + HOST.port(Port.BROKER)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    "jackfield.demo.agent",
                    "a4000".getBytes(StandardCharsets.UTF_8),
                    "{not json".getBytes(StandardCharsets.UTF_8)));
            producer.flush();
        }
        awaitRefused("place=\"bus\"", before, "event at jackfield.demo.agent");
    }

    @Test
    void configurationWithAnImpossiblePort() {
        String good = HOST.cfg("org.jackfield.csta-main").get("port").orElseThrow();
        double before = refused("csta");
        HOST.cfg("org.jackfield.csta-main").set("port", 70000);
        awaitRefused("csta", before, "port: 70000 (expected: 1-65535)");
        HOST.cfg("org.jackfield.csta-main").set("port", good);
    }

    @Test
    void routeFileWithAnUnknownComponent() {
        HOST.route("broken.camel.yaml", """
                - route:
                    id: broken
                    from:
                      uri: bus:agent
                      steps:
                        - to: nosuchthing:here
                """);
        HOST.await(
                Duration.ofSeconds(20),
                "refusal counted",
                () -> HOST.get("/metrics")
                        .body()
                        .lines()
                        .anyMatch(l -> l.startsWith("jackfield_flow_refused_total{")
                                && l.contains("broken")
                                && !l.endsWith(" 0.0")));
        assertThat(HOST.log()).contains("broken.camel.yaml").contains("nosuchthing");
        try (BusReader bus = rig.bus("host")) {
            HOST.await(
                    Duration.ofSeconds(10),
                    "refusal on the bus with its line",
                    () -> bus.all(e -> e.is("flow.refused") && e.text("flow").equals("broken")).stream()
                            .anyMatch(e -> !e.text("line").equals("0")));
        }
        assertThat(HOST.home().resolve("routes/broken.camel.yaml").toFile().delete())
                .isTrue();
        HOST.await(
                Duration.ofSeconds(10),
                "flow gone",
                () -> !HOST.shell("flow:list").contains("broken"));
    }
}
