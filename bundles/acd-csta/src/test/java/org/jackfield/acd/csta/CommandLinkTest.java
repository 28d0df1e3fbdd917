package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.Leg;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.CallMessage.Verb;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.HexData;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLinkTest {
    private static final Leg LEG = new Leg("C1", "4711");
    private static final Leg SECOND = new Leg("C2", "4711");
    private static final ConnectionId C1 = new ConnectionId("C1", "4711");
    private static final ConnectionId C2 = new ConnectionId("C2", "4711");
    private static final HexData UUI = HexData.parse(Uui.hex("jf-0001"));
    private static final ConnectionId MADE = new ConnectionId("C9", "4711");

    private static Arguments order(
            Operation<?, ?> operation, Object argument, CstaMessage asked, CstaMessage given, Object answer) {
        return Arguments.of(operation, argument, asked, given, answer);
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                order(
                        Acd.MAKE_CALL,
                        new Acd.MakeCall("4711", "+4930999", "jf-0001"),
                        new CallMessage.Make("4711", "+4930999", "doNotPrompt", UUI, null),
                        new CallMessage.Made(MADE),
                        new Leg("C9", "4711")),
                order(
                        Acd.ANSWER_CALL,
                        new Acd.AnswerCall(LEG),
                        new CallMessage.Act(Verb.ANSWER, C1),
                        new CallMessage.Acted(Verb.ANSWER),
                        new Acd.Done()),
                order(
                        Acd.HOLD_CALL,
                        new Acd.HoldCall(LEG),
                        new CallMessage.Act(Verb.HOLD, C1),
                        new CallMessage.Acted(Verb.HOLD),
                        new Acd.Done()),
                order(
                        Acd.RETRIEVE_CALL,
                        new Acd.RetrieveCall(LEG),
                        new CallMessage.Act(Verb.RETRIEVE, C1),
                        new CallMessage.Acted(Verb.RETRIEVE),
                        new Acd.Done()),
                order(
                        Acd.CONSULTATION_CALL,
                        new Acd.ConsultationCall("jf-0001", LEG, "4712"),
                        new CallMessage.Consult(C1, "4712", UUI, null),
                        new CallMessage.Consulted(C2),
                        SECOND),
                order(
                        Acd.RECONNECT_CALL,
                        new Acd.ReconnectCall(SECOND, LEG),
                        new CallMessage.Reconnect(C2, C1),
                        new CallMessage.Reconnected(),
                        new Acd.Done()),
                order(
                        Acd.TRANSFER_CALL,
                        new Acd.TransferCall(LEG, SECOND),
                        new CallMessage.Transfer(C1, C2),
                        new CallMessage.TransferDone(MADE, List.of()),
                        new Acd.MovedCall("C9")),
                order(
                        Acd.CONFERENCE_CALL,
                        new Acd.ConferenceCall(LEG, SECOND),
                        new CallMessage.Conference(C1, C2),
                        new CallMessage.ConferenceDone(MADE, List.of()),
                        new Acd.MovedCall("C9")),
                order(
                        Acd.SINGLE_STEP_CONFERENCE,
                        new Acd.SingleStepConference(LEG, "4713", "silent"),
                        new CallMessage.SingleStepConference(C1, "4713", "silent"),
                        new CallMessage.Joined(MADE, List.of()),
                        new Acd.MovedCall("C9")),
                order(
                        Acd.SINGLE_STEP_TRANSFER,
                        new Acd.SingleStepTransfer("jf-0001", "C1", "4711", "4712"),
                        new CallMessage.SingleStepTransfer(C1, "4712", UUI, null),
                        new CallMessage.Transferred(MADE, List.of()),
                        new Acd.SingleStepTransferAnswer("C9")),
                order(
                        Acd.DEFLECT_CALL,
                        new Acd.DeflectCall("jf-0001", LEG, "4712"),
                        new CallMessage.Deflect(C1, "4712", UUI, null),
                        new CallMessage.Deflected(),
                        new Acd.Done()),
                order(
                        Acd.CLEAR_CONNECTION,
                        new Acd.ClearConnection(LEG),
                        new CallMessage.Clear(C1, null, null),
                        new CallMessage.Cleared(),
                        new Acd.Done()));
    }

    @SuppressWarnings("unchecked")
    private static Object run(LinkRig rig, Operation<?, ?> operation, Object argument) throws Exception {
        return rig.execute((Operation<Object, Object>) operation, argument)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static CommandException refusal(LinkRig rig, Operation<?, ?> operation, Object argument) throws Exception {
        try {
            run(rig, operation, argument);
            throw new AssertionError("done (expected: refused)");
        } catch (ExecutionException e) {
            return (CommandException) e.getCause();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orders")
    void orderIsOneRequestAndItsAnswer(
            Operation<?, ?> operation, Object argument, CstaMessage asked, CstaMessage given, Object answer)
            throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.script = request -> request.getClass() == asked.getClass() ? given : null;
            assertThat(run(rig, operation, argument)).isEqualTo(answer);
            assertThat(rig.acd.asked(CallMessage.class)).containsExactly((CallMessage) asked);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orders")
    void linkThatObservesSendsNoOrder(
            Operation<?, ?> operation, Object argument, CstaMessage asked, CstaMessage given, Object answer)
            throws Exception {
        try (var rig = new LinkRig("mode", "observe").start()) {
            assertThat(refusal(rig, operation, argument).code()).isEqualTo("observed");
            assertThat(rig.acd.asked(CallMessage.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operation",
                "security",
                "stateIncompatibility",
                "systemResourceAvailibility",
                "subscribedResourceAvailability",
                "performanceManagement",
                "privateData",
                "privateErrorCode",
                "unspecified"
            })
    @Conformance("ACD-16")
    void refusalOfEachCategoryKeepsTheAcdsLiteral(String category) throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.script =
                    request -> request instanceof CallMessage.Act ? new CstaError(category, "theLiteral") : null;
            CommandException refused = refusal(rig, Acd.ANSWER_CALL, new Acd.AnswerCall(LEG));
            assertThat(refused.code()).isEqualTo("theLiteral");
            assertThat(refused).hasMessageContaining(category);
            assertThat(refused.retryable())
                    .isEqualTo(category.startsWith("systemResource") || category.equals("performanceManagement"));
        }
    }

    @Test
    void snapshotTellsADevicesCallsUnderTheHostsIds() throws Exception {
        try (var rig = new LinkRig("mode", "observe").start()) {
            rig.acd.script = request -> request instanceof MonitorMessage.Snapshot
                    ? new MonitorMessage.SnapshotAnswer(List.of(new MonitorMessage.Call(C1, "hold")))
                    : null;
            var answer = (Acd.SnapshotAnswer) run(rig, Acd.SNAPSHOT, new Acd.Snapshot("4711"));
            assertThat(answer.legs()).singleElement().satisfies(leg -> {
                assertThat(leg.leg()).isEqualTo(LEG);
                assertThat(leg.state()).isEqualTo("hold");
                assertThat(leg.call()).endsWith("-C1");
            });
        }
    }

    @Test
    void agentStateIsAskedForAndADifferenceIsPublished() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.agent("4711", "anna", TestSwitch.in("600", org.jackfield.protocol.csta.AgentState.BUSY));
            var answer = (Acd.GetAgentStateAnswer) run(rig, Acd.GET_AGENT_STATE, new Acd.GetAgentState("anna"));
            assertThat(answer.state()).isEqualTo(AgentState.BUSY);
            assertThat(answer.groups()).containsExactly(new GroupState("600", AgentState.BUSY));
            await().until(() -> rig.of("anna").stream().anyMatch(told -> told.state() == AgentState.BUSY));
            assertThat(refusal(rig, Acd.GET_AGENT_STATE, new Acd.GetAgentState("nobody"))
                            .code())
                    .isEqualTo("unknownAgent");
        }
    }

    @Test
    void reasonTravelsAsPrivateDataOnlyWhereTheDialectHasIt() throws Exception {
        var order = new Acd.SetAgentState("anna", AgentState.NOT_READY, "TEAMS_CALL");
        for (boolean sends : new boolean[] {true, false}) {
            try (var rig = new LinkRig("sendReasons", String.valueOf(sends)).start()) {
                run(rig, Acd.SET_AGENT_STATE, order);
                assertThat(rig.acd.asked(AgentMessage.Set.class))
                        .singleElement()
                        .returns(sends ? "TEAMS_CALL" : null, AgentMessage.Set::reason);
            }
        }
    }
}
