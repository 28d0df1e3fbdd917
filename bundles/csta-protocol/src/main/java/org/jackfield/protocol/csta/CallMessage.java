package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Call control requests and answers (ECMA-269 clause 17.1). */
public sealed interface CallMessage extends CstaMessage {
    /** MakeCall; {@code autoOriginate} is {@code prompt} or {@code doNotPrompt}. */
    record Make(
            String calling,
            String called,
            @Nullable String autoOriginate,
            @Nullable HexData correlatorData,
            @Nullable HexData userData)
            implements CallMessage, CstaRequest<Made> {
        @Override
        public Class<Made> answer() {
            return Made.class;
        }
    }

    /** MakeCallResponse: the calling device's connection. */
    record Made(ConnectionId calling) implements CallMessage {}

    /** ClearConnection. */
    record Clear(
            ConnectionId connection,
            @Nullable HexData correlatorData,
            @Nullable HexData userData) implements CallMessage, CstaRequest<Cleared> {
        @Override
        public Class<Cleared> answer() {
            return Cleared.class;
        }
    }

    /** ClearConnectionResponse. */
    record Cleared() implements CallMessage {}

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
}
