package org.jackfield.mediation.service;

import java.util.List;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Transfer;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Event;
import org.jackfield.event.Origin;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.transfer.Transfers;
import org.jackfield.mediation.transfer.Transfers.Move;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.FlowBean;
import org.jackfield.plugin.Trunk;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code transfers} for flows: who moves a call, and what became of it.
 * Lists have one element or none. Bears the same event twice: a transfer has one outcome.
 */
@Component(service = TransfersBean.class, property = FlowBean.PROPERTY + "=transfers")
public final class TransfersBean {
    private final MediationState state;

    @Activate
    public TransfersBean(@Reference MediationState state) {
        this.state = state;
    }

    /** The transfer to take from the trunk, when Teams asked for it and it is not settled. */
    public List<Trunk.TakeTransfer> fromTeams(Event event) {
        Transfer asked = asked(event);
        return asked != null && event.origin() == Origin.TEAMS && !(move(event, asked) instanceof Move.Settled)
                ? List.of(new Trunk.TakeTransfer(asked.transfer()))
                : List.of();
    }

    /**
     * The order by which the ACD moves a call for a transfer from Teams.
     *
     * @throws CommandException when the ACD cannot, with the reason
     */
    public Acd.SingleStepTransfer move(Event event) throws CommandException {
        Transfer asked = asked(event);
        Move move = asked == null ? new Move.Impossible("no transfer was asked for") : move(event, asked);
        if (move instanceof Move.ByAcd byAcd) {
            return byAcd.order();
        }
        String reason =
                move instanceof Move.Impossible impossible ? impossible.reason() : ((Move.Settled) move).reason();
        throw new CommandException("transferImpossible", reason, false, null);
    }

    /** What the trunk shall do when the ACD cannot. */
    public Trunk.BridgeTransfer bridge(Event event, @Nullable String reason) {
        Transfer asked = asked(event);
        String why = reason == null || reason.isBlank() ? "the ACD could not" : reason;
        return new Trunk.BridgeTransfer(asked == null ? event.key() : asked.transfer(), why);
    }

    /** The order for a transfer that the ACD, an operator or the host asked for; nothing when it is settled. */
    public List<Acd.SingleStepTransfer> fromAcd(Event event) throws CommandException {
        Transfer asked = asked(event);
        if (asked == null || event.origin() == Origin.TEAMS || move(event, asked) instanceof Move.Settled) {
            return List.of();
        }
        return List.of(move(event));
    }

    /** To publish when the ACD has taken the order: its TransferedEvent is still to come. */
    public List<Transfer> accepted(Event event) {
        Transfer asked = asked(event);
        return asked == null ? List.of() : List.of(Transfers.outcome(asked, TransferStep.ACCEPTED, "acd", 0, null));
    }

    /** To publish when it did not. */
    public List<Transfer> failed(Event event, @Nullable String reason) {
        Transfer asked = asked(event);
        return asked == null ? List.of() : List.of(Transfers.outcome(asked, TransferStep.FAILED, "acd", 0, reason));
    }

    /** To publish when the ACD reports that a call was transferred. */
    public List<Transfer> seen(Event event) {
        CallEvents.Call call = event.as(CallEvents.Call.class);
        if (call == null || call.kind() != CallEvents.Kind.TRANSFERRED || call.acdCall() == null) {
            return List.of();
        }
        Transfer outcome = Transfers.seen(call, state.call(event.tenant(), call.call()));
        return outcome == null ? List.of() : List.of(outcome);
    }

    private static @Nullable Transfer asked(Event event) {
        Transfer transfer = event.as(Transfer.class);
        return transfer != null && transfer.step() == TransferStep.REQUESTED ? transfer : null;
    }

    private Move move(Event event, Transfer asked) {
        CallMemory call = state.call(event.tenant(), asked.call());
        Agent agent = asked.agent() == null ? null : state.directory().byId(event.tenant(), asked.agent());
        return Transfers.move(asked, event.origin(), call, agent);
    }
}
