package org.jackfield.acd.csta;

import org.jackfield.event.AgentState;
import org.jackfield.protocol.csta.AgentMessage;
import org.jspecify.annotations.Nullable;

/** CSTA's agent states and the bus's. */
final class States {
    private States() {}

    static AgentState of(org.jackfield.protocol.csta.AgentState state) {
        return switch (state) {
            case NULL -> AgentState.LOGGED_OFF;
            case NOT_READY -> AgentState.NOT_READY;
            case READY -> AgentState.READY;
            case BUSY -> AgentState.BUSY;
            case WORKING_AFTER_CALL -> AgentState.WORKING_AFTER_CALL;
        };
    }

    /** What SetAgentState asks for; null for BUSY, which nobody can ask for. */
    static AgentMessage.@Nullable Requested requested(AgentState state) {
        return switch (state) {
            case LOGGED_OFF -> AgentMessage.Requested.LOGGED_OFF;
            case NOT_READY -> AgentMessage.Requested.NOT_READY;
            case READY -> AgentMessage.Requested.READY;
            case WORKING_AFTER_CALL -> AgentMessage.Requested.WORKING_AFTER_CALL;
            case BUSY -> null;
        };
    }
}
