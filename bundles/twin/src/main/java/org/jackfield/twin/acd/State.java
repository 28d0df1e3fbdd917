package org.jackfield.twin.acd;

/** The agent states of ECMA-269 6.1.1. */
public enum State {
    NULL("agentNull"),
    NOT_READY("agentNotReady"),
    READY("agentReady"),
    BUSY("agentBusy"),
    WORKING_AFTER_CALL("agentWorkingAfterCall");

    private final String literal;

    State(String literal) {
        this.literal = literal;
    }

    /** As GetAgentStateResponse and pendingAgentState write it. */
    public String literal() {
        return literal;
    }

    /** The state that a request of SetAgentState or a key of the agent leads to; loggedOn leads to NotReady. */
    static State requested(String text) {
        return switch (text) {
            case "loggedOff" -> NULL;
            case "loggedOn", "notReady" -> NOT_READY;
            case "ready" -> READY;
            case "workingAfterCall" -> WORKING_AFTER_CALL;
            default ->
                throw new IllegalArgumentException(
                        "state: " + text + " (expected: loggedOn, loggedOff, notReady, ready or workingAfterCall)");
        };
    }
}
