package org.jackfield.mediation.transfer;

import java.time.Duration;
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
     * What a TransferedEvent of the ACD (ECMA-269 17.1) means.
     * A transfer from Teams gets its outcome from the trunk, which knows whether the new leg was answered: null then, as
     * for one that was told already.
     */
    public static @Nullable Transfer seen(CallEvents.Call transferred, @Nullable CallMemory call) {
        Map.Entry<String, Open> open = call == null ? null : waiting(call, transferred.transferredTo());
        if (open != null) {
            return open.getValue().origin() == Origin.TEAMS
                    ? null
                    : outcome(
                            TransferStep.COMPLETED,
                            transferred,
                            open.getKey(),
                            open.getValue().agent(),
                            "acd",
                            null);
        }
        String id = CallMemory.moveId(transferred.acdCall(), transferred.transferredTo());
        boolean told = call != null && call.told(transferred.acdCall(), transferred.transferredTo());
        return told ? null : outcome(TransferStep.COMPLETED, transferred, id, transferred.agent(), "acd", null);
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

    /** The end of a transfer that the ACD accepted and never reported as done. */
    public static Transfer overdue(String call, String id, Open open, Duration waited) {
        return new Transfer(
                TransferStep.FAILED,
                call,
                id,
                "blind",
                null,
                open.agent(),
                open.target(),
                open.alias(),
                open.moving() ? "acd" : null,
                0,
                "the ACD reported no transfer within " + waited.toSeconds() + " s");
    }

    private static Transfer outcome(
            TransferStep step,
            CallEvents.Call seen,
            String id,
            @Nullable String agent,
            @Nullable String path,
            @Nullable String why) {
        String kind = "singleStepTransfer".equals(seen.cause()) || seen.cause() == null ? "blind" : "consult";
        return new Transfer(
                step,
                seen.call(),
                id,
                kind,
                seen.acdCall(),
                agent != null ? agent : seen.agent(),
                seen.transferredTo(),
                null,
                path,
                0,
                why);
    }
}
