package org.jackfield.event;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the host asks of an ACD that speaks only Kafka, and the ACD's one answer. Orders are on the topic {@code command};
 * the ACD writes its {@link Result} to {@code in.NAME}, with the order's id in {@code command}. After {@code deadline}
 * nobody waits any more, and an order must not be carried out.
 */
public final class CommandEvents {
    private CommandEvents() {}

    /** Put an agent into a state (ECMA-269 SetAgentState). */
    public record SetState(
            String acd,
            String agent,
            AgentState state,
            @Nullable String reason,
            Instant deadline) implements EventData {
        @Override
        public String type() {
            return "command.agent.state";
        }

        @Override
        public Topic topic() {
            return Topic.COMMAND;
        }

        @Override
        public String key() {
            return agent;
        }
    }

    /** Move an agent's connection of a call to another number (ECMA-269 SingleStepTransferCall). */
    public record Move(String acd, String call, String acdCall, String device, String to, Instant deadline)
            implements EventData {
        @Override
        public String type() {
            return "command.call.transfer";
        }

        @Override
        public Topic topic() {
            return Topic.COMMAND;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /**
     * The answer to the ACD's {@code route.requested}; it needs no result.
     *
     * @param answer {@code select}, {@code reject} or {@code end}: the ACD goes by its own algorithm
     * @param destination where to, when selected
     * @param alternates where to if that fails, the best first
     */
    public record AnswerRoute(
            String acd,
            String call,
            String crossRef,
            String answer,
            @Nullable String destination,
            List<String> alternates,
            @Nullable String agent,
            @Nullable String reason)
            implements EventData {
        @Override
        public String type() {
            return "command.route.answer";
        }

        @Override
        public Topic topic() {
            return Topic.COMMAND;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /**
     * What the ACD made of an order.
     *
     * @param command the order's event id
     * @param outcome {@code done}, {@code pending} or {@code failed}
     * @param pending the state that comes later
     * @param error the ACD's own word for why it failed
     * @param acdCall the ACD's id of a call that was moved
     */
    public record Result(
            String command,
            String outcome,
            @Nullable AgentState pending,
            @Nullable String error,
            @Nullable String acdCall)
            implements EventData {
        @Override
        public String type() {
            return "command.result";
        }

        @Override
        public Topic topic() {
            return Topic.COMMAND;
        }

        @Override
        public String key() {
            return command;
        }
    }
}
