package org.jackfield.mediation.service;

import java.util.ArrayList;
import java.util.Comparator;
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
 * Orders are lists of one element or none. Bears the same event twice: a transfer has one outcome.
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
        if (asked == null
                || !asked.kind().equals("blind")
                || event.origin() == Origin.TEAMS
                || move(event, asked) instanceof Move.Settled) {
            return List.of();
        }
        return List.of(move(event));
    }

    /**
     * The order that begins a transfer with consultation: kind {@code consult}.
     *
     * @throws CommandException when the ACD has no such connection
     */
    public List<Acd.ConsultationCall> consult(Event event) throws CommandException {
        Transfer asked = asked(event);
        String to = asked == null ? null : asked.target();
        if (asked == null || !asked.kind().equals("consult") || event.origin() == Origin.TEAMS || settled(event)) {
            return List.of();
        }
        if (to == null) {
            throw new CommandException("transferImpossible", "no target was given", false, null);
        }
        return List.of(new Acd.ConsultationCall(asked.call(), legs(event, asked).get(0), to));
    }

    /** The order that completes it: kind {@code complete} with the same transfer id. */
    public List<Acd.TransferCall> complete(Event event) throws CommandException {
        Transfer asked = asked(event);
        if (asked == null || !asked.kind().equals("complete") || settled(event)) {
            return List.of();
        }
        List<Acd.Leg> legs = legs(event, asked);
        return List.of(new Acd.TransferCall(legs.get(0), legs.get(legs.size() - 1)));
    }

    /** The order that takes it back: kind {@code cancel} with the same transfer id. */
    public List<Acd.ReconnectCall> cancel(Event event) throws CommandException {
        Transfer asked = asked(event);
        if (asked == null || !asked.kind().equals("cancel") || settled(event)) {
            return List.of();
        }
        List<Acd.Leg> legs = legs(event, asked);
        return List.of(new Acd.ReconnectCall(legs.get(legs.size() - 1), legs.get(0)));
    }

    private boolean settled(Event event) {
        Transfer asked = asked(event);
        CallMemory call = asked == null ? null : state.call(event.tenant(), asked.call());
        return asked != null && call != null && call.finished().contains(asked.transfer());
    }

    /** The agent's connections in the call, the first one first: one, or two where a consultation is a call of its own. */
    private List<Acd.Leg> legs(Event event, Transfer asked) throws CommandException {
        CallMemory call = state.call(event.tenant(), asked.call());
        Agent agent = asked.agent() == null ? null : state.directory().byId(event.tenant(), asked.agent());
        String device = agent == null ? null : agent.device();
        List<Acd.Leg> legs = new ArrayList<>();
        if (call != null) {
            call.legs().values().stream()
                    .filter(leg -> asked.agent() == null || asked.agent().equals(leg.agent()))
                    .filter(leg -> device == null || device.equals(leg.device()))
                    .sorted(Comparator.comparing(CallMemory.Leg::since))
                    .forEach(leg -> {
                        String acdCall = leg.acdCall();
                        String at = leg.device();
                        if (acdCall != null && at != null && leg.agent() != null) {
                            legs.add(new Acd.Leg(acdCall, at));
                        }
                    });
        }
        if (legs.isEmpty()) {
            throw new CommandException(
                    "transferImpossible",
                    "the ACD has no connection of the agent in call " + asked.call(),
                    false,
                    null);
        }
        return legs;
    }

    /** To publish when the ACD has taken the order: its TransferedEvent is still to come. */
    public List<Transfer> accepted(Event event) {
        Transfer asked = asked(event);
        // A consultation takes as long as people talk: nobody waits for its end.
        String path = asked == null || asked.kind().equals("blind") ? "acd" : null;
        return asked == null ? List.of() : List.of(Transfers.outcome(asked, TransferStep.ACCEPTED, path, 0, null));
    }

    /** To publish when it did not. */
    public List<Transfer> failed(Event event, @Nullable String reason) {
        Transfer asked = asked(event);
        return asked == null ? List.of() : List.of(Transfers.outcome(asked, TransferStep.FAILED, "acd", 0, reason));
    }

    /** To publish when the ACD reports what it did with a call: the steps of a transfer, in order. */
    public List<Transfer> seen(Event event) {
        CallEvents.Call call = event.as(CallEvents.Call.class);
        return call == null || call.acdCall() == null
                ? List.of()
                : Transfers.seen(event.id(), call, state.call(event.tenant(), call.call()));
    }

    /** A request that somebody is to carry out; with a path it tells of one that is made already. */
    private static @Nullable Transfer asked(Event event) {
        Transfer transfer = event.as(Transfer.class);
        return transfer != null && transfer.step() == TransferStep.REQUESTED && transfer.path() == null
                ? transfer
                : null;
    }

    private Move move(Event event, Transfer asked) {
        CallMemory call = state.call(event.tenant(), asked.call());
        Agent agent = asked.agent() == null ? null : state.directory().byId(event.tenant(), asked.agent());
        return Transfers.move(asked, event.origin(), call, agent);
    }
}
