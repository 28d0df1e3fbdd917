package org.jackfield.acd.asterisk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.Uui;
import org.jspecify.annotations.Nullable;

/** Carries out what flows ask of Asterisk, at most once each. Used on the lane only. */
final class Orders {
    /** An extension that can be dialled and that is nothing else than that to the dialplan. */
    private static final Pattern DIALABLE = Pattern.compile("[0-9A-Za-z+*#_.-]{1,80}");

    private final Settings settings;
    private final Agents agents;
    private final Calls calls;
    private final Outlet outlet;
    private @Nullable AmiSession session;

    Orders(Settings settings, Agents agents, Calls calls, Outlet outlet) {
        this.settings = settings;
        this.agents = agents;
        this.calls = calls;
        this.outlet = outlet;
    }

    void session(@Nullable AmiSession current) {
        session = current;
    }

    static boolean dialable(String number) {
        return DIALABLE.matcher(number).matches();
    }

    private CommandException refused(String code, String message) {
        return new CommandException(code, message, code.equals("linkDown"), null);
    }

    void setAgentState(
            Acd.SetAgentState order,
            @Nullable Event cause,
            Duration timeout,
            CompletableFuture<Acd.SetAgentStateAnswer> answer) {
        Agent agent = agents.byId(order.agent());
        AmiSession current = session;
        if (agent == null) {
            fail(
                    order,
                    cause,
                    answer,
                    refused(
                            "unknownAgent",
                            "agent: " + order.agent() + " (expected: one of the dictionary for " + settings.id()
                                    + ")"));
        } else if (order.state() == AgentState.BUSY) {
            fail(order, cause, answer, refused("invalidState", "state: BUSY (expected: one that can be asked for)"));
        } else if (settings.mode() == Mode.OBSERVE) {
            done(order, cause, answer, "observed", null);
        } else if (current == null) {
            fail(order, cause, answer, refused("linkDown", "not connected to " + settings.id()));
        } else {
            List<AmiAction> actions;
            try {
                actions = actions(agent, order);
            } catch (IllegalArgumentException e) {
                fail(order, cause, answer, refused("invalidValue", String.valueOf(e.getMessage())));
                return;
            }
            if (actions.isEmpty() && order.state() != AgentState.LOGGED_OFF) {
                fail(order, cause, answer, refused("noGroups", "agent " + agent.id() + " has no groups"));
                return;
            }
            run(actions, current, timeout, failure -> {
                if (failure != null) {
                    fail(order, cause, answer, failure);
                } else {
                    boolean busy = agents.state(agent) == AgentState.BUSY && order.state() != AgentState.LOGGED_OFF;
                    AgentState pending = busy && order.state() != AgentState.READY ? order.state() : null;
                    done(order, cause, answer, pending == null ? "done" : "pending", pending);
                }
            });
        }
    }

    /** One action for each queue: to become a member is to log in, to be paused is to be not ready. */
    private List<AmiAction> actions(Agent agent, Acd.SetAgentState order) {
        Set<String> in = agents.queues(agent.id());
        String member = settings.memberOf(agent.device());
        List<AmiAction> actions = new ArrayList<>();
        if (order.state() == AgentState.LOGGED_OFF) {
            in.forEach(queue -> actions.add(
                    new AmiAction("QueueRemove").with("Queue", queue).with("Interface", member)));
            return actions;
        }
        boolean pause = order.state() != AgentState.READY;
        String reason = order.state() == AgentState.WORKING_AFTER_CALL ? settings.wrapUpReason() : order.reason();
        Set<String> all = new java.util.TreeSet<>(agent.groups());
        all.addAll(in);
        for (String queue : all) {
            if (!in.contains(queue)) {
                actions.add(new AmiAction("QueueAdd")
                        .with("Queue", queue)
                        .with("Interface", member)
                        .with("MemberName", agent.id())
                        .with("Paused", Boolean.toString(pause)));
            }
            if (in.contains(queue) || (pause && reason != null)) {
                var action = new AmiAction("QueuePause")
                        .with("Queue", queue)
                        .with("Interface", member)
                        .with("Paused", Boolean.toString(pause));
                actions.add(pause && reason != null ? action.with("Reason", reason) : action);
            }
        }
        return actions;
    }

    private interface Done {
        void accept(@Nullable CommandException failure);
    }

