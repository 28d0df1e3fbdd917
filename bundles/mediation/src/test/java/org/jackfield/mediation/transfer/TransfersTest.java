package org.jackfield.mediation.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.Transfer;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.transfer.Transfers.Move;
import org.jackfield.plugin.Acd;
import org.junit.jupiter.api.Test;

class TransfersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");
    private static final String EXPERT = "sip:+4930555900@sip.pstnhub.microsoft.com";

    private final CallMemory call = CallMemory.begin("c1", NOW)
            .with(atAcd(Kind.QUEUED, null, null, null), null, NOW)
            .with(atAcd(Kind.ESTABLISHED, "4711", "anna", null), null, NOW);

    private static CallEvents.Call atAcd(Kind kind, String device, String agent, String transferredTo) {
        return new CallEvents.Call(
                kind, "c1", null, "77", "acd", "+4930123", "600", "600", agent, device, transferredTo, null, null);
    }

    private static Transfer asked(String id, String agent, String target, String alias) {
        return new Transfer(TransferStep.REQUESTED, "c1", id, "blind", "leg@x", agent, target, alias, null, 0, null);
    }

    @Test
    void aTransferFromTeamsIsMovedToTheAliasByTheAcd() {
        assertThat(Transfers.move(asked("t1", "anna", EXPERT, "+4930555990"), Origin.TEAMS, call, null))
                .isEqualTo(new Move.ByAcd(new Acd.SingleStepTransfer("c1", "77", "4711", "+4930555990")));
    }

    @Test
    void withoutANamedAgentTheOnlyOneIsMeant() {
        assertThat(Transfers.move(asked("t1", null, EXPERT, "+4930555990"), Origin.TEAMS, call, null))
                .isInstanceOf(Move.ByAcd.class);
    }

    @Test
    void whatTheAcdCannotDoSaysWhy() {
        assertThat(Transfers.move(asked("t1", "anna", EXPERT, null), Origin.TEAMS, call, null))
                .isEqualTo(new Move.Impossible("the trunk gave no alias number"));
        assertThat(Transfers.move(asked("t1", "anna", EXPERT, "+4930555990"), Origin.TEAMS, null, null))
                .isEqualTo(new Move.Impossible("the ACD has not reported call c1"));
        assertThat(Transfers.move(asked("t1", "ben", EXPERT, "+4930555990"), Origin.TEAMS, call, null))
                .isEqualTo(new Move.Impossible("the ACD has no connection of agent ben in call c1"));
    }

    @Test
    void aTransferFromTheAcdGoesToItsTarget() {
        assertThat(Transfers.move(asked("t1", "anna", "4712", null), Origin.OPERATOR, call, null))
                .isEqualTo(new Move.ByAcd(new Acd.SingleStepTransfer("c1", "77", "4711", "4712")));
    }

    @Test
    void theSameRequestAgainChangesNothing() {
        Transfer asked = asked("t1", "anna", "4712", null);
        CallMemory moving = call.with(asked, Origin.OPERATOR, NOW)
                .with(Transfers.outcome(asked, TransferStep.ACCEPTED, "acd", 0, null), Origin.OPERATOR, NOW);
        assertThat(Transfers.move(asked, Origin.OPERATOR, moving, null)).isInstanceOf(Move.Settled.class);
        CallMemory done =
                moving.with(Transfers.outcome(asked, TransferStep.FAILED, "acd", 0, "x"), Origin.OPERATOR, NOW);
        assertThat(Transfers.move(asked, Origin.OPERATOR, done, null)).isInstanceOf(Move.Settled.class);
    }

    @Test
    void theAcdsReportCompletesWhatWasAskedForOnce() {
        CallMemory open = call.with(asked("t1", "anna", "4712", null), Origin.OPERATOR, NOW);
        CallEvents.Call seen = atAcd(Kind.TRANSFERRED, "4711", "anna", "4712");
        List<Transfer> told = Transfers.seen("n/1", seen, open);
        assertThat(told)
                .singleElement()
                .returns(TransferStep.COMPLETED, Transfer::step)
                .returns("t1", Transfer::transfer);
        assertThat(Transfers.seen("n/1", seen, open.with(told.get(0), Origin.HOST, NOW)))
                .isEmpty();
    }

    @Test
    void aTransferMadeAtTheAcdIsToldOnceWithItsRequestWhichIsNobodysOrder() {
        CallEvents.Call seen = atAcd(Kind.TRANSFERRED, "4711", "anna", "4712");
        List<Transfer> told = Transfers.seen("n/1", seen, call);
        assertThat(told).extracting(Transfer::step).containsExactly(TransferStep.REQUESTED, TransferStep.COMPLETED);
        assertThat(told).allMatch(step -> step.transfer().equals("acd-77-4712") && "acd".equals(step.path()));
        CallMemory half = call.with(told.get(0), Origin.ACD, NOW);
        assertThat(Transfers.seen("n/1", seen, half)).containsExactly(told.get(1));
        assertThat(Transfers.seen("n/1", seen, half.with(told.get(1), Origin.ACD, NOW)))
                .isEmpty();
    }

    @Test
    void aTransferFromTeamsHasItsOutcomeFromTheTrunkOnly() {
        Transfer asked = asked("t1", "anna", EXPERT, "+4930555990");
        CallEvents.Call seen = atAcd(Kind.TRANSFERRED, "4711", "anna", "+4930555990");
        CallMemory open = call.with(asked, Origin.TEAMS, NOW);
        assertThat(Transfers.seen("n/1", seen, open)).isEmpty();
        CallMemory done =
                open.with(Transfers.outcome(asked, TransferStep.COMPLETED, "acd", 200, null), Origin.TEAMS, NOW);
        assertThat(Transfers.seen("n/1", seen, done)).isEmpty();
    }

    @Test
    void aCallHeldForAnotherReasonOrInTurnIsNoTransfer() {
        assertThat(Transfers.seen("n/1", caused(Kind.HELD, "normal"), call)).isEmpty();
        assertThat(Transfers.seen("n/1", caused(Kind.RETRIEVED, "normal"), call))
                .isEmpty();
        Transfer begun =
                Transfers.seen("n/1", caused(Kind.HELD, "consultation"), call).get(0);
        CallMemory consulting = call.with(begun, Origin.ACD, NOW);
        assertThat(Transfers.seen("n/2", caused(Kind.RETRIEVED, "alternate"), consulting))
                .isEmpty();
        assertThat(Transfers.seen("n/2", caused(Kind.RETRIEVED, "normal"), consulting))
                .singleElement()
                .returns(TransferStep.FAILED, Transfer::step)
                .returns(begun.transfer(), Transfer::transfer);
    }

    private static CallEvents.Call caused(Kind kind, String cause) {
        return new CallEvents.Call(
                kind, "c1", null, "77", "acd", "+4930123", "600", "600", "anna", "4711", null, cause, null);
    }

    @Test
    void whatTheTrunkBridgesUnaskedIsItsOwn() {
        Transfer bridged =
                Transfers.outcome(asked("t9", null, EXPERT, null), TransferStep.ACCEPTED, "bridge", 202, null);
        CallMemory bridging = call.with(bridged, Origin.SBC, NOW);
        assertThat(bridging.transfers()).isEmpty();
    }
}
