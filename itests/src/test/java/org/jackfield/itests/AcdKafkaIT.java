package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jackfield.itests.BusReader.Entry;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An ACD that speaks only Kafka: plain producers against the assembled distribution, with what ships for it. */
@Tag("side-by-side")
class AcdKafkaIT {
    private static final Duration SOON = Duration.ofSeconds(45);

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("acdkafka")
            .without("jackfield-acd-csta")
            .without("jackfield-acd-asterisk")
            .without("jackfield-sip-trunk")
            .without("jackfield-teams")
            .before(AcdKafkaIT::configure);

    private static BusReader bus;

    private static void configure(KarafDistribution host) {
        try {
            Path etc = host.home().resolve("etc");
            for (String link : List.of("csta", "sip", "teams")) {
                Files.deleteIfExists(etc.resolve("org.jackfield." + link + "-main.cfg"));
            }
            Files.copy(
                    etc.resolve("topologies/kafka/org.jackfield.acd-crm.cfg"),
                    etc.resolve("org.jackfield.acd-crm.cfg"));
            Files.writeString(etc.resolve("agents-demo.csv"), """
                            id,acd,device,groups,user,upn,number,endpoint
                            anna,crm,4711,600,,,+4930555711,desk
                            """);
            Path routes = host.home().resolve("routes");
            String router = Files.readString(routes.resolve("acd-route-request.camel.yaml"));
            for (String flow : List.of(
                    "acd-route-request",
                    "inbound-call",
                    "presence-to-acd",
                    "presence-to-teams",
                    "transfer-from-acd",
                    "transfer-from-teams")) {
                Files.deleteIfExists(routes.resolve(flow + ".camel.yaml"));
            }
            host.route("acd-route-request.camel.yaml", router.replace("csta:route", "acd:route"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void reader() {
        bus = new BusReader(broker(), Rig.TENANT);
    }

    @AfterAll
    static void close() {
        if (bus != null) {
            bus.close();
        }
    }

    private static String broker() {
        return "127.0.0.1:" + HOST.port(Port.BROKER);
    }

    private static void send(String topic, String key, String value, Map<String, String> headers) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", broker());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            var record = new ProducerRecord<>(topic, key, value);
            headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            producer.send(record).get();
        }
    }

    private static Map<String, String> event(String type) {
        return Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                UUID.randomUUID().toString(),
                "ce_source",
                "/crm",
                "ce_type",
                "org.jackfield." + type + ".v1");
    }

    private static Entry await(String what, java.util.function.Predicate<Entry> wanted) {
        HOST.await(SOON, what, () -> !bus.all(wanted).isEmpty());
        return bus.all(wanted).get(0);
    }

    @Test
    void acdWithItsOwnTopicIsMappedByAFlow() throws Exception {
        await("the link is up", e -> e.is("link.up") && e.text("link").equals("acd:crm"));
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker()))) {
            admin.createTopics(List.of(new NewTopic("acd.agents", 1, (short) 1)))
                    .all()
                    .get();
        }
        send("acd.agents", "anna", "PAUSED", Map.of());
        send("acd.agents", "anna", "WRAPUP", Map.of());
        String flow = Files.readString(
                HOST.home().resolve("etc/topologies/kafka/routes/acd-kafka.camel.yaml"), StandardCharsets.UTF_8);
        HOST.route("acd-kafka.camel.yaml", flow.replace("127.0.0.1:9092", broker()));
        await("wrap-up", e -> e.is("agent.state.changed") && e.text("state").equals("WORKING_AFTER_CALL"));
        assertThat(bus.all(e -> e.is("agent.state.changed") && e.key().equals("anna")))
                .extracting(e -> e.text("state"))
                .containsSubsequence("NOT_READY", "WORKING_AFTER_CALL");
        assertThat(bus.all(e -> e.is("event.dead"))).isEmpty();
    }

    @Test
    void routeRequestIsAnsweredOnTheCommandTopic() throws Exception {
        await("the link is up", e -> e.is("link.up") && e.text("link").equals("acd:crm"));
        HOST.await(SOON, "the flow runs", () -> HOST.get("/api/overview").body().contains("RUNNING"));
        String in = "jackfield.demo.in.crm";
        send(
                in,
                "anna",
                "{\"agent\":\"anna\",\"state\":\"READY\",\"groups\":[{\"group\":\"600\",\"state\":\"READY\"}],\"resync\":true}",
                event("agent.state.changed"));
        await("ready", e -> e.is("agent.state.changed") && e.text("state").equals("READY"));
        send(
                in,
                "c1",
                "{\"step\":\"REQUESTED\",\"call\":\"c1\",\"crossRef\":\"r1\",\"called\":\"600\",\"queue\":\"600\"}",
                event("route.requested"));
        Entry answer = await("an answer", e -> e.is("command.route.answer"));
        assertThat(answer.topic()).isEqualTo("jackfield.demo.command");
        assertThat(answer.text("acd")).isEqualTo("crm");
        assertThat(answer.text("crossRef")).isEqualTo("r1");
        assertThat(answer.text("answer")).isEqualTo("select");
        assertThat(answer.text("destination")).isEqualTo("4711");
        assertThat(answer.text("agent")).isEqualTo("anna");
    }
}
