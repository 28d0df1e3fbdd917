package org.jackfield.acd.asterisk;

import java.util.List;
import java.util.Objects;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/**
 * What the link last told of an agent, kept in a table over restarts. Immutable.
 *
 * @param link the link's name
 * @param state folded over {@code groups}
 * @param pending only while the state is BUSY or WORKING_AFTER_CALL
 * @param reason only while the state is NOT_READY
 */
record AgentView(
        String link,
        String agent,
        String device,
        AgentState state,
        @Nullable AgentState pending,
        @Nullable String reason,
        List<GroupState> groups) {
    /** True when the difference to {@code before} is one that others want to hear of. */
    boolean differs(@Nullable AgentView before) {
        return before == null
                || state != before.state
                || pending != before.pending
                || !Objects.equals(reason, before.reason);
    }
}