    /** Sends all in order; the first refusal is the outcome, the rest is carried out nevertheless. */
    private static void run(List<AmiAction> actions, AmiSession session, Duration timeout, Done done) {
        var left = new int[] {actions.size()};
        var first = new CommandException[1];
        if (actions.isEmpty()) {
            done.accept(null);
        }
        for (AmiAction action : actions) {
            session.request(action, timeout, (given, failure) -> {
                if (failure != null && first[0] == null) {
                    first[0] = failure;
                }
                if (--left[0] == 0) {
                    done.accept(first[0]);
                }
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
        ofCall(
                "BlindTransfer",
                new Acd.Leg(order.acdCall(), order.device()),
                order.to(),
                answer,
                (current, channel) -> {
                    var action = new AmiAction("BlindTransfer")
                            .with("Channel", channel)
                            .with("Context", settings.transferContext())
                            .with("Exten", order.to());
                    ask(current, action, timeout, answer, new Acd.SingleStepTransferAnswer(order.acdCall()));
                });
    }

    void consult(Acd.ConsultationCall order, Duration timeout, CompletableFuture<Acd.Leg> answer) {
        ofCall("Atxfer", order.leg(), order.to(), answer, (current, channel) -> {
            calls.consults(channel, order.to());
            var action = new AmiAction("Atxfer")
                    .with("Channel", channel)
                    .with("Context", settings.transferContext())
                    .with("Exten", order.to());
            ask(current, action, timeout, answer, order.leg());
        });
    }

    /** The agent leaves, and that joins the two others. */
    void complete(Acd.TransferCall order, Duration timeout, CompletableFuture<Acd.MovedCall> answer) {
        ofCall("Hangup", order.held(), null, answer, (current, channel) -> {
            var moved = new Acd.MovedCall(order.held().acdCall());
            ask(current, hangup(channel), timeout, answer, moved);
        });
    }

    /** Ends the consultation; the agent is with the caller again. */
    void reconnect(Acd.ReconnectCall order, Duration timeout, CompletableFuture<Acd.Done> answer) {
        ofCall("CancelAtxfer", order.held(), null, answer, (current, channel) -> {
            var action = new AmiAction("CancelAtxfer").with("Channel", channel);
            ask(current, action, timeout, answer, new Acd.Done());
        });
    }

    void clear(Acd.ClearConnection order, Duration timeout, CompletableFuture<Acd.Done> answer) {
        ofCall(
                "Hangup",
                order.leg(),
                null,
                answer,
                (current, channel) -> ask(current, hangup(channel), timeout, answer, new Acd.Done()));
    }

    private static AmiAction hangup(String channel) {
        return new AmiAction("Hangup").with("Channel", channel).with("Cause", "16");
    }

    /** The caller is sent elsewhere, and with that the phone stops ringing. */
    void deflect(Acd.DeflectCall order, Duration timeout, CompletableFuture<Acd.Done> answer) {
        ofCall("Redirect", order.leg(), order.to(), answer, (current, channel) -> {
            String caller = calls.callerOf(order.leg().acdCall());
            if (caller == null) {
                answer.completeExceptionally(refused(
                        "noActiveCall",
                        "Redirect: no caller in call " + order.leg().acdCall()));
                return;
            }
            var action = new AmiAction("Redirect")
                    .with("Channel", caller)
                    .with("Context", settings.transferContext())
                    .with("Exten", order.to())
                    .with("Priority", "1");
            ask(current, action, timeout, answer, new Acd.Done());
        });
    }

    /** The device rings first, and when it answers the number is called. */
    void makeCall(Acd.MakeCall order, Duration timeout, CompletableFuture<Acd.Leg> answer) {
        AmiSession current = session;
        if (settings.mode() == Mode.OBSERVE) {
            answer.completeExceptionally(refused("observed", "Originate: not sent, the link only observes"));
        } else if (current == null) {
            answer.completeExceptionally(refused("linkDown", "Originate: not connected to " + settings.id()));
        } else if (!dialable(order.to()) || !dialable(order.device())) {
            answer.completeExceptionally(refused(
                    "invalidDestination",
                    "device: " + order.device() + ", to: " + order.to()
                            + " (expected: 1-80 letters, digits, + * # _ . -)"));
        } else {
            String id = "jf-" + java.util.UUID.randomUUID();
            var action = new AmiAction("Originate")
                    .with("Channel", settings.memberOf(order.device()))
                    .with("ChannelId", id)
                    .with("Context", settings.transferContext())
                    .with("Exten", order.to())
                    .with("Priority", "1")
                    .with("Async", "true");
            String call = order.call();
            if (call != null && call.matches("[!-~]{1,127}")) {
                action.with("Variable", "__" + settings.uuiVariable() + "=" + Uui.header(call));
            }
            ask(current, action, timeout, answer, new Acd.Leg(id, order.device()));
        }
    }

    void getAgentState(Acd.GetAgentState order, CompletableFuture<Acd.GetAgentStateAnswer> answer) {
        Agent agent = agents.byId(order.agent());
        if (agent == null || session == null) {
            answer.completeExceptionally(
                    agent == null
                            ? refused("unknownAgent", "agent: " + order.agent())
                            : refused("linkDown", "not connected to " + settings.id()));
            return;
        }
        AgentView view = agents.view(agent);
        answer.complete(new Acd.GetAgentStateAnswer(view.state(), view.pending(), view.groups()));
    }

    void snapshot(Acd.Snapshot order, CompletableFuture<Acd.SnapshotAnswer> answer) {
        answer.complete(new Acd.SnapshotAnswer(calls.legsOf(order.device())));
    }

    private interface OnChannel {
        void run(AmiSession current, String channel);
    }

    private void ofCall(String what, Acd.Leg leg, @Nullable String to, CompletableFuture<?> answer, OnChannel then) {
        AmiSession current = session;
        String channel = calls.channelOf(leg.acdCall(), leg.device());
        if (settings.mode() == Mode.OBSERVE) {
            answer.completeExceptionally(refused("observed", what + ": not sent, the link only observes"));
        } else if (current == null) {
            answer.completeExceptionally(refused("linkDown", what + ": not connected to " + settings.id()));
        } else if (to != null && !dialable(to)) {
            answer.completeExceptionally(
                    refused("invalidDestination", "to: " + to + " (expected: 1-80 letters, digits, + * # _ . -)"));
        } else if (channel == null) {
            answer.completeExceptionally(refused(
                    "noActiveCall", what + ": device " + leg.device() + " has no channel in call " + leg.acdCall()));
        } else {
            then.run(current, channel);
        }
    }

    private static <A> void ask(
            AmiSession session, AmiAction action, Duration timeout, CompletableFuture<A> answer, A good) {
        session.request(action, timeout, (given, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(good);
            }
        });
    }
}
