package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Call control requests and answers (ECMA-269 clause 17.1). */
public sealed interface CallMessage extends CstaMessage {
    /**
     * MakeCall; {@code autoOriginate} is {@code prompt} or {@code doNotPrompt}.
     *
     * @param authCode the calling user's authorisation, never printed
     */
    record Make(
            String calling,
            String called,
            @Nullable String accountCode,
            @Nullable Secret authCode,
            @Nullable String autoOriginate,
            @Nullable HexData correlatorData,
            @Nullable HexData userData)
            implements CallMessage, CstaRequest<Made> {
        /** Without an account. */
        public Make(
                String calling,
                String called,
                @Nullable String autoOriginate,
                @Nullable HexData correlatorData,
                @Nullable HexData userData) {
            this(calling, called, null, null, autoOriginate, correlatorData, userData);
        }

        @Override
        public Class<Made> answer() {
            return Made.class;
        }
    }

    /** MakeCallResponse: the calling device's connection. */
    record Made(ConnectionId calling) implements CallMessage {}

    /** What is asked of one connection and answered without content. */
    enum Verb {
        ANSWER("AnswerCall", "callToBeAnswered"),
        HOLD("HoldCall", "callToBeHeld"),
        RETRIEVE("RetrieveCall", "callToBeRetrieved");

        private final String element;
        private final String child;

        Verb(String element, String child) {
            this.element = element;
            this.child = child;
        }

        /** The request's name. */
        public String element() {
            return element;
        }

        String child() {
            return child;
        }
    }

    /** AnswerCall, HoldCall or RetrieveCall; only AnswerCall has room for data. */
    record Act(
            Verb verb,
            ConnectionId connection,
            @Nullable HexData correlatorData,
            @Nullable HexData userData) implements CallMessage, CstaRequest<Acted> {
        /** Without data. */
        public Act(Verb verb, ConnectionId connection) {
            this(verb, connection, null, null);
        }

        @Override
        public Class<Acted> answer() {
            return Acted.class;
        }
    }

    /** AnswerCallResponse, HoldCallResponse or RetrieveCallResponse. */
    record Acted(Verb verb) implements CallMessage {}

    /** ClearConnection; {@code reason} is an EventCause literal. */
    record Clear(
            ConnectionId connection,
            @Nullable HexData correlatorData,
            @Nullable HexData userData,
            @Nullable String reason)
            implements CallMessage, CstaRequest<Cleared> {
        /** Without a reason. */
        public Clear(ConnectionId connection, @Nullable HexData correlatorData, @Nullable HexData userData) {
            this(connection, correlatorData, userData, null);
        }

        @Override
        public Class<Cleared> answer() {
            return Cleared.class;
        }
    }

    /** ClearConnectionResponse. */
    record Cleared() implements CallMessage {}

    /** ConsultationCall: holds the call and calls another device. */
    record Consult(
            ConnectionId existing,
            String consulted,
            @Nullable HexData correlatorData,
            @Nullable HexData userData) implements CallMessage, CstaRequest<Consulted> {
        @Override
        public Class<Consulted> answer() {
            return Consulted.class;
        }
    }

    /** ConsultationCallResponse: the consulting device's connection in the new call. */
    record Consulted(ConnectionId initiated) implements CallMessage {}

    /** ReconnectCall: clears the active call and goes back to the held one, so a consultation is cancelled. */
    record Reconnect(ConnectionId active, ConnectionId held) implements CallMessage, CstaRequest<Reconnected> {
        @Override
        public Class<Reconnected> answer() {
            return Reconnected.class;
        }
    }

    /** ReconnectCallResponse. */
    record Reconnected() implements CallMessage {}

    /** TransferCall: joins the held call's parties and the active call's, without the device itself. */
    record Transfer(ConnectionId held, ConnectionId active) implements CallMessage, CstaRequest<TransferDone> {
        @Override
        public Class<TransferDone> answer() {
            return TransferDone.class;
        }
    }

    /** TransferCallResponse; the call may have a new callID. */
    record TransferDone(ConnectionId transferredCall, List<ConnectionListItem> connections) implements CallMessage {}

    /** ConferenceCall: joins both calls and stays. */
    record Conference(ConnectionId held, ConnectionId active) implements CallMessage, CstaRequest<ConferenceDone> {
        @Override
        public Class<ConferenceDone> answer() {
            return ConferenceDone.class;
        }
    }

    /** ConferenceCallResponse. */
    record ConferenceDone(ConnectionId conferenceCall, List<ConnectionListItem> connections) implements CallMessage {}

    /** SingleStepConferenceCall; {@code participation} is {@code silent}, {@code active} or {@code none}. */
    record SingleStepConference(
            ConnectionId activeCall,
            String device,
            @Nullable String participation) implements CallMessage, CstaRequest<Joined> {
        @Override
        public Class<Joined> answer() {
            return Joined.class;
        }
    }

    /** SingleStepConferenceCallResponse. */
    record Joined(ConnectionId conferencedCall, List<ConnectionListItem> connections) implements CallMessage {}

    /** SingleStepTransferCall: moves the connection's call to another device without consultation. */
    record SingleStepTransfer(
            ConnectionId activeCall,
            String to,
            @Nullable HexData correlatorData,
            @Nullable HexData userData) implements CallMessage, CstaRequest<Transferred> {
        @Override
        public Class<Transferred> answer() {
            return Transferred.class;
        }
    }

    /** SingleStepTransferCallResponse; the call may have a new callID. */
    record Transferred(ConnectionId transferredCall, List<ConnectionListItem> connections) implements CallMessage {}

    /** DeflectCall: sends a call that is not answered yet elsewhere. */
    record Deflect(
            ConnectionId connection,
            String to,
            @Nullable HexData correlatorData,
            @Nullable HexData userData) implements CallMessage, CstaRequest<Deflected> {
        @Override
        public Class<Deflected> answer() {
            return Deflected.class;
        }
    }

    /** DeflectCallResponse. */
    record Deflected() implements CallMessage {}
}
