package org.jackfield.event;

/** The agent states of ECMA-269 6.1.1, folded over the agent's groups. */
public enum AgentState {
    /** {@code agentNull}: not logged on. */
    LOGGED_OFF,
    NOT_READY,
    READY,
    /** Involved with an ACD call, also one on hold. */
    BUSY,
    /** {@code agentWorkingAfterCall}, called wrap-up by operators. */
    WORKING_AFTER_CALL;

    /** Folds two group states: Busy wins, then WorkingAfterCall, Ready, NotReady, LoggedOff. */
    public AgentState fold(AgentState other) {
        return rank() >= other.rank() ? this : other;
    }

    private int rank() {
        return switch (this) {
            case BUSY -> 4;
            case WORKING_AFTER_CALL -> 3;
            case READY -> 2;
            case NOT_READY -> 1;
            case LOGGED_OFF -> 0;
        };
    }
}
