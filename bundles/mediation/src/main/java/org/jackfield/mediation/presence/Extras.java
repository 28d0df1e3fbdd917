package org.jackfield.mediation.presence;

import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.AgentMemory.TeamsView;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/**
 * What a write toward Teams carries beside the session: the user's preferred state and the status message. Both are
 * options and off by default.
 *
 * @param preferred the availability to prefer; null to take away what the host has set; {@link #LEAVE} to touch nothing
 * @param message the status message; null to take away what the host has set
 */
public record Extras(@Nullable String preferred, @Nullable String message) {
    /** The preferred state is the user's own and stays. */
    public static final String LEAVE = "";

    public static final Extras NONE = new Extras(null, null);

    /** What goes with a clear. */
    static Extras clearing(AgentMemory memory, Agent agent, PresenceOptions options) {
        return new Extras(optedIn(agent, options) && chosen(memory) ? LEAVE : null, null);
    }

    /** What goes with a session because of the agent's state. */
    static Extras of(
            AgentMemory memory, Agent agent, PresenceOptions options, AgentState state, @Nullable String reason) {
        String message = options.statusMessage() && state == AgentState.NOT_READY ? reason : null;
        if (!optedIn(agent, options)) {
            return message == null ? NONE : new Extras(null, message);
        }
        return new Extras(chosen(memory) ? LEAVE : preferred(options, state, reason), message);
    }

    private static @Nullable String preferred(PresenceOptions options, AgentState state, @Nullable String reason) {
        return switch (state) {
            case NOT_READY -> options.isMeeting(reason) ? "Busy" : "BeRightBack";
            case WORKING_AFTER_CALL -> options.wrapUp().doNotDisturb() ? "DoNotDisturb" : "Busy";
            case READY, BUSY, LOGGED_OFF -> null;
        };
    }

    private static boolean optedIn(Agent agent, PresenceOptions options) {
        return agent.groups().stream().anyMatch(options.preferredGroups()::contains);
    }

    /**
     * Graph does not tell who set the preferred state: while the last state that own writes do not explain is one that
     * people choose, it is taken for theirs.
     */
    private static boolean chosen(AgentMemory memory) {
        TeamsView view = memory.unexplained();
        if (view == null) {
            return false;
        }
        return switch (view.availability().toLowerCase(java.util.Locale.ROOT)) {
            case "donotdisturb", "berightback", "away", "busy", "offline" -> true;
            default -> false;
        };
    }

    /** What Teams shows when the preferred state of this write is set; null when none is. */
    @Nullable
    Pair shows() {
        return preferred == null || preferred.isEmpty() ? null : new Pair(preferred, preferred);
    }
}
