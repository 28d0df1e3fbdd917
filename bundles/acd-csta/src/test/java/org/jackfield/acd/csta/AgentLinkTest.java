package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jackfield.acd.csta.TestSwitch.in;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.csta.AgentEvent.Kind;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.protocol.csta.SessionMessage;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

class AgentLinkTest {
    @Test
    @Conformance("ACD-07")
    void sessionComesBeforeMonitorsAndMonitorsBeforeTheSnapshot() throws Exception {
        try (var rig = new LinkRig().start()) {
            assertThat(rig.acd.requests.get(0)).isInstanceOf(SessionMessage.Start.class);
            assertThat(rig.acd.asked(MonitorMessage.Start.class))
                    .extracting(MonitorMessage.Start::device)
                    .containsExactly("4711", "4712", "600", "601");
            int lastMonitor = rig.acd.requests.lastIndexOf(new MonitorMessage.Start("601"));
            int firstGet = rig.acd.requests.indexOf(new AgentMessage.Get("4711", null));
            assertThat(firstGet).isGreaterThan(lastMonitor);
            assertThat(rig.link.status().state()).isEqualTo(Status.State.UP);
        }
    }

    @Test
    @Conformance("ACD-18")
    void eachOfTheSixEventsIsOneStateChange() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.tell("4711", Kind.BUSY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.WORKING_AFTER_CALL, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.NOT_READY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.READY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.LOGGED_OFF, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.LOGGED_ON, "4711", "anna", "600");
            await().until(() -> rig.of("anna").size() >= 7);
            assertThat(rig.of("anna"))
                    .extracting(AgentEvents.StateChanged::state)
                    .containsExactly(
                            AgentState.READY,
                            AgentState.BUSY,
                            AgentState.WORKING_AFTER_CALL,
                            AgentState.NOT_READY,
                            AgentState.READY,
                            AgentState.LOGGED_OFF,
                            AgentState.NOT_READY);
            assertThat(rig.of("anna").get(1).previous()).isEqualTo(AgentState.READY);
            assertThat(rig.bus.events())
                    .allMatch(event -> event.tenant().equals("demo")
                            && event.source().equals("/csta/demo/main")
                            && event.origin() == Origin.ACD);
        }
    }

    @Test
    @Conformance("ACD-18")
    void transitionSeenByDeviceAndGroupMonitorsIsPublishedOnce() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.tell("4711", Kind.NOT_READY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.READY, "4711", "anna", "600");
            rig.acd.tell("600", Kind.NOT_READY, "4711", "anna", "600");
            rig.acd.tell("600", Kind.READY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.BUSY, "4711", "anna", null);
            await().until(() -> rig.of("anna").size() >= 4);
            assertThat(rig.of("anna"))
                    .extracting(AgentEvents.StateChanged::state)
                    .containsExactly(AgentState.READY, AgentState.NOT_READY, AgentState.READY, AgentState.BUSY);
            assertThat(rig.count("jackfield.csta.duplicates")).isEqualTo(2);
        }
    }

    @Test
    void stateIsFoldedOverTheAgentsGroups() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.tell("4712", Kind.READY, "4712", "ben", "601");
            var ready = rig.event(
                    AgentEvents.StateChanged.class, c -> c.agent().equals("ben") && c.state() == AgentState.READY);
            assertThat(ready.groups())
                    .containsExactly(
                            new AgentEvents.GroupState("600", AgentState.NOT_READY),
                            new AgentEvents.GroupState("601", AgentState.READY));
            rig.acd.tell("4712", Kind.READY, "4712", "ben", "600");
            rig.acd.tell("4712", Kind.BUSY, "4712", "ben", "600");
            await().until(() -> rig.of("ben").size() >= 3);
            assertThat(rig.of("ben"))
                    .extracting(AgentEvents.StateChanged::state)
                    .containsExactly(AgentState.NOT_READY, AgentState.READY, AgentState.BUSY);
        }
    }

    @Test
    @Conformance("ACD-20")
    void pendingStateIsPublishedAsPendingAndReplacedByTheNextRequest() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.tell("4711", Kind.BUSY, "4711", "anna", "600");
            rig.event(AgentEvents.StateChanged.class, c -> c.state() == AgentState.BUSY);
            rig.acd.script = request -> request instanceof AgentMessage.Set set
                    ? new AgentMessage.SetAnswer(
                            set.state() == AgentMessage.Requested.NOT_READY
                                    ? org.jackfield.protocol.csta.AgentState.NOT_READY
                                    : org.jackfield.protocol.csta.AgentState.NULL)
                    : null;
            var answer = rig.execute(
                            Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.NOT_READY, "TEAMS_DND"))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            assertThat(answer).isEqualTo(new Acd.SetAgentStateAnswer("pending", AgentState.NOT_READY));
            var pending = rig.event(AgentEvents.StateChanged.class, c -> c.pending() == AgentState.NOT_READY);
            assertThat(pending.state()).isEqualTo(AgentState.BUSY);
            rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.LOGGED_OFF, null))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            var replaced = rig.event(AgentEvents.StateChanged.class, c -> c.pending() == AgentState.LOGGED_OFF);
            assertThat(replaced.state()).isEqualTo(AgentState.BUSY);
            assertThat(rig.bus.data(AgentEvents.StateResult.class))
                    .extracting(AgentEvents.StateResult::outcome)
                    .containsExactly("pending", "pending");
            rig.acd.tell("4711", Kind.NOT_READY, "4711", "anna", "600");
            var reached = rig.event(
                    AgentEvents.StateChanged.class, c -> c.agent().equals("anna") && c.state() == AgentState.NOT_READY);
            assertThat(reached.pending()).isNull();
        }
    }

    @Test
    @Conformance("ACD-19")
    void settingThePresentStateSucceedsWithoutAnEvent() throws Exception {
        try (var rig = new LinkRig().start()) {
            int before = rig.of("anna").size();
            var answer = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.READY, null))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            assertThat(answer.outcome()).isEqualTo("done");
            assertThat(rig.of("anna")).hasSize(before);
            assertThat(rig.acd.asked(AgentMessage.Set.class))
                    .containsExactly(new AgentMessage.Set("4711", AgentMessage.Requested.READY, "anna", null, null));
        }
    }

    @Test
    @Conformance("ACD-16")
    void refusalOfEachCategoryKeepsTheAcdsLiteral() throws Exception {
        try (var rig = new LinkRig().start()) {
            for (String[] one : new String[][] {
                {CstaError.OPERATION, "invalidAgentID"},
                {CstaError.SECURITY, "securityViolation"},
                {CstaError.STATE_INCOMPATIBILITY, "invalidObjectState"},
                {CstaError.SYSTEM_RESOURCE, "serviceBusy"},
                {CstaError.SUBSCRIBED_RESOURCE, "objectMonitorLimitExceeded"},
                {CstaError.PERFORMANCE_MANAGEMENT, "performanceLimitExceeded"},
                {CstaError.PRIVATE_DATA, "privateDataInformationError"},
                {CstaError.PRIVATE, "x-17"},
                {CstaError.UNSPECIFIED, "odd"}
            }) {
                rig.acd.script = request -> request instanceof AgentMessage.Set ? new CstaError(one[0], one[1]) : null;
                var asked = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.READY, null));
                assertThatThrownBy(() -> asked.toCompletableFuture().get(5, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOfSatisfying(CommandException.class, e -> {
                            assertThat(e.code()).isEqualTo(one[1]);
                            assertThat(e.getMessage()).contains(one[0]);
                            assertThat(e.retryable())
                                    .isEqualTo(one[0].equals(CstaError.SYSTEM_RESOURCE)
                                            || one[0].equals(CstaError.PERFORMANCE_MANAGEMENT));
                        });
            }
        }
    }

    @Test
    void observingLinkSendsNothingAndSaysSo() throws Exception {
        try (var rig = new LinkRig("mode", "observe").start()) {
            var answer = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.NOT_READY, "X"))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            assertThat(answer.outcome()).isEqualTo("observed");
            assertThat(rig.acd.asked(AgentMessage.Set.class)).isEmpty();
            assertThat(rig.bus.data(AgentEvents.StateResult.class))
                    .extracting(AgentEvents.StateResult::outcome)
                    .containsExactly("observed");
        }
    }

    @Test
    void orderWithoutAConnectionFailsAtOnceAndMayBeRepeated() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.close();
            rig.until(Status.State.DOWN);
            var asked = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.READY, null));
            assertThatThrownBy(() -> asked.toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(CommandException.class, e -> {
                        assertThat(e.code()).isEqualTo("linkDown");
                        assertThat(e.retryable()).isTrue();
                    });
        }
    }

    @Test
    void newAgentInTheDictionaryIsMonitoredAndAskedFor() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.agent("4713", "carla", in("601", org.jackfield.protocol.csta.AgentState.READY));
            rig.directory.set(
                    TestDirectory.agent("ben", "4712", "600", "601"), TestDirectory.agent("carla", "4713", "601"));
            var carla = rig.event(AgentEvents.StateChanged.class, c -> c.agent().equals("carla"));
            assertThat(carla.state()).isEqualTo(AgentState.READY);
            await().until(() -> rig.acd.crossRefs.containsKey("4713"));
            await().until(() -> !rig.acd.asked(MonitorMessage.Stop.class).isEmpty());
        }
    }

    @Test
    @Conformance("ACD-22")
    void afterALostLinkOnlyDifferencesArePublishedAndTheGapHasItsLength() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.agent("4712", "ben", in("600", org.jackfield.protocol.csta.AgentState.READY));
            rig.acd.session().close();
            rig.event(LinkEvents.Changed.class, c -> c.state().equals("down"));
            await().until(() -> rig.bus.data(LinkEvents.Resync.class).size() >= 2);
            assertThat(rig.of("anna")).hasSize(1);
            assertThat(rig.of("ben")).hasSize(2);
            assertThat(rig.of("ben").get(1))
                    .returns(AgentState.READY, AgentEvents.StateChanged::state)
                    .returns(AgentState.NOT_READY, AgentEvents.StateChanged::previous)
                    .returns(true, AgentEvents.StateChanged::resync);
            assertThat(rig.bus.data(LinkEvents.Resync.class).get(1))
                    .isEqualTo(new LinkEvents.Resync("csta:main", 2, 1));
            assertThat(rig.bus.data(LinkEvents.Gap.class))
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.lengthMs())
                            .isEqualTo(java.time.Duration.between(gap.from(), gap.to())
                                    .toMillis()));
        }
    }

    @Test
    @Conformance("ACD-22")
    void hostThatWasKilledPublishesTheGapAndOnlyWhatChanged() throws Exception {
        try (var rig = new LinkRig().start()) {
            var killed = rig.link;
            rig.acd.agent("4711", "anna", in("600", org.jackfield.protocol.csta.AgentState.NOT_READY));
            rig.start();
            assertThat(rig.of("anna"))
                    .extracting(AgentEvents.StateChanged::state)
                    .containsExactly(AgentState.READY, AgentState.NOT_READY);
            assertThat(rig.of("ben")).hasSize(1);
            assertThat(rig.bus.data(LinkEvents.Gap.class)).hasSize(1);
            killed.close();
        }
    }

    @Test
    void eventsWaitInOrderWhileTheSpoolIsFull() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.bus.full(true);
            rig.acd.tell("4711", Kind.BUSY, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.WORKING_AFTER_CALL, "4711", "anna", "600");
            rig.acd.tell("4711", Kind.READY, "4711", "anna", "600");
            rig.acd
                    .session()
                    .request(new MonitorMessage.Stop("none"), java.time.Duration.ofSeconds(5))
                    .get();
            assertThat(rig.of("anna")).hasSize(1);
            rig.bus.full(false);
            await().until(() -> rig.of("anna").size() == 4);
            assertThat(rig.of("anna"))
                    .extracting(AgentEvents.StateChanged::state)
                    .containsExactly(
                            AgentState.READY, AgentState.BUSY, AgentState.WORKING_AFTER_CALL, AgentState.READY);
        }
    }

    @Test
    void orderOnAStoppedLinkFailsInsteadOfWaiting() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.link.close();
            rig.until(Status.State.STOPPED);
            var asked = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.READY, null));
            assertThatThrownBy(() -> asked.toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            CommandException.class, e -> assertThat(e.code()).isEqualTo("linkDown"));
        }
    }

    @Test
    void orderThatTheBudgetCannotCarryFailsWithinItsTimeout() throws Exception {
        try (var rig = new LinkRig("requestsPerSecond", "20").start()) {
            List<CompletionStage<Acd.SetAgentStateAnswer>> asked = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                asked.add(rig.link.execute(new Command<>(
                        Acd.SET_AGENT_STATE,
                        new Acd.SetAgentState("anna", AgentState.READY, null),
                        null,
                        Duration.ofMillis(500))));
            }
            assertThatThrownBy(() -> asked.get(59).toCompletableFuture().get(2, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(CommandException.class, e -> {
                        assertThat(e.code()).isEqualTo("overload");
                        assertThat(e.retryable()).isTrue();
                    });
            assertThat(rig.acd.asked(AgentMessage.Set.class)).hasSizeLessThan(40);
        }
    }
}
