package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Mode;
import org.jackfield.protocol.csta.AgentMessage;
import org.jspecify.annotations.Nullable;

/** Carries out what flows ask of the ACD, at most once each. Used on the lane only. */
final class Orders {
    private final Settings settings;
    private final AgentFollower agents;
    private final Outlet outlet;
    private final Pacer pacer;

    Orders(Settings settings, AgentFollower agents, Outlet outlet, Pacer pacer) {
        this.settings = settings;
        this.agents = agents;
        this.outlet = outlet;
        this.pacer = pacer;
    }

    void setAgentState(
            Acd.SetAgentState order,
            @Nullable Event cause,
            Duration timeout,
            CompletableFuture<Acd.SetAgentStateAnswer> answer) {
        Agent agent = agents.byId(order.agent());
        AgentMessage.Requested requested = States.requested(order.state());
        if (agent == null) {
            fail(order, cause, answer, unknown(order.agent()));
        } else if (requested == null) {
            fail(
                    order,
                    cause,
                    answer,
                    new CommandException(
                            "invalidState",
                            "state: " + order.state() + " (expected: one that can be asked for)",
                            false,
                            null));
        } else if (settings.mode() == Mode.OBSERVE) {
            done(order, cause, answer, "observed", null);
        } else {
            var request = new AgentMessage.Set(
                    agent.device(), requested, agent.id(), null, null, settings.sendReasons() ? order.reason() : null);
            pacer.order(request, timeout, (given, failure) -> {
                if (given == null) {
                    Throwable why = failure == null ? new IllegalStateException("no answer") : failure;
                    fail(order, cause, answer, Failures.typed("SetAgentState " + agent.id(), why, true));
                    return;
                }
                AgentState pending = given.pending() == null ? null : States.of(given.pending());
                agents.pending(agent, pending);
                done(order, cause, answer, pending == null ? "done" : "pending", pending);
            });
        }
    }

    private void done(
            Acd.SetAgentState order,
            @Nullable Event cause,
            CompletableFuture<Acd.SetAgentStateAnswer> answer,
            String outcome,
            @Nullable AgentState pending) {
        result(order, cause, outcome, pending, null);
        answer.complete(new Acd.SetAgentStateAnswer(outcome, pending));
    }

    private void fail(
            Acd.SetAgentState order,
            @Nullable Event cause,
            CompletableFuture<Acd.SetAgentStateAnswer> answer,
            CommandException e) {
        result(order, cause, "failed", null, e.code());
        answer.completeExceptionally(e);
    }

    private void result(
            Acd.SetAgentState order,
            @Nullable Event cause,
            String outcome,
            @Nullable AgentState pending,
            @Nullable String error) {
        outlet.publish(
                Origin.HOST,
                new AgentEvents.StateResult(order.agent(), order.state(), order.reason(), outcome, pending, error),
                cause);
    }

    void getAgentState(Acd.GetAgentState order, Duration timeout, CompletableFuture<Acd.GetAgentStateAnswer> answer) {
        Agent agent = agents.byId(order.agent());
        if (agent == null) {
            answer.completeExceptionally(unknown(order.agent()));
            return;
        }
        pacer.order(new AgentMessage.Get(agent.device(), null), timeout, (given, failure) -> {
            if (given == null) {
                Throwable why = failure == null ? new IllegalStateException("no answer") : failure;
                answer.completeExceptionally(Failures.typed("GetAgentState " + agent.id(), why, true));
                return;
            }
            AgentView view = agents.compare(agent, given);
            answer.complete(new Acd.GetAgentStateAnswer(view.state(), view.pending(), view.groups()));
        });
    }

    private CommandException unknown(String agent) {
        return new CommandException(
                "unknownAgent",
                "agent: " + agent + " (expected: one of the dictionary for " + settings.id() + ")",
                false,
                null);
    }
}
