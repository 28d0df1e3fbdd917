package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.Transfer;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Event;
import org.jackfield.event.Origin;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.transfer.Transfers;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.Leg;
import org.jackfield.plugin.Operation;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The host's link asks the twin's ACD for all that a call can do; two codecs that share nothing. */
class HostCommandsTest {
    private HostRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new HostRig(4, null, 30);
        rig.start(rig.acd.cstaPort());
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private <Q, A> A done(Operation<Q, A> operation, Q argument) throws Exception {
        return rig.ask(operation, argument).get(20, TimeUnit.SECONDS);
    }

    /** A call from outside that an agent has answered. */
    private Leg answered() {
        rig.acd.ownCall("600", "+4917012345", 60_000);
        Call call = rig.call(one -> one.kind() == Kind.ESTABLISHED);
        return new Leg(String.valueOf(call.acdCall()), String.valueOf(call.device()));
    }

    private String other(Leg leg, int which) {
        return rig.agents.stream()
                .map(line -> line.device())
                .filter(device -> !device.equals(leg.device()))
                .toList()
                .get(which);
    }

    private Call seen(Kind kind, String acdCall) {
        return rig.call(one -> one.kind() == kind && acdCall.equals(one.leg()));
    }

    /** The steps that the transfer rules make of the link's events of one call, as the flow publishes them. */
    private List<Transfer> steps(String id) {
        List<Transfer> told = new ArrayList<>();
        CallMemory memory = CallMemory.begin(id, Instant.EPOCH);
        for (Event event : rig.bus.events()) {
            Call call = event.as(Call.class);
            if (call == null || !call.call().equals(id)) {
                continue;
            }
            memory = memory.with(call, null, event.recorded());
            for (Transfer step : Transfers.seen(event.id(), call, memory)) {
                memory = memory.with(step, Origin.ACD, event.recorded());
                told.add(step);
            }
        }
        return told;
    }

    private void eachOnce(String id, String kind, TransferStep end) {
        List<Transfer> told = steps(id);
        assertThat(told).extracting(Transfer::step).containsExactly(TransferStep.REQUESTED, end);
        assertThat(told).extracting(Transfer::transfer).containsOnly(told.get(0).transfer());
        assertThat(told.get(1).kind()).isEqualTo(kind);
    }

    private AgentState state(String device) {
        List<StateChanged> told = rig.bus.data(StateChanged.class).stream()
                .filter(change -> device.equals(change.device()))
                .toList();
        return told.get(told.size() - 1).state();
    }

    @Test
    void callIsHeldRetrievedAndCleared() throws Exception {
        Leg leg = answered();
        done(Acd.HOLD_CALL, new Acd.HoldCall(leg));
        seen(Kind.HELD, leg.acdCall());
        assertThat(done(Acd.SNAPSHOT, new Acd.Snapshot(leg.device())).legs())
                .singleElement()
                .returns("hold", Acd.LegState::state);
        done(Acd.RETRIEVE_CALL, new Acd.RetrieveCall(leg));
        seen(Kind.RETRIEVED, leg.acdCall());
        done(Acd.CLEAR_CONNECTION, new Acd.ClearConnection(leg));
        rig.call(one -> one.kind() == Kind.CLEARED && one.device() == null);
        await().until(() -> state(leg.device()) == AgentState.READY);
    }

    @Test
    @Conformance("ACD-29")
    void blindTransferHasItsStepsOnce() throws Exception {
        Leg leg = answered();
        String id = seen(Kind.ESTABLISHED, leg.acdCall()).call();
        done(
                Acd.SINGLE_STEP_TRANSFER,
                new Acd.SingleStepTransfer(
                        id,
                        leg.acdCall(),
                        leg.device(),
                        rig.agents.get(0).device().equals(leg.device())
                                ? rig.agents.get(1).device()
                                : rig.agents.get(0).device()));
        seen(Kind.TRANSFERRED, leg.acdCall());
        eachOnce(id, "blind", TransferStep.COMPLETED);
    }

