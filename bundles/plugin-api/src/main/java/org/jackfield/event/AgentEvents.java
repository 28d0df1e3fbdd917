package org.jackfield.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events about an agent at the ACD. */
public final class AgentEvents {
    private AgentEvents() {}

    /** The state of an agent in one ACD group (CSTA keeps state per group). */
    public record GroupState(String group, AgentState state) {}

    /**
     * An agent's folded state changed, or a snapshot found it different.
     *
     * @param agent the agent id at the ACD
     * @param device the ACD device, when known
     * @param pending a state that the ACD will take later; never to be treated as current
     * @param reason the reason code of a NotReady, when the dialect has one
     * @param resync true when a snapshot after a lost link found it
     */
    public record StateChanged(
            String agent,
            @Nullable String device,
            AgentState state,
            @Nullable AgentState previous,
            @Nullable AgentState pending,
            @Nullable String reason,
            List<GroupState> groups,
            boolean resync)
            implements EventData {
        @Override
        public String type() {
            return "agent.state.changed";
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

    /** Somebody wants an agent in another state at the ACD (ECMA-269 SetAgentState). */
    public record StateRequested(
            String agent, AgentState state, @Nullable String reason) implements EventData {
        @Override
        public String type() {
            return "agent.state.requested";
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
     * What became of a {@link StateRequested}.
     *
     * @param outcome {@code done}, {@code pending}, {@code observed} (the link only observes) or {@code failed}
     */
    public record StateResult(
            String agent,
            AgentState state,
            @Nullable String reason,
            String outcome,
            @Nullable AgentState pending,
            @Nullable String error)
            implements EventData {
        @Override
        public String type() {
            return "agent.state.request.result";
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
