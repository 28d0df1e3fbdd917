package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentEvents.StateResult;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.event.CommandEvents;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.Peers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract for an ACD that speaks only Kafka, against a real broker and with the example clients as they ship. */
@Timeout(180)
class AcdLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestBroker broker;

    @TempDir
    Path dir;

    private Bench bench;
    private KafkaEventBus bus;
    private AcdLink link;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.shared();
    }

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(broker.address(), dir);
        open();
    }

    private void open(String... more) throws IOException {
        bus = bench.bus("n1");
        bus.tap(events::add);
        link = link(more);
    }

    private AcdLink link(String... more) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("service.pid", "org.jackfield.acd~crm");
        config.put("tenant", bench.tenant);
        for (int i = 0; i + 1 < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new AcdLink(AcdSettings.of(config), bus, Clock.systemUTC());
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        link.close();
        bus.close();
    }

    private void up() {
        await().atMost(PATIENCE).until(() -> link.status().state() == Status.State.UP);
    }

    private static Map<String, String> headers(String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", UUID.randomUUID().toString());
        headers.put("ce_source", "/my-acd");
        headers.put("ce_type", "org.jackfield." + type);
        return headers;
    }

    private void write(String key, String json, Map<String, String> headers) throws Exception {
        bench.produce("jackfield." + bench.tenant + ".in.crm", key, json, headers);
    }

    private static String anna(String state) {
        return "{\"agent\":\"anna\",\"state\":\"" + state
                + "\",\"groups\":[],\"resync\":false,\"tenant\":\"other\",\"unknown\":{\"x\":1}}";
    }

    private <D extends EventData> List<D> data(Class<D> kind) {
        return events.stream()
                .filter(e -> kind.isInstance(e.data()))
                .map(e -> kind.cast(e.data()))
                .toList();
    }

    private <D extends EventData> D awaitData(Class<D> kind) {
        await(kind.getSimpleName()).atMost(PATIENCE).until(() -> !data(kind).isEmpty());
        return data(kind).get(0);
    }

    @Test
    @Conformance("ACD-41")
    void validEventIsTakenWithUnknownMembersIgnoredAndTheTenantOfTheConfiguration() throws Exception {
        up();
        Map<String, String> headers = headers("agent.state.changed.v1");
        headers.put("ce_time", "2026-01-01T10:00:00Z");
        write("anna", anna("NOT_READY"), headers);
        assertThat(awaitData(StateChanged.class).state()).isEqualTo(AgentState.NOT_READY);
        Event event = events.stream()
                .filter(e -> e.data() instanceof StateChanged)
                .findFirst()
                .orElseThrow();
        assertThat(event.tenant()).isEqualTo(bench.tenant);
        assertThat(event.source()).isEqualTo("/acd/" + bench.tenant + "/crm");
        assertThat(event.time()).isEqualTo(Instant.parse("2026-01-01T10:00:00Z"));
        assertThat(event.causationId()).isEqualTo(headers.get("ce_id"));
        await().atMost(PATIENCE)
                .until(() -> bench.ids(Topic.AGENT.of(bench.tenant)).contains(event.id()));
        bench.dump("jackfield." + bench.tenant + ".in.crm", 1)
                .forEach(r -> assertThat(new AsyncApi().faults(r)).isEmpty());
    }

    @Test
    @Conformance("ACD-41")
    void badRecordsAreRefusedWithTheirReasonAndNothingElseSuffers() throws Exception {
        up();
        write("anna", anna("READY"), headers("agent.state.changed.v2"));
        Map<String, String> foreign = headers("agent.state.changed.v1");
        foreign.put("ce_tenantid", "other");
        write("anna", anna("READY"), foreign);
        write("anna", anna("SLEEPY"), headers("agent.state.changed.v1"));
        write("anna", "{\"agent\":\"anna\",\"state\":\"READY\"}", headers("agent.state.changed.v1"));
        write("ben", anna("READY"), headers("agent.state.changed.v1"));
        write("anna", "{", headers("agent.state.changed.v1"));
        write("anna", "{}", headers("presence.intent.v1"));
        write("anna", " ".repeat(InboxCodec.MAX_BYTES + 1), headers("agent.state.changed.v1"));
        Map<String, String> nameless = headers("agent.state.changed.v1");
        nameless.remove("ce_id");
        write("anna", anna("READY"), nameless);
        write("x", "{\"kind\":\"HELD\",\"call\":\"x\"}", headers("call.cleared.v1"));
        write("anna", anna("READY"), headers("agent.state.changed.v1"));
        awaitData(StateChanged.class);
        assertThat(data(StateChanged.class)).hasSize(1);
        assertThat(data(DeadLetter.class))
                .extracting(
                        letter -> letter.reason().substring(0, letter.reason().indexOf(':')))
                .containsExactly(
                        "version", "tenant", "schema", "member", "key", "json", "type", "size", "cloudevent", "type");
        assertThat(bench.meters.find("jackfield.input.refused").tag("place", "acd:crm").counters().stream()
                        .mapToDouble(c -> c.count())
                        .sum())
                .isEqualTo(10);
    }

    @Test
    @Conformance("ACD-42")
    void idThatComesAgainChangesNothingAlsoAfterARestart() throws Exception {
        up();
        Map<String, String> first = headers("agent.state.changed.v1");
        write("anna", anna("READY"), first);
        write("anna", anna("READY"), first);
        write("anna", anna("BUSY"), headers("agent.state.changed.v1"));
        await().atMost(PATIENCE).until(() -> data(StateChanged.class).size() == 2);
        await().atMost(PATIENCE).until(() -> bus.lag() == 0);
        link.close();
        bus.close();
        open();
        up();
        write("anna", anna("READY"), first);
        write("anna", anna("NOT_READY"), headers("agent.state.changed.v1"));
        await().atMost(PATIENCE).until(() -> data(StateChanged.class).size() == 3);
        assertThat(data(StateChanged.class))
                .extracting(StateChanged::state)
                .containsExactly(AgentState.READY, AgentState.BUSY, AgentState.NOT_READY);
        assertThat(bench.meters
                        .get("jackfield.acd.repeated")
                        .tag("link", "crm")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @SuppressWarnings("unchecked")
    private OfferPoint<Acd.RouteQuestion, RouteAnswer> offers() {
        return (OfferPoint<Acd.RouteQuestion, RouteAnswer>)
                link.offers().iterator().next();
    }

    private static String route(String step, String crossRef) {
        return "{\"step\":\"" + step + "\",\"call\":\"c1\",\"crossRef\":\"" + crossRef + "\",\"called\":\"600\"}";
    }

    @Test
    void routeRequestIsOfferedAndAnsweredAsAnOrder() throws Exception {
        up();
        offers().attach(offer -> offer.answer(new RouteAnswer.Select("4711", List.of("4712"), "anna", "longest idle")));
        write("c1", "{\"kind\":\"QUEUED\",\"call\":\"c1\",\"queue\":\"600\"}", headers("call.queued.v1"));
        write("c1", route("REQUESTED", "r1"), headers("route.requested.v1"));
        var answer = awaitData(CommandEvents.AnswerRoute.class);
        assertThat(answer)
                .isEqualTo(new CommandEvents.AnswerRoute(
                        "crm", "c1", "r1", "select", "4711", List.of("4712"), "anna", "longest idle"));
        write("c1", route("USED", "r1"), headers("route.used.v1"));
        await().atMost(PATIENCE).until(() -> data(Route.class).stream().anyMatch(r -> r.step() == RouteStep.USED));
        assertThat(data(Route.class))
                .extracting(Route::step)
                .containsExactly(RouteStep.REQUESTED, RouteStep.SELECTED, RouteStep.USED);
        assertThat(data(Call.class)).extracting(Call::kind).containsExactly(Kind.QUEUED);
        await().atMost(PATIENCE)
                .until(() -> bench.dump(Topic.COMMAND.of(bench.tenant), 1).size() == 1);
        bench.dump(Topic.COMMAND.of(bench.tenant), 1)
                .forEach(r -> assertThat(new AsyncApi().faults(r)).isEmpty());
    }

    @Test
    void routeRequestThatTheAcdEndsGetsNoAnswer() throws Exception {
        up();
        List<org.jackfield.plugin.Offer<Acd.RouteQuestion, RouteAnswer>> asked = new CopyOnWriteArrayList<>();
        offers().attach(asked::add);
        write("c1", route("REQUESTED", "r1"), headers("route.requested.v1"));
        await().atMost(PATIENCE).until(() -> !asked.isEmpty());
        write("c1", route("ENDED", "r1"), headers("route.ended.v1"));
        await().atMost(PATIENCE).until(() -> data(Route.class).size() == 2);
        asked.get(0).answer(new RouteAnswer.Select("4711", List.of(), null, "late"));
        await().atMost(PATIENCE)
                .until(() -> bench.meters
                                .find("jackfield.input.refused")
                                .tag("reason", "late")
                                .counter()
                        != null);
        assertThat(data(CommandEvents.AnswerRoute.class)).isEmpty();
    }

    @Test
    @Conformance("ACD-44")
    void routeRequestPastItsTimeToLiveIsDroppedAndCounted() throws Exception {
        up();
        Map<String, String> old = headers("route.requested.v1");
        old.put("ce_time", Instant.now().minusSeconds(31).toString());
        write("c1", route("REQUESTED", "r1"), old);
        write("anna", anna("READY"), headers("agent.state.changed.v1"));
        awaitData(StateChanged.class);
        assertThat(data(Route.class)).isEmpty();
        assertThat(bench.meters
                        .get("jackfield.input.refused")
                        .tag("reason", "ttl")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private <Q, A> A ask(Operation<Q, A> operation, Q argument, Duration timeout) throws Exception {
        return link.execute(new Command<>(operation, argument, null, timeout))
                .toCompletableFuture()
                .get(90, TimeUnit.SECONDS);
    }

    @Test
    void orderWithoutAResultFailsInItsTime() {
        up();
        assertThatThrownBy(() -> ask(
                        Acd.SET_AGENT_STATE,
                        new Acd.SetAgentState("anna", AgentState.READY, null),
                        Duration.ofMillis(300)))
                .cause()
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.code()).isEqualTo("timeout"));
        assertThat(awaitData(StateResult.class).error()).isEqualTo("timeout");
    }

    @Test
    void wrongConfigurationIsNamed() {
        AcdLink wrong = link("routeTimeout", "soon", "mode", "half");
        assertThat(wrong.status().sentence())
                .contains("routeTimeout: soon (expected: 100ms-60s)")
                .contains("mode: half (expected: active or observe)")
                .contains("etc/org.jackfield.acd-crm.cfg");
        wrong.close();
    }

    /** A client that ships as an example tells READY and then does as it is asked. */
    private void playedBy(List<String> command) throws Exception {
        up();
        bench.meters.counter("ready");
        Path log = dir.resolve("client.log");
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(broker.address(), bench.tenant, "crm", "anna"));
        bus.topics().partitions(Topic.COMMAND.of(bench.tenant));
        processes.add(new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
        await(command.get(0))
                .atMost(PATIENCE)
                .failFast(() -> {
                    if (!processes.get(0).isAlive()) {
                        throw new AssertionError(Files.readString(log, StandardCharsets.UTF_8));
                    }
                })
                .until(() -> !data(StateChanged.class).isEmpty());
        var answer = ask(
                Acd.SET_AGENT_STATE,
                new Acd.SetAgentState("anna", AgentState.NOT_READY, "TEAMS_DND"),
                Duration.ofSeconds(60));
        assertThat(answer.outcome()).isEqualTo("done");
        await().atMost(PATIENCE).until(() -> data(StateChanged.class).size() == 2);
        assertThat(data(StateChanged.class))
                .extracting(StateChanged::state)
                .containsExactly(AgentState.READY, AgentState.NOT_READY);
        assertThat(data(DeadLetter.class)).isEmpty();
    }

    private static Path example(String file) {
        return Path.of("../../docs/examples/acd-kafka", file);
    }

    @Test
    void javaExampleIsAnAcd() throws Exception {
        String classes = jar(KafkaProducer.class) + File.pathSeparator + jar(org.slf4j.Logger.class);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        playedBy(List.of(java, "-cp", classes, example("AcdClient.java").toString()));
    }

    private static String jar(Class<?> of) {
        return Objects.requireNonNull(of.getProtectionDomain().getCodeSource())
                .getLocation()
                .getPath();
    }

    @Test
    void pythonExampleIsAnAcd() throws Exception {
        String python = "/usr/bin/python3";
        boolean there = Files.isExecutable(Path.of(python))
                && new ProcessBuilder(python, "-c", "import kafka").start().waitFor() == 0;
        if (Peers.required()) {
            assertThat(there).as("python3-kafka is installed").isTrue();
        }
        Assumptions.assumeTrue(there, "python3-kafka is not installed, so nothing is proven against it here.");
        playedBy(List.of(python, example("acd_client.py").toString()));
    }
}
