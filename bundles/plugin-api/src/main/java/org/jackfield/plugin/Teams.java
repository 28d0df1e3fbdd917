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
}
