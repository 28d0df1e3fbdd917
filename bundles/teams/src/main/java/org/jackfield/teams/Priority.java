package org.jackfield.teams;

import java.util.Locale;

/** Who goes first when the budget is short; the first is the most important. */
enum Priority {
    /** An agent's call: people decide by it whether to ring. */
    CALL,
    /** Any other state of an agent. */
    AGENT,
    /** Renewal of what is set already. */
    REFRESH,
    /** Reading. */
    SWEEP,
    /** Looking users up for an operator. */
    DIRECTORY;

    /** As metrics and operators see it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
