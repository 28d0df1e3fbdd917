package org.jackfield.plugin;

import java.util.List;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/** What any ACD link can be asked and asks: the operations and the offer that all ACD adapters share. */
public final class Acd {
    private Acd() {}

    /** ECMA-269 SetAgentState. {@code reason} travels only where the dialect has a field for it. */
    public record SetAgentState(
            String agent, AgentState state, @Nullable String reason) {}

    /** What SetAgentState answered; {@code pending} is a state that comes later, never the current one. */
    public record SetAgentStateAnswer(
            String outcome, @Nullable AgentState pending) {}

    /** ECMA-269 SingleStepTransferCall: moves the agent's connection of a call to another number. */
    public record SingleStepTransfer(String call, String acdCall, String device, String to) {}

    /** The transferred call's new callID at the ACD. */
    public record SingleStepTransferAnswer(String acdCall) {}

    public static final Operation<SetAgentState, SetAgentStateAnswer> SET_AGENT_STATE = new Operation<>(
            "setAgentState",
            SetAgentState.class,
            SetAgentStateAnswer.class,
            "Asks the ACD to put an agent into a state (ECMA-269 SetAgentState).");

    public static final Operation<SingleStepTransfer, SingleStepTransferAnswer> SINGLE_STEP_TRANSFER = new Operation<>(
            "singleStepTransfer",
            SingleStepTransfer.class,
            SingleStepTransferAnswer.class,
            "Moves an agent's call to another number without consultation (ECMA-269 SingleStepTransferCall).");

    /**
     * The ACD asks where a call shall go (ECMA-269 RouteRequest), the offer {@code route}.
     *
     * @param call the host's call id if the UUI token was found, otherwise the CSTA callID
     * @param called the routeing device or current route, usually the queue's pilot number
     * @param queue the ACD group that the call waits for, when the ACD says
     */
    public record RouteQuestion(
            LinkId link,
            String crossRef,
            String call,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String queue,
            @Nullable String uui) {}

    /** The answer to a route question. */
    public sealed interface RouteAnswer {
        /** RouteSelect to {@code destination}; {@code agent} when it belongs to one. */
        record Select(
                String destination,
                List<String> alternates,
                @Nullable String agent,
                String reason) implements RouteAnswer {}

        /** RouteReject with an ECMA-323 rejectCause. */
        record Reject(String cause, String reason) implements RouteAnswer {}

        /** RouteEnd: the ACD goes by its own algorithm. */
        record End(String reason) implements RouteAnswer {}
    }
}
