package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agent state requests and answers (ECMA-269 clause 22, logical device features). */
public sealed interface AgentMessage extends CstaMessage {
    /** What SetAgentState may ask for; Busy cannot be asked. */
    enum Requested {
        LOGGED_ON("loggedOn"),
        LOGGED_OFF("loggedOff"),
        NOT_READY("notReady"),
        READY("ready"),
        WORKING_AFTER_CALL("workingAfterCall");

        private final String literal;

        Requested(String literal) {
            this.literal = literal;
        }

        public String literal() {
            return literal;
        }

        static @Nullable Requested read(String literal) {
            for (Requested value : values()) {
                if (value.literal.equals(literal)) {
                    return value;
                }
            }
            return null;
        }
    }

    /**
     * SetAgentState.
     *
     * @param state null on input when the peer's literal is unknown
     * @param reason travels as private data, for the standard has no field for it; null where the dialect has none
     */
    record Set(
            String device,
            @Nullable Requested state,
            @Nullable String agentId,
            @Nullable Secret password,
            @Nullable String group,
            @Nullable String reason)
            implements AgentMessage, CstaRequest<SetAnswer> {
        /** Without a reason. */
        public Set(
                String device,
                @Nullable Requested state,
                @Nullable String agentId,
                @Nullable Secret password,
                @Nullable String group) {
            this(device, state, agentId, password, group, null);
        }

        @Override
        public Class<SetAnswer> answer() {
            return SetAnswer.class;
        }
    }

    /** SetAgentStateResponse; {@code pending} comes later and is not the state. */
    record SetAnswer(@Nullable AgentState pending) implements AgentMessage {}

    /** GetAgentState of all groups, or of {@code group}. */
    record Get(String device, @Nullable String group) implements AgentMessage, CstaRequest<GetAnswer> {
        @Override
        public Class<GetAnswer> answer() {
            return GetAnswer.class;
        }
    }

    /** GetAgentStateResponse: one entry per agent at the device. */
    record GetAnswer(List<Entry> entries) implements AgentMessage {}

    /** agentStateEntry. */
    record Entry(@Nullable String agentId, boolean loggedOn, List<Item> items) {}

    /** agentInfoItem: the state in one group. */
    record Item(
            @Nullable String group,
            AgentState state,
            @Nullable AgentState pending,
            @Nullable String condition) {}
}
