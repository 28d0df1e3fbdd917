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
