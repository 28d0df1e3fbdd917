package org.jackfield.event;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Events about an agent's presence in Teams (Graph presence resource). */
public final class PresenceEvents {
    private PresenceEvents() {}

    /**
     * Teams shows an agent differently than before.
     *
     * @param agent the agent id at the ACD, from the agent dictionary
     * @param user the Entra object id
     * @param availability as Graph writes it, for example {@code DoNotDisturb}; unknown strings are kept
     * @param activity as Graph writes it, for example {@code Presenting}; unknown strings are kept
     * @param sequenceNumber Graph's sortable version stamp, when given
     */
    public record Observed(
            String agent,
            String user,
            String availability,
            String activity,
            @Nullable String sequenceNumber) implements EventData {
        @Override
        public String type() {
            return "presence.observed";
        }

        @Override
        public Topic topic() {
            return Topic.AGENT;
        }

        @Override
        public String key() {
            return agent;
        }
    }

    /**
     * What the host wants Teams to show for an agent; newest wins.
     *
     * @param availability null to clear the host's session, otherwise one half of a setPresence pair
     * @param activity null to clear, otherwise the other half
     * @param expiry how long Graph keeps it without renewal, PT5M to PT4H; null when clearing
     * @param reason the rule that asked for it, for the person who reads the timeline
     * @param preferred the availability for the user's preferred presence; null to take away what the host has set there,
     *     empty to leave it as it is
     * @param message the status message; null to take away what the host has set
     */
    public record Intent(
            String agent,
            String user,
            @Nullable String availability,
            @Nullable String activity,
            @Nullable Duration expiry,
            String reason,
            @Nullable String preferred,
            @Nullable String message)
            implements EventData {
        /** A session only. */
        public Intent(
                String agent,
                String user,
                @Nullable String availability,
                @Nullable String activity,
                @Nullable Duration expiry,
                String reason) {
            this(agent, user, availability, activity, expiry, reason, null, null);
        }

        /** True when nothing shall be held any more (Graph clearPresence). */
        public boolean clears() {
            return availability == null;
        }

        @Override
        public String type() {
            return "presence.intent";
        }

        @Override
        public Topic topic() {
            return Topic.AGENT;
        }

        @Override
        public String key() {
            return agent;
        }
    }

    /**
     * What became of an {@link Intent}.
     *
     * @param outcome {@code applied}, {@code superseded} (a newer intent came), {@code observed} (the link only
     *     observes), {@code expired} or {@code failed}; an answer to a command, never an event, may also be {@code pending}:
     *     kept, and written when Graph takes it
     * @param status the HTTP status, 0 when there was none
     */
    public record Applied(
            String agent,
            String user,
            @Nullable String availability,
            @Nullable String activity,
            String outcome,
            int status,
            @Nullable String error)
            implements EventData {
        @Override
        public String type() {
            return "presence.applied";
        }

        @Override
        public Topic topic() {
            return Topic.AGENT;
        }

        @Override
        public String key() {
            return agent;
        }
    }

    /**
     * A time has come at which the presence rules want to look at an agent again: a hold-down or an echo window ended, a
     * session must be renewed, a limit left room.
     *
     * @param due when it was wanted
     */
    public record Recheck(String agent, Instant due) implements EventData {
        @Override
        public String type() {
            return "presence.recheck";
        }

        @Override
        public Topic topic() {
            return Topic.AGENT;
        }

        @Override
        public String key() {
            return agent;
        }
    }

    /**
     * Both sides kept toggling an agent, so the host stops writing for it until a time.
     *
     * @param direction {@code toTeams} or {@code toAcd}
     * @param until when it looks again
     */
    public record Damped(String agent, String direction, Instant until, String reason) implements EventData {
        @Override
        public String type() {
            return "presence.damped";
        }

        @Override
        public Topic topic() {
            return Topic.AGENT;
        }

        @Override
        public String key() {
            return agent;
        }
    }
}
