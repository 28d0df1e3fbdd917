package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** Status reporting (ECMA-269 clause 11.2). Either end may ask and tell. */
public sealed interface SystemMessage extends CstaMessage {
    String NORMAL = "normal";
    String MESSAGES_LOST = "messagesLost";

    /** SystemStatus, the heartbeat; real peers send it empty. */
    record Status(@Nullable String status) implements SystemMessage, CstaRequest<StatusAnswer> {
        @Override
        public Class<StatusAnswer> answer() {
            return StatusAnswer.class;
        }
    }

    /** SystemRegister: what the client wants to be told or asked. */
    record Register(boolean status, boolean requests, boolean capabilities, boolean devices)
            implements SystemMessage, CstaRequest<Registered> {
        @Override
        public Class<Registered> answer() {
            return Registered.class;
        }
    }

    /** SystemRegisterResponse; the id is text, for example {@code 27ss}. */
    record Registered(String registerId) implements SystemMessage {}

    /** SystemRegisterCancel. */
    record RegisterCancel(String registerId) implements SystemMessage, CstaRequest<RegisterCancelled> {
        @Override
        public Class<RegisterCancelled> answer() {
            return RegisterCancelled.class;
        }
    }

    /** SystemRegisterCancelResponse. */
    record RegisterCancelled() implements SystemMessage {}

    /** SystemStatusResponse. */
    record StatusAnswer() implements SystemMessage {}

    /** RequestSystemStatus, also the first message where there is no application session. */
    record Request() implements SystemMessage, CstaRequest<RequestAnswer> {
        @Override
        public Class<RequestAnswer> answer() {
            return RequestAnswer.class;
        }
    }

    /** RequestSystemStatusResponse. */
    record RequestAnswer(@Nullable String status) implements SystemMessage {}
}
