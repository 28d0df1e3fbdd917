package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** The agent states of ECMA-269 6.1.1 with the three spellings that ECMA-323 has for them. */
public enum AgentState {
    NULL("agentNull", "loggedOff", "null"),
    NOT_READY("agentNotReady", "notReady", "notReady"),
    READY("agentReady", "ready", "ready"),
    BUSY("agentBusy", null, null),
    WORKING_AFTER_CALL("agentWorkingAfterCall", "workingAfterCall", null);

    private final String state;
    private final @Nullable String requested;
    private final @Nullable String pendingInEvent;

    AgentState(String state, @Nullable String requested, @Nullable String pendingInEvent) {
        this.state = state;
        this.requested = requested;
        this.pendingInEvent = pendingInEvent;
    }

    /** The literal of agentState and pendingAgentState in answers, for example {@code agentReady}. */
    public String literal() {
        return state;
    }

    /** The literal of pendingAgentState in AgentBusyEvent and AgentWorkingAfterCallEvent; null when there is none. */
    @Nullable
    String eventLiteral() {
        return pendingInEvent;
    }

    /** Reads any of the spellings; null when it is none. */
    public static @Nullable AgentState read(String literal) {
        for (AgentState value : values()) {
            if (literal.equals(value.state)
                    || literal.equals(value.requested)
                    || literal.equals(value.pendingInEvent)) {
                return value;
            }
        }
        return null;
    }
}
