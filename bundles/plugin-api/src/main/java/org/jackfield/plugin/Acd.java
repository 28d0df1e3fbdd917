package org.jackfield.plugin;

import java.util.List;
import org.jackfield.event.AgentEvents.GroupState;
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

    /**
     * One device's part in a call of the ACD: a CSTA connection, an Asterisk channel.
     *
     * @param acdCall the ACD's own id of the call
     */
    public record Leg(String acdCall, String device) {}

    /** The ACD has done it. */
    public record Done() {}

    /** The ACD's own id of the call that came of it. */
    public record MovedCall(String acdCall) {}

    /**
     * ECMA-269 MakeCall.
     *
     * @param call the host's id of the call, which the ACD carries along; null for a call of its own
     */
    public record MakeCall(
            String device, String to, @Nullable String call) {}

    /** ECMA-269 AnswerCall. */
    public record AnswerCall(Leg leg) {}

    /** ECMA-269 HoldCall. */
    public record HoldCall(Leg leg) {}

    /** ECMA-269 RetrieveCall. */
    public record RetrieveCall(Leg leg) {}

    /** ECMA-269 ClearConnection: the device leaves the call. */
    public record ClearConnection(Leg leg) {}

    /** ECMA-269 ConsultationCall: holds the call and calls {@code to}; the answer is the device's leg of the new call. */
    public record ConsultationCall(@Nullable String call, Leg leg, String to) {}

    /** ECMA-269 ReconnectCall: ends the consultation and goes back to the held call. */
    public record ReconnectCall(Leg active, Leg held) {}

    /** ECMA-269 TransferCall: joins the two calls without the device. */
    public record TransferCall(Leg held, Leg active) {}

    /** ECMA-269 ConferenceCall: joins the two calls with the device. */
    public record ConferenceCall(Leg held, Leg active) {}

    /**
     * ECMA-269 SingleStepConferenceCall.
     *
     * @param participation {@code active} (the default), {@code silent} or {@code none}
     */
    public record SingleStepConference(
            Leg leg, String to, @Nullable String participation) {}

    /** ECMA-269 DeflectCall: sends a call that rings at the device elsewhere. */
    public record DeflectCall(@Nullable String call, Leg leg, String to) {}

    /** ECMA-269 SnapshotDevice: which calls a device has. */
    public record Snapshot(String device) {}

    /** The device's calls; {@code state} is {@code alerting}, {@code connected}, {@code hold}, ... */
    public record SnapshotAnswer(List<LegState> legs) {}

    /**
     * One leg of a snapshot.
     *
     * @param call the host's id of the call
     */
    public record LegState(String call, Leg leg, @Nullable String state) {}

    /** ECMA-269 GetAgentState: what the ACD says now. */
    public record GetAgentState(String agent) {}

    /** The folded state with the states by group; {@code pending} comes later and is not the state. */
    public record GetAgentStateAnswer(
            AgentState state, @Nullable AgentState pending, List<GroupState> groups) {}

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

    public static final Operation<MakeCall, Leg> MAKE_CALL = new Operation<>(
            "makeCall", MakeCall.class, Leg.class, "Makes a call from a device of the ACD (ECMA-269 MakeCall).");

    public static final Operation<AnswerCall, Done> ANSWER_CALL = new Operation<>(
            "answerCall", AnswerCall.class, Done.class, "Answers a ringing call at a device (ECMA-269 AnswerCall).");

    public static final Operation<HoldCall, Done> HOLD_CALL =
            new Operation<>("holdCall", HoldCall.class, Done.class, "Holds a device's call (ECMA-269 HoldCall).");

    public static final Operation<RetrieveCall, Done> RETRIEVE_CALL = new Operation<>(
            "retrieveCall", RetrieveCall.class, Done.class, "Goes back to a held call (ECMA-269 RetrieveCall).");

    public static final Operation<ClearConnection, Done> CLEAR_CONNECTION = new Operation<>(
            "clearConnection",
            ClearConnection.class,
            Done.class,
            "Takes a device out of its call (ECMA-269 ClearConnection).");

    public static final Operation<ConsultationCall, Leg> CONSULTATION_CALL = new Operation<>(
            "consultationCall",
            ConsultationCall.class,
            Leg.class,
            "Holds a call and calls somebody else meanwhile (ECMA-269 ConsultationCall).");

    public static final Operation<ReconnectCall, Done> RECONNECT_CALL = new Operation<>(
            "reconnectCall",
            ReconnectCall.class,
            Done.class,
            "Ends a consultation and goes back to the held call (ECMA-269 ReconnectCall).");

    public static final Operation<TransferCall, MovedCall> TRANSFER_CALL = new Operation<>(
            "transferCall",
            TransferCall.class,
            MovedCall.class,
            "Joins the held and the active call without the device (ECMA-269 TransferCall).");

    public static final Operation<ConferenceCall, MovedCall> CONFERENCE_CALL = new Operation<>(
            "conferenceCall",
            ConferenceCall.class,
            MovedCall.class,
            "Joins the held and the active call with the device (ECMA-269 ConferenceCall).");

    public static final Operation<SingleStepConference, MovedCall> SINGLE_STEP_CONFERENCE = new Operation<>(
            "singleStepConference",
            SingleStepConference.class,
            MovedCall.class,
            "Adds a device to a call without consultation (ECMA-269 SingleStepConferenceCall).");

    public static final Operation<DeflectCall, Done> DEFLECT_CALL = new Operation<>(
            "deflectCall", DeflectCall.class, Done.class, "Sends a ringing call elsewhere (ECMA-269 DeflectCall).");

    public static final Operation<Snapshot, SnapshotAnswer> SNAPSHOT = new Operation<>(
            "snapshot",
            Snapshot.class,
            SnapshotAnswer.class,
            "Asks which calls a device has (ECMA-269 SnapshotDevice).");

    public static final Operation<GetAgentState, GetAgentStateAnswer> GET_AGENT_STATE = new Operation<>(
            "getAgentState",
            GetAgentState.class,
            GetAgentStateAnswer.class,
            "Asks the ACD for an agent's state (ECMA-269 GetAgentState).");

    /** All operations of this page; what an ACD has no means for is refused with {@code unsupported}. */
    public static final List<Operation<?, ?>> OPERATIONS = List.of(
            SET_AGENT_STATE,
            GET_AGENT_STATE,
            MAKE_CALL,
            ANSWER_CALL,
            HOLD_CALL,
            RETRIEVE_CALL,
            CONSULTATION_CALL,
            RECONNECT_CALL,
            TRANSFER_CALL,
            SINGLE_STEP_TRANSFER,
            DEFLECT_CALL,
            CONFERENCE_CALL,
            SINGLE_STEP_CONFERENCE,
            CLEAR_CONNECTION,
            SNAPSHOT);

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
