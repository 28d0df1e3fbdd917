package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.PresenceEvents;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowEngineTest {
    private static final String RECORD = """
            - from:
                uri: bus:agent
                parameters: {types: agent.state.changed}
                steps:
                  - bean: {ref: recorder, method: METHOD}
            """;

    @TempDir
    Path folder;

    private FlowHarness host;
    private final Recorder recorder = new Recorder();

    /** A flow bean of the tests. */
    public static final class Recorder {
        final List<String> seen = new CopyOnWriteArrayList<>();
        volatile CountDownLatch gate = new CountDownLatch(0);

        public void first(Event event) throws InterruptedException {
            gate.await(10, TimeUnit.SECONDS);
            seen.add("first " + event.key());
        }

        public void second(Event event) {
            seen.add("second " + event.key());
        }

        public void fails(Event event) {
            throw new IllegalStateException("no room for " + event.key());
        }

        public PresenceEvents.Intent intent(Event event) {
            return new PresenceEvents.Intent(event.key(), "user", "Away", "Away", null, "test");
        }

        public List<AgentEvents.StateRequested> requests(Event event) {
            return List.of(new AgentEvents.StateRequested(event.key(), AgentState.READY, null));
        }
    }

    @BeforeEach
    void start() {
        host = new FlowHarness(folder);
        host.services.bean("recorder", recorder);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static AgentEvents.StateChanged changed(String agent) {
        return new AgentEvents.StateChanged(agent, null, AgentState.READY, null, null, null, List.of(), false);
    }

    @Test
    void savedFileRunsWithinASecondAndAnEditReplacesIt() {
        long saved = System.nanoTime();
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - saved)).isLessThan(5_000);

        host.publish(changed("anna"));
        await().until(() -> recorder.seen.contains("first anna"));

        host.save("record", RECORD.replace("METHOD", "second"));
        var flow = host.awaitVersion("record", 2);
        host.publish(changed("anna"));
        await().until(() -> recorder.seen.contains("second anna"));
        assertThat(flow.history())
                .extracting(Flows.Version::outcome)
                .containsExactly(Flows.Outcome.REPLACED, Flows.Outcome.LIVE);
        assertThat(host.bus.data(LinkEvents.Flow.class))
                .extracting(LinkEvents.Flow::outcome)
                .containsExactly("loaded", "loaded");
    }

    @Test
    void brokenFileChangesNothingAndSaysWhy() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");

        host.save("record", RECORD.replace("METHOD", "first").replace("bus:agent", "bus:agnt"));
        var flow = host.awaitRefusal("record");

        assertThat(flow.state()).isEqualTo(Flows.State.RUNNING);
        assertThat(flow.version()).isEqualTo(1);
        assertThat(String.valueOf(flow.refusal()))
                .isEqualTo("routes/record.camel.yaml:2: unknown topic \"agnt\" (expected: agent, audit, call, command,"
                        + " dead, link, retry)");
        assertThat(host.meters
                        .counter("jackfield.flow.refused", "flow", "record", "reason", "option")
                        .count())
                .isEqualTo(1);
        assertThat(host.bus.data(LinkEvents.Flow.class))
                .filteredOn(event -> event.outcome().equals("refused"))
                .singleElement()
                .satisfies(event -> assertThat(event.line()).isEqualTo(2));
        assertThat(host.engine.status().state()).isEqualTo(Status.State.DEGRADED);
        host.publish(changed("ben"));
        await().until(() -> recorder.seen.contains("first ben"));

        host.save("record", RECORD.replace("METHOD", "second"));
        assertThat(host.awaitFlow("record", f -> f.refusal() == null).state()).isEqualTo(Flows.State.RUNNING);
    }

    @Test
    void eventsGatherAsLongAsTheMostHurriedRouteOfTheRunningVersionAllows() {
        String patient = RECORD.replace("METHOD", "first").replace("changed}", "changed, gather: 50ms}");
        host.save("record", patient);
        host.awaitRunning("record");
        assertThat(host.bus.gathers(Topic.AGENT)).containsExactly(Duration.ofMillis(50));

        host.save("record", patient + patient.replace("50ms", "20ms, tenants: demo"));
        await().until(() -> host.bus.gathers(Topic.AGENT).equals(List.of(Duration.ofMillis(20))));

        host.save("record", RECORD.replace("METHOD", "second"));
        await().until(() -> host.bus.gathers(Topic.AGENT).equals(List.of(Duration.ZERO)));

        host.save("record", patient.replace("50ms", "2s"));
        Flows.Flow refused = host.awaitFlow("record", f -> f.refusal() != null);
        assertThat(String.valueOf(refused.refusal())).contains("gather: \"2s\" (expected: 0ms-1s)");
    }

    @Test
    void oneBrokenFileDoesNotBlockAnother() {
        host.save("aaa", "- from: [");
        host.save("record", RECORD.replace("METHOD", "first"));

        host.awaitRunning("record");
        assertThat(host.awaitRefusal("aaa").state()).isEqualTo(Flows.State.REFUSED);
    }

    @Test
    void flowOfANameThatWasGoneCountsAnew() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        host.publish(changed("anna"));
        await().until(() -> host.flow("record").counters().delivered() == 1);
        host.delete("record");
        await().until(() -> host.engine.flow("record") == null);
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        host.publish(changed("ben"));
        host.publish(changed("carla"));

        await().until(() -> host.meters
                        .get("jackfield.flow.events")
                        .tags("flow", "record", "outcome", "delivered")
                        .functionCounter()
                        .count()
                == 2);
    }

    @Test
    void refusalOfTheNewestFileStaysWhenTheGoodOneIsBuiltAgain() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        host.save("record", RECORD.replace("METHOD", "nowhere"));
        host.awaitRefusal("record");

        host.services.bean("recorder", new Recorder());
        host.awaitFlow("record", flow -> flow.version() > 2);

        assertThat(host.flow("record").refusal()).isNotNull();
        assertThat(host.flow("record").state()).isEqualTo(Flows.State.RUNNING);
    }

    @Test
    void reloadBuildsEveryFlowAgain() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");

        host.engine.reload();

        assertThat(host.awaitVersion("record", 2).state()).isEqualTo(Flows.State.RUNNING);
    }

    @Test
    void eachSaveOfABrokenFileIsAnsweredEvenWithTheSameReason() {
        host.save("bad", RECORD.replace("METHOD", "nowhere"));
        host.awaitRefusal("bad");

        host.save("bad", RECORD.replace("METHOD", "nowhere") + "# saved again\n");

        assertThat(host.awaitFlow("bad", flow -> flow.history().size() == 2).state())
                .isEqualTo(Flows.State.REFUSED);
    }

    @Test
    void deletedFileRemovesItsFlowOnly() {
        host.save("one", RECORD.replace("METHOD", "first"));
        host.save("two", RECORD.replace("METHOD", "second"));
        host.awaitRunning("one");
        host.awaitRunning("two");

        host.delete("one");
        await().until(() -> host.engine.flow("one") == null);

        host.publish(changed("carla"));
        await().until(() -> recorder.seen.contains("second carla"));
        assertThat(recorder.seen).doesNotContain("first carla");
    }

    @Test
    void eventThatFailsLiesInTheDeadLettersWithTheReason() {
        host.save("record", RECORD.replace("METHOD", "fails"));
        host.awaitRunning("record");

        host.publish(changed("anna"));
        host.publish(new AgentEvents.StateRequested("anna", AgentState.READY, null));

        await().until(() -> host.flow("record").counters().deadLettered() == 1
                && host.flow("record").counters().filtered() == 1);
        assertThat(host.bus.data(DeadLetter.class))
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).contains("no room for anna"));
        var counters = host.flow("record").counters();
        assertThat(counters.received())
                .isEqualTo(2)
                .isEqualTo(counters.delivered() + counters.filtered() + counters.deadLettered());
    }

    /** As when the bundle of the bus is replaced: the flows of the next engine count, and not into what is gone. */
    @Test
    void whatAnEngineCountedEndsWithIt() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        assertThat(host.meters
                        .find("jackfield.flow.events")
                        .tags("flow", "record")
                        .meters())
                .isNotEmpty();

        host.engine.close();

        assertThat(host.meters.find("jackfield.flow.events").meters()).isEmpty();
        assertThat(host.meters.find("jackfield.flow.offers").meters()).isEmpty();
    }

    @Test
    void redeliveryOfTheDefaultsComesBeforeTheDeadLetter() {
        host.save("_defaults", """
                - routeConfiguration:
                    errorHandler:
                      defaultErrorHandler:
                        redeliveryPolicy: {maximumRedeliveries: 2, redeliveryDelay: 10, asyncDelayedRedelivery: true}
                """);
        host.save("record", RECORD.replace("METHOD", "fails"));
        host.awaitRunning("record");

        host.publish(changed("anna"));

        await().until(() -> !host.bus.data(DeadLetter.class).isEmpty());
        assertThat(host.bus.data(DeadLetter.class).get(0).attempts()).isEqualTo(3);
    }

    @Test
    void flowWaitsForItsLinkAndItsEventsWaitWithIt() {
        host.save("presence", """
                - from:
                    uri: bus:agent?types=agent.state.changed
                    steps:
                      - bean: {ref: recorder, method: intent}
                      - to: teams:presence
                """);
        var waiting = host.awaitFlow("presence", flow -> flow.state() == Flows.State.WAITING);
        assertThat(waiting.sentence()).isEqualTo("waits for link teams");
        await().until(() -> {
            host.publish(changed("anna"));
            return host.flow("presence").counters().unfinished() > 0;
        });

        var link = FakeLink.of("teams", Teams.PRESENCE, command -> null);
        host.services.add(link);
        host.awaitRunning("presence");
        await().until(() -> host.flow("presence").counters().unfinished() == 0);
        assertThat(link.arguments()).isNotEmpty();
        assertThat(link.commands().get(0).cause()).isNotNull();

        host.services.remove(link);
        host.awaitFlow("presence", flow -> flow.state() == Flows.State.WAITING);
        host.publish(changed("ben"));
        host.publish(changed("carla"));
        assertThat(host.flow("presence").counters().unfinished()).isEqualTo(2);

        var again = FakeLink.of("teams", Teams.PRESENCE, command -> null);
        host.services.add(again);
        await().until(() -> again.arguments().size() == 2);
        assertThat(host.bus.data(DeadLetter.class)).isEmpty();
    }

    @Test
    void commandOfTheTenantGoesToTheTenantsLink() {
        var demo = FakeLink.of("teams", Teams.PRESENCE, command -> null);
        var acme = new FakeLink(
                "acme",
                "teams",
                "main",
                List.of(Teams.PRESENCE),
                List.of(),
                command -> CompletableFuture.completedFuture(null));
        host.services.add(demo);
        host.services.add(acme);
        host.save("presence", """
                - from:
                    uri: bus:agent?types=agent.state.changed
                    steps:
                      - bean: {ref: recorder, method: intent}
                      - to: teams:presence
                """);
        host.awaitRunning("presence");

        host.publish("acme", org.jackfield.event.Origin.ACD, changed("zoe"));

        await().until(() -> acme.arguments().size() == 1);
        assertThat(demo.arguments()).isEmpty();
    }

    @Test
    void wrongArgumentIsATypedErrorAndNeverConverted() {
        var link = FakeLink.of("csta", Acd.SET_AGENT_STATE, command -> null);
        host.services.add(link);
        host.save("wrong", """
                - from:
                    uri: bus:agent?types=agent.state.changed
                    steps:
                      - to: csta:setAgentState
                """);
        host.awaitRunning("wrong");

        host.publish(changed("anna"));

        await().until(() -> !host.bus.data(DeadLetter.class).isEmpty());
        assertThat(host.bus.data(DeadLetter.class).get(0).reason())
                .contains("org.jackfield.event.Event (expected: org.jackfield.plugin.Acd$SetAgentState)");
        assertThat(link.arguments()).isEmpty();
    }

    @Test
    void refusalOfALinkIsTheReasonOfTheDeadLetter() {
        host.services.add(new FakeLink(
                "demo",
                "teams",
                "main",
                List.of(Teams.PRESENCE),
                List.of(),
                command ->
                        CompletableFuture.failedFuture(new CommandException("403", "Graph refused it", false, null))));
        host.save("presence", """
                - from:
                    uri: bus:agent?types=agent.state.changed
                    steps:
                      - bean: {ref: recorder, method: intent}
                      - to: teams:presence
                """);
        host.awaitRunning("presence");

        host.publish(changed("anna"));

        await().until(() -> !host.bus.data(DeadLetter.class).isEmpty());
        assertThat(host.bus.data(DeadLetter.class).get(0).reason()).isEqualTo("Graph refused it");
    }

    @Test
    void operationThatTheLinkLacksIsRefused() {
        host.services.add(FakeLink.of("teams", Teams.PRESENCE, command -> null));
        host.save("presence", """
                - from:
                    uri: bus:agent
                    steps:
                      - to: teams:presense
                """);

        assertThat(String.valueOf(host.awaitRefusal("presence").refusal()))
                .isEqualTo("routes/presence.camel.yaml:4: links of kind teams have no operation \"presense\" (expected:"
                        + " presence)");
    }

    @Test
    void dataBecomesAnEventOfTheSameTenantAndOriginLedToByTheFirst() {
        host.save("ask", """
                - from:
                    uri: bus:agent?types=agent.state.changed
                    steps:
                      - bean: {ref: recorder, method: requests}
                      - to: bus:agent
                """);
        host.awaitRunning("ask");

        var cause = host.publish(changed("anna"));

        await().until(() -> !host.bus.data(AgentEvents.StateRequested.class).isEmpty());
        var led = host.bus.events().stream()
                .filter(event -> event.data() instanceof AgentEvents.StateRequested)
                .findFirst()
                .orElseThrow();
        assertThat(led.tenant()).isEqualTo("demo");
        assertThat(led.origin()).isEqualTo(cause.origin());
        assertThat(led.causationId()).isEqualTo(cause.id());
        assertThat(led.source()).isEqualTo("/flow/ask");
    }

    @Test
    void editThatNeedsAnAbsentBeanLeavesTheRunningVersionUntilTheBeanComes() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");

        host.save("record", RECORD.replace("recorder", "other").replace("METHOD", "second"));
        var flow = host.awaitRefusal("record");
        assertThat(flow.state()).isEqualTo(Flows.State.RUNNING);
        assertThat(String.valueOf(flow.refusal())).contains("bean other is not there (expected: one of recorder)");

        host.services.bean("other", recorder);
        assertThat(host.awaitFlow("record", f -> f.refusal() == null).state()).isEqualTo(Flows.State.RUNNING);
        host.publish(changed("anna"));
        await().until(() -> recorder.seen.contains("second anna"));
    }

    @Test
    void replacedBeanIsUsedFromThenOn() {
        host.save("record", RECORD.replace("METHOD", "first"));
        host.awaitRunning("record");
        var other = new Recorder();

        host.services.bean("recorder", other);
        host.awaitVersion("record", 2);
        host.publish(changed("anna"));

        await().until(() -> other.seen.contains("first anna"));
        assertThat(recorder.seen).isEmpty();
    }

    @Test
    void defaultsThatBreakAFlowAreRefusedForAll() {
        host.save("_defaults", """
                - routeConfiguration:
                    id: strict
                    errorHandler:
                      defaultErrorHandler: {}
                """);
        host.save("record", """
                - route:
                    routeConfigurationId: strict
                    from:
                      uri: bus:agent?types=agent.state.changed
                      steps:
                        - bean: {ref: recorder, method: first}
                """);
        host.awaitRunning("record");

        host.save("_defaults", """
                - routeConfiguration:
                    id: lax
                    errorHandler:
                      defaultErrorHandler: {}
                """);

        await().until(() -> host.engine.defaultsRefused() != null);
        assertThat(String.valueOf(host.engine.defaultsRefused()))
                .contains("flow record does not work with it")
                .contains("unknown routeConfigurationId \"strict\"");
        assertThat(host.flow("record").version()).isEqualTo(1);
    }

    @Test
    void timerFlowRunsAndIsReplaced() {
        host.save("tick", """
                - from:
                    uri: timer:t?period=20
                    steps:
                      - setBody: {constant: a}
                      - bean: {ref: log, method: add}
                """);
        List<String> log = new CopyOnWriteArrayList<>();
        host.services.bean("log", log);
        host.awaitRunning("tick");
        await().until(() -> log.contains("a"));

        host.save("tick", """
                - from:
                    uri: timer:t?period=20
                    steps:
                      - setBody: {constant: b}
                      - bean: {ref: log, method: add}
                """);
        await().until(() -> log.contains("b"));
        int as = log.lastIndexOf("a");
        assertThat(log.indexOf("b")).isGreaterThan(as);
    }
}
