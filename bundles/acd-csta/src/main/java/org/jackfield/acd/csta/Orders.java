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
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.HexData;
import org.jspecify.annotations.Nullable;

/** Carries out what flows ask of the ACD, at most once each. Used on the lane only. */
final class Orders {
    private final Settings settings;
    private final AgentFollower agents;
    private final CallIds ids;
    private final Outlet outlet;
    private final Pacer pacer;

    Orders(Settings settings, AgentFollower agents, CallIds ids, Outlet outlet, Pacer pacer) {
        this.settings = settings;
        this.agents = agents;
        this.ids = ids;
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
            fail(
                    order,
                    cause,
                    answer,
                    new CommandException(
                            "unknownAgent",
                            "agent: " + order.agent() + " (expected: one of the dictionary for " + settings.id() + ")",
                            false,
                            null));
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
            var request = new AgentMessage.Set(agent.device(), requested, agent.id(), null, null);
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

    void transfer(
            Acd.SingleStepTransfer order, Duration timeout, CompletableFuture<Acd.SingleStepTransferAnswer> answer) {
        if (settings.mode() == Mode.OBSERVE) {
            answer.completeExceptionally(new CommandException(
                    "observed", "SingleStepTransferCall: not sent, the link only observes", false, null));
            return;
        }
        var active = new ConnectionId(order.acdCall(), order.device());
        CallIds.Known call = ids.of(order.acdCall(), null);
        var request = new CallMessage.SingleStepTransfer(active, order.to(), correlator(order.call()), null);
        pacer.order(request, timeout, (given, failure) -> {
            if (given == null) {
                Throwable why = failure == null ? new IllegalStateException("no answer") : failure;
                answer.completeExceptionally(Failures.typed("SingleStepTransferCall " + order.acdCall(), why, false));
                return;
            }
            String moved = given.transferredCall().callId();
            if (moved != null) {
                ids.follow(moved, call);
            }
            answer.complete(new Acd.SingleStepTransferAnswer(moved == null ? order.acdCall() : moved));
        });
    }

    /** The call's token, so that the leg that the ACD makes for it is known as the same call. */
    private static @Nullable HexData correlator(String call) {
        try {
            return new HexData(Uui.hex(call).toUpperCase(java.util.Locale.ROOT), true);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
