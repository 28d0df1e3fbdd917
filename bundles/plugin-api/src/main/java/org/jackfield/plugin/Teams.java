package org.jackfield.plugin;

import org.jackfield.event.PresenceEvents;

/** What the Teams link can be asked. */
public final class Teams {
    private Teams() {}

    /** Sets or clears the host's presence session (Graph setPresence, clearPresence); newest wins per agent. */
    public static final Operation<PresenceEvents.Intent, PresenceEvents.Applied> PRESENCE = new Operation<>(
            "presence",
            PresenceEvents.Intent.class,
            PresenceEvents.Applied.class,
            "Sets or clears the host's presence session of an agent (Graph setPresence and clearPresence).");

    /**
     * Stops or allows writing. Stopping also withdraws what the host has set; it holds until allowed again, also over a
     * restart.
     *
     * @param on true to stop
     * @param reason for the audit trail and the status sentence
     */
    public record KillSwitch(boolean on, String reason) {}

    /**
     * How the switch stands now.
     *
     * @param cleared sessions withdrawn so far
     * @param left sessions that are still being withdrawn
     */
    public record KillSwitchAnswer(boolean on, int cleared, int left) {}

    /** Stops the link's writing at once and withdraws what it has set, or lets it write again. */
    public static final Operation<KillSwitch, KillSwitchAnswer> KILL_SWITCH = new Operation<>(
            "killSwitch",
            KillSwitch.class,
            KillSwitchAnswer.class,
            "Withdraws every presence session that the host holds and stops writing, or allows writing again.");
}
