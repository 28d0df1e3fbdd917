package org.jackfield.twin.acd;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent's state changed, as the six agent events of ECMA-323 tell it. Immutable.
 *
 * @param pending a state to come after Busy or WorkingAfterCall
 */
record AgentChange(
        Kind kind,
        String agent,
        String device,
        List<String> groups,
        @Nullable State pending,
        @Nullable String reason) {
    /** Which of the six events it is. */
    enum Kind {
        LOGGED_ON,
        LOGGED_OFF,
        NOT_READY,
        READY,
        BUSY,
        WORKING_AFTER_CALL
    }
}
