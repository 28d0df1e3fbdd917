package org.jackfield.teams;

/** Who goes first when the budget is short; the first is the most important. */
enum Priority {
    /** An agent's call: people decide by it whether to ring. */
    CALL,
    /** Any other state of an agent. */
    AGENT,
    /** Renewal of what is set already. */
    REFRESH,
    /** Reading. */
    SWEEP
}