    @Test
    @Conformance({"ACD-29", "ACD-32"})
    void consultedCallIsTransferredUnderOneId() throws Exception {
        Leg leg = answered();
        String to = other(leg, 0);
        String id = seen(Kind.ESTABLISHED, leg.acdCall()).call();
        Leg second = done(Acd.CONSULTATION_CALL, new Acd.ConsultationCall(id, leg, to));
        assertThat(second.device()).isEqualTo(leg.device());
        seen(Kind.HELD, leg.acdCall());
        seen(Kind.ESTABLISHED, second.acdCall());
        Acd.MovedCall moved = done(Acd.TRANSFER_CALL, new Acd.TransferCall(leg, second));
        Call transferred = seen(Kind.TRANSFERRED, leg.acdCall());
        assertThat(transferred.call()).isEqualTo(id);
        assertThat(transferred.transferredTo()).isEqualTo(to);
        assertThat(transferred.acdCall()).isEqualTo(moved.acdCall());
        await().until(() -> state(leg.device()) == AgentState.READY && state(to) == AgentState.BUSY);
        done(Acd.CLEAR_CONNECTION, new Acd.ClearConnection(new Leg(moved.acdCall(), to)));
        Call over = rig.call(one -> one.kind() == Kind.CLEARED && one.device() == null && one.leg() != null);
        assertThat(over.call()).isEqualTo(id);
        assertThat(rig.bus.data(Call.class).stream().filter(one -> one.kind() == Kind.TRANSFERRED))
                .hasSize(1);
        eachOnce(id, "consult", TransferStep.COMPLETED);
    }

    @Test
    @Conformance("ACD-29")
    void consultationIsCancelled() throws Exception {
        Leg leg = answered();
        Leg second = done(Acd.CONSULTATION_CALL, new Acd.ConsultationCall(null, leg, other(leg, 0)));
        seen(Kind.ESTABLISHED, second.acdCall());
        done(Acd.RECONNECT_CALL, new Acd.ReconnectCall(second, leg));
        seen(Kind.RETRIEVED, leg.acdCall());
        rig.call(one -> one.kind() == Kind.CLEARED && second.acdCall().equals(one.leg()) && one.device() == null);
        assertThat(state(leg.device())).isEqualTo(AgentState.BUSY);
        eachOnce(seen(Kind.RETRIEVED, leg.acdCall()).call(), "consult", TransferStep.FAILED);
    }

    @Test
    @Conformance("ACD-29")
    void conferenceGoesOnWithoutTheAgentWhoMadeIt() throws Exception {
        Leg leg = answered();
        String to = other(leg, 0);
        Leg second = done(Acd.CONSULTATION_CALL, new Acd.ConsultationCall(null, leg, to));
        seen(Kind.ESTABLISHED, second.acdCall());
        Acd.MovedCall moved = done(Acd.CONFERENCE_CALL, new Acd.ConferenceCall(leg, second));
        eachOnce(seen(Kind.CONFERENCED, leg.acdCall()).call(), "conference", TransferStep.COMPLETED);
        done(
                Acd.SINGLE_STEP_CONFERENCE,
                new Acd.SingleStepConference(new Leg(moved.acdCall(), leg.device()), other(leg, 1), null));
        rig.call(one -> one.kind() == Kind.CONFERENCED && moved.acdCall().equals(one.leg()));
        done(Acd.CLEAR_CONNECTION, new Acd.ClearConnection(new Leg(moved.acdCall(), leg.device())));
        await().until(() -> state(leg.device()) == AgentState.READY && state(to) == AgentState.BUSY);
        done(Acd.CLEAR_CONNECTION, new Acd.ClearConnection(new Leg(moved.acdCall(), to)));
        await().until(() -> state(to) == AgentState.READY);
    }

    @Test
    void deviceMakesACallThatIsAnsweredAndDeflected() throws Exception {
        String to = rig.agents.get(1).device();
        Leg made = done(Acd.MAKE_CALL, new Acd.MakeCall(rig.agents.get(0).device(), to, "0123456789abcdef"));
        Call established = seen(Kind.ESTABLISHED, made.acdCall());
        assertThat(established.call()).isEqualTo("0123456789abcdef");
        done(Acd.CLEAR_CONNECTION, new Acd.ClearConnection(made));
        rig.call(one -> one.kind() == Kind.CLEARED && one.device() == null);
    }

    @Test
    void refusalsKeepTheAcdsLiteral() throws Exception {
        Leg leg = answered();
        Leg nowhere = new Leg("nothing", leg.device());
        assertThatThrownBy(() -> done(Acd.HOLD_CALL, new Acd.HoldCall(nowhere))).hasMessageContaining("invalidCallID");
        assertThatThrownBy(() -> done(Acd.ANSWER_CALL, new Acd.AnswerCall(leg))).hasMessageContaining("noCallToAnswer");
        assertThatThrownBy(() -> done(Acd.TRANSFER_CALL, new Acd.TransferCall(leg, leg)))
                .hasMessageContaining("invalidConnectionState");
        assertThatThrownBy(() -> done(Acd.MAKE_CALL, new Acd.MakeCall("9999", "4711", null)))
                .hasMessageContaining("invalidCallingDeviceID");
    }
}
