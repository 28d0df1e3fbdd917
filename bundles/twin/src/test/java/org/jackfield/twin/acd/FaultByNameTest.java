package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentState;
import org.jackfield.event.EventData;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault of the twin's ACD by its name, and what the host's link said or counted for it. */
class FaultByNameTest {
    private HostRig rig;

    private void start(String... config) throws Exception {
        rig = new HostRig(2, null, 30, config);
        rig.start(rig.acd.cstaPort());
        until(() -> rig.link().status().state() == Status.State.UP);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static void until(BooleanSupplier condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition::getAsBoolean);
    }

    private <D extends EventData> D told(Class<D> type) {
        until(() -> !rig.bus.data(type).isEmpty());
        return rig.bus.data(type).get(0);
    }

    /** All meters of that name together. */
    private double count(String name) {
        double sum = 0;
        for (Meter meter : rig.meters.getMeters()) {
            if (meter.getId().getName().equals(name)) {
                sum += meter instanceof FunctionCounter counter
                        ? counter.count()
                        : rig.meters.get(name).counter().count();
            }
        }
        return sum;
    }

    private void plant(String fault, double value, int times) {
        rig.faults.set(fault, true, value, times);
    }

    /** What was told of the first agent from now on, until {@code last} has been. */
    private List<AgentState> press(AgentState last, String... states) {
        String agent = rig.agents.get(0).id();
        long before = changes(agent).size();
        for (String state : states) {
            rig.acd.press(agent, state, null);
        }
        until(() -> changes(agent).size() > before
                && changes(agent).get(changes(agent).size() - 1) == last);
        return changes(agent).subList((int) before, changes(agent).size());
    }

    private List<AgentState> changes(String agent) {
        return rig.bus.data(StateChanged.class).stream()
                .filter(change -> change.agent().equals(agent))
                .map(StateChanged::state)
                .toList();
    }

    private LinkEvents.Changed down() {
        until(() -> rig.bus.data(LinkEvents.Changed.class).stream()
                .anyMatch(change -> change.state().equals("down")));
        return rig.bus.data(LinkEvents.Changed.class).stream()
                .filter(change -> change.state().equals("down"))
                .findFirst()
                .orElseThrow();
    }

    private void comesBackWithItsGap() {
        rig.faults.active().keySet().forEach(name -> rig.faults.set(name, false, 0, 0));
        until(() -> rig.bus.data(LinkEvents.Resync.class).size() > 1);
        assertThat(told(LinkEvents.Gap.class).link()).isEqualTo("csta:main");
        assertThat(press(AgentState.NOT_READY, "notReady")).containsExactly(AgentState.NOT_READY);
    }

    @Test
    void slowIsATimeoutOfTheOrderAndALateAnswerAndTheLinkStaysUp() throws Exception {
        start();
        plant("acd.slow", 1500, 1);
        var order = new Command<>(
                Acd.GET_AGENT_STATE, new Acd.GetAgentState(rig.agents.get(0).id()), null, Duration.ofMillis(300));
        var answer = rig.link().execute(order).toCompletableFuture();
        assertThat(answer.handle((given, failure) ->
                                failure instanceof CompletionException wrapped ? wrapped.getCause() : failure)
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        failure -> assertThat(failure.code()).isEqualTo("timeout"));
        until(() -> count("jackfield.csta.answers.late") == 1);
        assertThat(count("jackfield.csta.timeouts")).isEqualTo(1);
        assertThat(rig.link().status().state()).isEqualTo(Status.State.UP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acd.silent", "acd.half-open"})
    @Conformance("ACD-08")
    void silentAndHalfOpenAreFoundOutByTheHeartbeat(String fault) throws Exception {
        start("systemStatus", "500ms", "requestTimeout", "1s");
        plant(fault, 0, 0);
        assertThat(down().sentence()).contains("SystemStatus: 2 not answered");
        comesBackWithItsGap();
    }

    @Test
    void duplicatesAreCountedAndToldOnce() throws Exception {
        start();
        double before = count("jackfield.csta.duplicates");
        plant("acd.duplicate-events", 0, 0);
        assertThat(press(AgentState.READY, "notReady", "ready"))
                .containsExactly(AgentState.NOT_READY, AgentState.READY);
        until(() -> count("jackfield.csta.duplicates") >= before + 2);
        assertThat(count("jackfield.input.refused")).isZero();
    }

    @Test
    void oneEventOvertakenByAnotherMonitorsIsToldOnceAndInOrder() throws Exception {
        start();
        plant("acd.out-of-order", 0, 0);
        assertThat(press(AgentState.READY, "notReady", "ready"))
                .containsExactly(AgentState.NOT_READY, AgentState.READY);
        until(() -> count("jackfield.csta.duplicates") >= 2);
        assertThat(rig.link().status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    @Conformance("ACD-04")
    void splitFramesAreReadAsIfWhole() throws Exception {
        start();
        plant("acd.split-frames", 0, 0);
        assertThat(press(AgentState.READY, "notReady", "ready"))
                .containsExactly(AgentState.NOT_READY, AgentState.READY);
        assertThat(count("jackfield.input.refused")).isZero();
        assertThat(rig.bus.data(LinkEvents.Refused.class)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "acd.wrong-length, 0, length",
        "acd.wrong-length, 2, xml",
        "acd.bad-format, 0, format-indicator",
        "acd.malformed-xml, 0, xml"
    })
    @Conformance("ACD-04")
    void frameThatIsNoneIsRefusedByName(String fault, double value, String reason) throws Exception {
        start();
        plant(fault, value, 1);
        rig.acd.press(rig.agents.get(0).id(), "notReady", null);
        assertThat(told(LinkEvents.Refused.class))
                .returns("csta:main", LinkEvents.Refused::place)
                .returns(reason, LinkEvents.Refused::reason);
        assertThat(count("jackfield.input.refused")).isEqualTo(1);
        until(() -> rig.bus.data(LinkEvents.Resync.class).size() > 1);
        until(() -> changes(rig.agents.get(0).id()).contains(AgentState.NOT_READY));
        assertThat(told(LinkEvents.Gap.class).link()).isEqualTo("csta:main");
    }

    @Test
    void messagesLostIsAGapWithASnapshotThatFindsTheDifference() throws Exception {
        start();
        plant("acd.messages-lost", 0, 2);
        assertThat(press(AgentState.NOT_READY, "notReady")).containsExactly(AgentState.NOT_READY);
        assertThat(told(LinkEvents.Gap.class).link()).isEqualTo("csta:main");
        until(() -> rig.bus.data(LinkEvents.Resync.class).stream().anyMatch(done -> done.differences() == 1));
        assertThat(rig.bus.data(StateChanged.class)).last().returns(true, StateChanged::resync);
    }

    @ParameterizedTest
    @CsvSource({"acd.session-dropped, resourceLimitation", "acd.link-cut, connection"})
    void endOfTheSessionOrOfTheConnectionIsSaid(String fault, String said) throws Exception {
        start();
        plant(fault, 0, 1);
        assertThat(down().sentence()).contains(said);
        comesBackWithItsGap();
    }
}
