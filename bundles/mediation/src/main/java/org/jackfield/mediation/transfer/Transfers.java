package org.jackfield.mediation.transfer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Transfer;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.correlation.CallMemory.Leg;
import org.jackfield.mediation.correlation.CallMemory.Open;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/** The transfer rules. Pure and stateless, safe for any thread; every transfer gets one outcome. */
public final class Transfers {
    /** The step that the ACD takes, or why it cannot. */
    public sealed interface Move {
        /** The ACD moves the agent's connection. */
        record ByAcd(Acd.SingleStepTransfer order) implements Move {}

        /** The ACD cannot; a transfer from Teams is then bridged by the trunk, any other has failed. */
        record Impossible(String reason) implements Move {}

        /** It has its outcome already, or is under way. */
        record Settled(String reason) implements Move {}
    }

    private Transfers() {}

    /**
     * How a transfer asked for is carried out: the ACD moves the agent's connection to the alias that the trunk bound to
     * the Refer-To (transfers from Teams), or to the target itself.
     */
    public static Move move(Transfer asked, Origin origin, @Nullable CallMemory call, @Nullable Agent agent) {
        if (call != null && call.finished().contains(asked.transfer())) {
            return new Move.Settled("it has its outcome already");
        }
        Open open = call == null ? null : call.transfers().get(asked.transfer());
        if (open != null && open.moving()) {
            return new Move.Settled("the ACD moves it already");
        }
        String to = origin == Origin.TEAMS ? asked.alias() : asked.target();
        if (to == null) {
            return new Move.Impossible(
                    origin == Origin.TEAMS ? "the trunk gave no alias number" : "no target was given");
        }
        if (call == null) {
            return new Move.Impossible("the ACD has not reported call " + asked.call());
        }
        Leg leg = call.agentLeg(asked.agent(), agent == null ? null : agent.device());
        if (leg == null || leg.acdCall() == null || leg.device() == null) {
            return new Move.Impossible("the ACD has no connection of "
                    + (asked.agent() == null ? "one agent" : "agent " + asked.agent()) + " in call " + asked.call());
        }
        return new Move.ByAcd(new Acd.SingleStepTransfer(asked.call(), leg.acdCall(), leg.device(), to));
    }

    /**
     * What an event of the ACD means for transfers; in order, nothing for one that was told already.
     *
     * <p>A TransferedEvent or ConferencedEvent (ECMA-269 17.1) completes what is open, or tells both the request and the
     * completion of what the ACD made by itself. A call held for a consultation requests one, and retrieved it has
     * failed, unless somebody on the bus has asked for that and hears of it from whoever carries it out. Requests that
     * the ACD makes by itself have the path {@code acd} and are nobody's order. A transfer from Teams gets its outcome
     * from the trunk, which knows whether the new leg was answered.
     *
     * @param event the id of the event of the bus, so that the same one again gives the same
     */
    public static List<Transfer> seen(String event, CallEvents.Call seen, @Nullable CallMemory call) {
        return switch (seen.kind()) {
            case TRANSFERRED, CONFERENCED -> moved(seen, call);
            case HELD -> "consultation".equals(seen.cause()) ? consulted("acd-" + event, seen, call) : List.of();
            case RETRIEVED -> "alternate".equals(seen.cause()) ? List.of() : takenBack(seen, call);
            case OFFERED, QUEUED, DELIVERED, ESTABLISHED, DIVERTED, FAILED, CLEARED -> List.of();
        };
    }

    private static List<Transfer> moved(CallEvents.Call seen, @Nullable CallMemory call) {
        String kind = kind(seen);
        Map.Entry<String, Open> open = call == null ? null : waiting(call, seen.transferredTo());
        if (open != null) {
            Open asked = open.getValue();
            return asked.origin() == Origin.TEAMS
                    ? List.of()
                    : List.of(step(
                            TransferStep.COMPLETED,
                            seen,
                            open.getKey(),
                            asked.kind() == null || kind.equals("conference") ? kind : asked.kind(),
                            asked.agent(),
                            null));
        }
        if (call != null && call.told(seen.acdCall(), seen.transferredTo())) {
            return List.of();
        }
        String id = CallMemory.moveId(seen.acdCall(), seen.transferredTo());
        return List.of(
                step(TransferStep.REQUESTED, seen, id, kind, null, null),
                step(TransferStep.COMPLETED, seen, id, kind, null, null));
    }

    private static List<Transfer> consulted(String id, CallEvents.Call seen, @Nullable CallMemory call) {
        boolean known = call != null
                && (call.finished().contains(id)
                        || call.transfers().values().stream().anyMatch(open -> concerns(open, seen)));
        return known ? List.of() : List.of(step(TransferStep.REQUESTED, seen, id, "consult", null, null));
    }

    private static List<Transfer> takenBack(CallEvents.Call seen, @Nullable CallMemory call) {
        if (call == null) {
            return List.of();
        }
        return call.transfers().entrySet().stream()
                .filter(entry -> "acd".equals(entry.getValue().path()) && concerns(entry.getValue(), seen))
                .map(entry -> step(
                        TransferStep.FAILED,
                        seen,
                        entry.getKey(),
                        "consult",
                        entry.getValue().agent(),
                        "cancelled"))
                .toList();
    }

    private static boolean concerns(Open open, CallEvents.Call seen) {
        return open.agent() == null || seen.agent() == null || open.agent().equals(seen.agent());
    }

    private static Map.@Nullable Entry<String, Open> waiting(CallMemory call, @Nullable String to) {
        Map.Entry<String, Open> only = null;
        for (Map.Entry<String, Open> entry : call.transfers().entrySet()) {
            Open open = entry.getValue();
            if (to != null && (to.equals(open.alias()) || to.equals(open.target()))) {
                return entry;
            }
            only = entry;
        }
        return call.transfers().size() == 1 ? only : null;
    }

    /** The end of a transfer that was asked for. */
    public static Transfer outcome(
            Transfer asked, TransferStep step, @Nullable String path, int status, @Nullable String why) {
        return new Transfer(
                step,
                asked.call(),
                asked.transfer(),
                asked.kind(),
                asked.leg(),
                asked.agent(),
                asked.target(),
                asked.alias(),
                path,
                status,
                why);
    }

    /** The end of a transfer that the ACD accepted and never reported as done, or whose call is over. */
    public static Transfer overdue(String call, String id, Open open, Duration waited) {
        return new Transfer(
                TransferStep.FAILED,
                call,
                id,
                open.kind() == null ? "blind" : open.kind(),
                null,
                open.agent(),
                open.target(),
                open.alias(),
                open.moving() ? "acd" : open.path(),
                0,
                "the ACD reported no transfer within " + waited.toSeconds() + " s");
    }

    private static String kind(CallEvents.Call seen) {
        if (seen.kind() == CallEvents.Kind.CONFERENCED) {
            return "conference";
        }
        return "singleStepTransfer".equals(seen.cause()) || seen.cause() == null ? "blind" : "consult";
    }

    private static Transfer step(
            TransferStep step,
            CallEvents.Call seen,
            String id,
            String kind,
            @Nullable String agent,
            @Nullable String why) {
        return new Transfer(
                step,
                seen.call(),
                id,
                kind,
                seen.acdCall(),
                agent != null ? agent : seen.agent(),
                seen.transferredTo(),
                null,
                "acd",
                0,
                why);
    }
}
