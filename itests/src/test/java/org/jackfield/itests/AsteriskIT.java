package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jackfield.itests.BusReader.Entry;
import org.jackfield.plugin.Uui;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A real Asterisk as the ACD, SIPp as SBC and agents' phones, the assembled distribution with what ships for Asterisk:
 * configuration, routes and the administrator's snippets. The twin is Teams; what an operator asks for is put on the bus.
 */
@Tag("side-by-side")
@RequiresPeer({"asterisk", "sipp"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AsteriskIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String USER = "11111111-1111-1111-1111-000000004711";
    private static final int PHONES = Sipp.freePort();

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("asterisk")
            .without("jackfield-acd-csta")
            .without("jackfield-sip-trunk")
            .notStarted();

    private static Rig rig;
    private static Asterisk asterisk;
    private static Sipp phones;
    private static BusReader bus;

    @BeforeAll
    static void start() throws IOException {
        Path shipped = HOST.home().resolve("etc/topologies/asterisk");
        rig = Rig.asShipped(HOST);
        asterisk = new Asterisk(shipped, PHONES);
        configure(shipped);
        // Phones that send media, as phones do: Asterisk reads the digits of a consultation in time with it.
        phones = Sipp.answering("phone", PHONES, 0, "-rtp_echo", "-mp", "34000");
        asterisk.awaitUp();
        HOST.start();
        bus = new BusReader("127.0.0.1:" + HOST.port(Port.BROKER), Rig.TENANT);
        rig.awaitLinked();
    }

    private static void configure(Path shipped) throws IOException {
        Path etc = HOST.home().resolve("etc");
        for (String link : List.of("csta", "sip")) {
            Files.deleteIfExists(etc.resolve("org.jackfield." + link + "-main.cfg"));
        }
        Files.copy(shipped.resolve("org.jackfield.ami-pbx.cfg"), etc.resolve("org.jackfield.ami-pbx.cfg"));
        HOST.cfg("org.jackfield.ami-pbx")
                .set("port", asterisk.manager())
                .set("secretFile", asterisk.secret())
                .set("reconnect", "fixed=200ms");
        HOST.cfg("org.jackfield.mediation").set("presence.spacingToAcd", "100ms");
        Files.writeString(etc.resolve("agents-demo.csv"), """
                        id,acd,device,groups,user,upn,number,endpoint
                        anna,pbx,4711,600,%s,anna@demo.example,+4930555711,desk
                        """.formatted(USER));
        Path routes = HOST.home().resolve("routes");
        try (Stream<Path> files = Files.list(routes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                if (!file.getFileName().toString().startsWith("_")) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> files = Files.list(shipped.resolve("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable part : new AutoCloseable[] {bus, phones, asterisk, rig}) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @AfterEach
    void hangUp() {
        if (HOST.isAlive()) {
            long before = calls();
            asterisk.tell("channel request hangup all");
            HOST.await(SOON, "no channel left", () -> calls() == 0);
            assertThat(before).isNotNegative();
        }
    }

    private static long calls() {
        return asterisk.tell("core show channels concise")
                .lines()
                .filter(l -> l.contains("!"))
                .count();
    }

    private static Entry await(String what, Predicate<Entry> wanted) {
        HOST.await(SOON, what, () -> !bus.all(wanted).isEmpty());
        List<Entry> found = bus.all(wanted);
        return found.get(found.size() - 1);
    }

    private static int changes() {
        return bus.all(e -> e.is("agent.state.changed")).size();
    }

    /** Waits for a change after the first {@code seen} ones. */
    private static Entry changed(int seen, String state) {
        HOST.await(
                SOON,
                "anna " + state,
                () -> bus.all(e -> e.is("agent.state.changed")).stream()
                        .skip(seen)
                        .anyMatch(e -> e.text("state").equals(state)));
        return bus.all(e -> e.is("agent.state.changed")).stream()
                .skip(seen)
                .filter(e -> e.text("state").equals(state))
                .findFirst()
                .orElseThrow();
    }

    /** Puts an event on the bus as another node would. */
    private static void publish(String topic, String key, String type, String origin, String source, String json) {
        var properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + HOST.port(Port.BROKER));
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            var record = new ProducerRecord<>("jackfield." + Rig.TENANT + "." + topic, key, json);
            String id = "it-" + UUID.randomUUID().toString().substring(0, 8) + "/1";
            for (String[] header : new String[][] {
                {"ce_specversion", "1.0"},
                {"ce_id", id},
                {"ce_source", source},
                {"ce_type", "org.jackfield." + type + ".v1"},
                {"ce_subject", topic + "/" + key},
                {"ce_time", Instant.now().toString()},
                {"ce_tenantid", Rig.TENANT},
                {"ce_origin", origin},
                {"ce_recordedtime", Instant.now().toString()},
                {"content-type", "application/json"}
            }) {
                record.headers().add(header[0], header[1].getBytes(StandardCharsets.UTF_8));
            }
            producer.send(record).get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void inTeams(String availability) {
        rig.tell(
                "/teams/users/" + USER + "/presence",
                "{\"availability\":\"%s\",\"activity\":\"%s\"}".formatted(availability, availability));
    }

    private static void transfer(String call, String transfer, String kind, String target) {
        publish("call", call, "call.transfer.requested", "operator", "/console/demo", """
                {"step":"REQUESTED","call":"%s","transfer":"%s","kind":"%s","agent":"anna","target":"%s","status":0}""".formatted(
                        call, transfer, kind, target));
    }

    private static Sipp caller(String token) {
        return Sipp.calling(
                "asterisk-caller",
                Sipp.freePort(),
                asterisk.sip(),
                "600",
                1,
                1,
                Duration.ZERO,
                "-key",
                "uui",
                Uui.header(token));
    }

    @Test
    @Order(1)
    @Conformance("ACD-23")
    void statesOfARealQueueAreFollowed() {
        int seen = changes();
        asterisk.order("queue add member PJSIP/4711 to 600");
        changed(seen, "READY");
        asterisk.order("queue pause member PJSIP/4711 queue 600 reason lunch");
        assertThat(changed(seen, "NOT_READY").text("reason")).isEqualTo("lunch");
        int paused = changes();
        asterisk.order("queue unpause member PJSIP/4711 queue 600");
        changed(paused, "READY");
        asterisk.order("queue remove member PJSIP/4711 from 600");
        changed(paused, "LOGGED_OFF");
        int off = changes();
        asterisk.order("queue add member PJSIP/4711 to 600");
        changed(off, "READY");
    }

    @Test
    @Order(2)
    void doNotDisturbInTeamsPausesTheMemberAndReadyComesBack() {
        int seen = changes();
        inTeams("DoNotDisturb");
        assertThat(changed(seen, "NOT_READY").text("reason")).isEqualTo("TEAMS_DND");
        assertThat(asterisk.tell("queue show 600")).contains("paused:TEAMS_DND");
        int away = changes();
        inTeams("Available");
        changed(away, "READY");
        assertThat(asterisk.tell("queue show 600")).doesNotContain("paused");
    }

    private record Routed(String call, Sipp caller) {}

    /** A call that the host has routed and anna has answered. */
    private static Routed answered(String token) {
        Sipp caller = caller(token);
        Predicate<Entry> ours = e -> e.key().equals(token);
        await("routed", ours.and(e -> e.is("route.selected")));
        await(
                "established",
                ours.and(e -> e.is("call.established") && e.text("agent").equals("anna")));
        return new Routed(token, caller);
    }

    private static List<String> types(String call) {
        return bus.all(e -> e.topic().endsWith(".call") && e.key().equals(call)).stream()
                .map(e -> e.type().substring("org.jackfield.".length(), e.type().length() - 3))
                .toList();
    }

    @Test
    @Order(3)
    @Conformance({"ACD-28", "ACD-32", "ACD-33"})
    void waitingCallIsRoutedByTheHostAndMovedByABlindTransfer() {
        String token = "blind-" + UUID.randomUUID().toString().substring(0, 8);
        Routed call = answered(token);
        try (Sipp caller = call.caller()) {
            assertThat(await("used", e -> e.is("route.used") && e.key().equals(token))
                            .text("agent"))
                    .isEqualTo("anna");
            transfer(token, "t-" + token, "blind", "4712");
            Entry transferred = await(
                    "transferred", e -> e.is("call.transferred") && e.key().equals(token));
            assertThat(transferred.text("transferredTo")).isEqualTo("4712");
            assertThat(transferred.text("uui")).isEqualTo(token);
            await(
                    "the transfer's outcome",
                    e -> e.is("call.transfer.completed") && e.text("transfer").equals("t-" + token));
            await(
                    "4712 talks",
                    e -> e.is("call.established")
                            && e.key().equals(token)
                            && e.text("device").equals("4712"));
            assertThat(caller.running()).as("the caller is still connected").isTrue();
            oneCall(token);
        }
    }

    private static void oneCall(String token) {
        List<Entry> events = bus.all(e ->
                e.topic().endsWith(".call") && e.key().equals(token) && e.data().has("acdCall"));
        assertThat(events).isNotEmpty();
        assertThat(events.stream().map(e -> e.text("acdCall")).distinct()).hasSize(1);
        assertThat(bus.all(e -> e.is("call.linked") && e.text("call").equals(token)))
                .isEmpty();
        assertThat(types(token).stream().filter(t -> t.equals("call.transfer.completed")))
                .hasSize(1);
    }

    @Test
    @Order(4)
    @Conformance("ACD-24")
    void queueCallMakesTheAgentBusyAndThenWrapUp() {
        // the agent is not picked, so the host gives the call back and it waits in the queue
        int before = changes();
        asterisk.order("queue pause member PJSIP/4711 queue 600 reason short");
        changed(before, "NOT_READY");
        String token = "queue-" + UUID.randomUUID().toString().substring(0, 8);
        try (Sipp caller = caller(token)) {
            await("given back", e -> e.is("route.ended") && e.key().equals(token));
            await("queued", e -> e.is("call.queued") && e.key().equals(token));
            int waiting = changes();
            asterisk.order("queue unpause member PJSIP/4711 queue 600");
            Entry busy = changed(waiting, "BUSY");
            await("anna talks", e -> e.is("call.established") && e.key().equals(token));
            assertThat(await("queued", e -> e.is("call.queued") && e.key().equals(token))
                            .text("uui"))
                    .isEqualTo(token);
            int talking = changes();
            asterisk.tell("channel request hangup all");
            Entry wrapUp = changed(talking, "WORKING_AFTER_CALL");
            Entry ready = changed(talking, "READY");
            assertThat(busy.time()).isBefore(wrapUp.time());
            // queues.conf says 3 s
            assertThat(Duration.between(wrapUp.time(), ready.time()))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
            assertThat(caller.running()).isNotNull();
        }
    }

    @Test
    @Order(5)
    @Conformance("ACD-32")
    void consultationIsBegunAndCompletedByCommand() {
        String token = "consult-" + UUID.randomUUID().toString().substring(0, 8);
        Routed call = answered(token);
        try (Sipp caller = call.caller()) {
            transfer(token, "t-" + token, "consult", "4712");
            await("on hold", e -> e.is("call.held") && e.key().equals(token));
            await(
                    "4712 talks",
                    e -> e.is("call.established")
                            && e.key().equals(token)
                            && e.text("device").equals("4712"));
            transfer(token, "t-" + token, "complete", "4712");
            Entry transferred = await(
                    "transferred", e -> e.is("call.transferred") && e.key().equals(token));
            assertThat(transferred.text("cause")).isEqualTo("transfer");
            assertThat(transferred.text("transferredTo")).isEqualTo("4712");
            await(
                    "the transfer's outcome",
                    e -> e.is("call.transfer.completed") && e.text("transfer").equals("t-" + token));
            assertThat(caller.running()).as("the caller is still connected").isTrue();
            oneCall(token);
        }
    }

    @Test
    @Order(6)
    void cancelledConsultationFailsOnceAndTheAgentIsWithTheCallerAgain() {
        String token = "cancel-" + UUID.randomUUID().toString().substring(0, 8);
        Routed call = answered(token);
        try (Sipp caller = call.caller()) {
            transfer(token, "t-" + token, "consult", "4712");
            await(
                    "4712 talks",
                    e -> e.is("call.established")
                            && e.key().equals(token)
                            && e.text("device").equals("4712"));
            transfer(token, "t-" + token, "cancel", "4712");
            Entry failed = await(
                    "the transfer's outcome",
                    e -> e.is("call.transfer.failed") && e.text("transfer").equals("t-" + token));
            assertThat(failed.text("reason")).isEqualTo("cancelled");
            await("back from hold", e -> e.is("call.retrieved") && e.key().equals(token));
            assertThat(caller.running()).as("the caller is still connected").isTrue();
            assertThat(asterisk.tell("core show channels concise")).contains("PJSIP/4711-");
            assertThat(types(token)).doesNotContain("call.transferred", "call.transfer.completed");
            assertThat(types(token).stream().filter(t -> t.equals("call.transfer.failed")))
                    .hasSize(1);
        }
    }

    @Test
    @Order(7)
    @Conformance("ACD-22")
    void restartedHostTellsTheGapAndWhatIsDifferent() {
        HOST.stop();
        asterisk.order("queue pause member PJSIP/4711 queue 600 reason meanwhile");
        try {
            HOST.start();
            Entry gap = await("gap", e -> e.is("link.gap") && e.text("link").equals("ami:pbx"));
            assertThat(gap.data().get("lengthMs").asLong()).isPositive();
            Entry changed = await(
                    "the difference",
                    e -> e.is("agent.state.changed") && e.text("reason").equals("meanwhile"));
            assertThat(changed.data().get("resync").asBoolean()).isTrue();
        } finally {
            asterisk.order("queue unpause member PJSIP/4711 queue 600");
        }
    }

    @Test
    @Order(8)
    @Conformance("ACD-28")
    void asteriskGoesOnByItsDialplanWhenTheHostIsStopped() {
        HOST.stop();
        try (Sipp caller = caller("nobody-there")) {
            Instant asked = Instant.now();
            org.awaitility.Awaitility.await("anna's phone is called from the queue")
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> asterisk.tell("core show channels concise").contains("PJSIP/4711-"));
            // JACKFIELD_WAIT of the dialplan is 3 s
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(25));
            assertThat(asterisk.tell("core show channels concise")).contains("Queue");
            assertThat(caller.running()).isTrue();
        }
        asterisk.tell("channel request hangup all");
    }
}
