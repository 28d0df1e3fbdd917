package org.jackfield.event;

import java.time.Duration;
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
     */
    public record Intent(
            String agent,
            String user,
            @Nullable String availability,
            @Nullable String activity,
            @Nullable Duration expiry,
            String reason)
            implements EventData {
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
     *     observes), {@code expired} or {@code failed}
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
}
