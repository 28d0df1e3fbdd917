package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaSession;
import org.jackfield.protocol.csta.Device;
import org.jackfield.protocol.csta.HexData;
import org.jackfield.protocol.csta.RouteMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the ACD's route requests: one RouteSelect, RouteReject or RouteEnd each, before the deadline, and none once
 * the ACD has ended the dialogue. Used on the lane only. An answer leaves after its event is in the spool.
 */
final class RouteDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RouteDesk.class);
    /** What the way to the ACD may take of the time that it gives. */
    private static final Duration MARGIN = Duration.ofMillis(50);
    /** How long the ACD may take to say where the call really went. */
    private static final Duration USED_WITHIN = Duration.ofMinutes(2);

    private final Settings settings;
    private final AgentFollower agents;
    private final CallIds ids;
    private final Outlet outlet;
    private final Meters meters;
    private final Lane lane;
    private final OfferPoint<Acd.RouteQuestion, RouteAnswer> point;
    private final Map<String, Dialogue> dialogues = new HashMap<>();
    private @Nullable CstaSession session;

    RouteDesk(
            Settings settings,
            AgentFollower agents,
            CallIds ids,
            Outlet outlet,
            Meters meters,
            Lane lane,
            ScheduledExecutorService timer) {
        this.settings = settings;
        this.agents = agents;
        this.ids = ids;
        this.outlet = outlet;
        this.meters = meters;
        this.lane = lane;
        this.point = OfferPoint.create("route", Acd.RouteQuestion.class, RouteAnswer.class, timer);
    }

    OfferPoint<Acd.RouteQuestion, RouteAnswer> point() {
        return point;
    }

    /** A routeing dialogue from its request to its end. */
    private static final class Dialogue {
        private final RouteMessage.Request request;
        private final Acd.RouteQuestion question;
        private int round;
        private boolean asking = true;
        private @Nullable String selected;
        private @Nullable String agent;

        Dialogue(RouteMessage.Request request, Acd.RouteQuestion question) {
            this.request = request;
            this.question = question;
        }

        Route step(RouteStep step, @Nullable String destination, @Nullable String ofAgent, @Nullable String reason) {
            return new Route(
                    step,
                    question.call(),
                    question.crossRef(),
                    question.calling(),
                    question.called(),
                    question.queue(),
                    destination,
                    ofAgent,
                    reason);
        }
    }

    /** Answers go to {@code current} from now on; null ends all dialogues, for the ACD routes by itself then. */
    void session(@Nullable CstaSession current) {
        session = current;
        if (current == null) {
            dialogues.values().forEach(d -> publish(d, d.step(RouteStep.ENDED, null, null, "linkDown")));
            dialogues.clear();
        }
    }

    void message(RouteMessage message) {
        if (message instanceof RouteMessage.Request request) {
            request(request);
        } else if (message instanceof RouteMessage.ReRoute again) {
            reRoute(again);
        } else if (message instanceof RouteMessage.Used used) {
            used(used);
        } else if (message instanceof RouteMessage.End end) {
            ended(end.crossRef(), end.error());
        }
    }

    private void request(RouteMessage.Request request) {
        String called = Device.idOf(request.currentRoute());
        String routeing = Device.idOf(request.routeingDevice());
        String callId =
                request.routedCall() == null ? null : request.routedCall().callId();
        CallIds.Known call = ids.of(callId == null ? "route-" + request.crossRef() : callId, request.correlatorData());
        var question = new Acd.RouteQuestion(
                settings.id(),
                request.crossRef(),
                call.id(),
                Device.idOf(request.calling()),
                called == null ? routeing : called,
                queue(called, routeing),
                call.token());
        var dialogue = new Dialogue(request, question);
        dialogues.put(request.crossRef(), dialogue);
        if (!outlet.publishNow(dialogue.step(RouteStep.REQUESTED, null, null, null), call.id())) {
            dialogues.remove(request.crossRef());
            send(new RouteMessage.End(request.crossRef(), request.registerId(), null, null));
            LOG.warn("{}: route request {} left to the ACD, the spool is full", settings.id(), request.crossRef());
            return;
        }
        ask(dialogue, request.replyTimeout());
    }

    /** The device that is an ACD group of some agent. */
    private @Nullable String queue(@Nullable String called, @Nullable String routeing) {
        if (called != null && agents.hasGroup(called)) {
            return called;
        }
        return routeing != null && agents.hasGroup(routeing) ? routeing : null;
    }

    private void ask(Dialogue dialogue, @Nullable Integer replyTimeout) {
        Duration within = settings.routeTimeout();
        if (replyTimeout != null && replyTimeout > 0) {
            Duration given = Duration.ofMillis(replyTimeout).minus(MARGIN);
            within = given.compareTo(within) < 0 ? given : within;
        }
        if (within.isNegative() || within.isZero()) {
            within = Duration.ofMillis(1);
        }
        int round = ++dialogue.round;
        dialogue.asking = true;
        point.offer(
                dialogue.question,
                within,
                question -> new RouteAnswer.End("no answer in time"),
                answered -> lane.execute(() -> answer(dialogue, round, answered)));
    }

    private void answer(Dialogue dialogue, int round, OfferPoint.Answered<RouteAnswer> answered) {
        boolean over = dialogues.get(dialogue.question.crossRef()) != dialogue || !dialogue.asking;
        if (over || round != dialogue.round) {
            meters.lateRoute();
            LOG.debug("{}: answer to route request {} came late", settings.id(), dialogue.question.crossRef());
            return;
        }
        dialogue.asking = false;
        RouteAnswer answer = answered.answer();
        String by = answered.by().equals("flow") ? "" : answered.by() + ": ";
        if (answer instanceof RouteAnswer.End end) {
            end(dialogue, null, by + end.reason());
        } else if (settings.mode() == Mode.OBSERVE) {
            String wanted = answer instanceof RouteAnswer.Select select ? select.destination() : null;
            end(dialogue, wanted, "observed: " + reason(answer));
        } else if (answer instanceof RouteAnswer.Select select) {
            select(dialogue, select);
        } else if (answer instanceof RouteAnswer.Reject reject) {
            reject(dialogue, reject);
        }
    }

    private static String reason(RouteAnswer answer) {
        if (answer instanceof RouteAnswer.Select select) {
            return select.reason();
        }
        return answer instanceof RouteAnswer.Reject reject ? reject.reason() : "";
    }

    private void select(Dialogue dialogue, RouteAnswer.Select select) {
        Route step = dialogue.step(RouteStep.SELECTED, select.destination(), select.agent(), select.reason());
        if (!outlet.publishNow(step, dialogue.question.call())) {
            end(dialogue, null, "the spool is full");
            return;
        }
        dialogue.selected = select.destination();
        dialogue.agent = select.agent();
        RouteMessage.Request request = dialogue.request;
        send(new RouteMessage.Select(
                request.crossRef(),
                request.registerId(),
                select.destination(),
                select.alternates(),
                true,
                correlator(dialogue)));
        lane.after(USED_WITHIN, () -> dialogues.remove(request.crossRef(), dialogue));
    }

    /** The host's token goes back with the answer, so that the ACD carries it on to the agent. */
    private static @Nullable HexData correlator(Dialogue dialogue) {
        return dialogue.request.correlatorData();
    }

    private void reject(Dialogue dialogue, RouteAnswer.Reject reject) {
        dialogues.remove(dialogue.question.crossRef());
        publish(dialogue, dialogue.step(RouteStep.REJECTED, null, null, reject.reason()));
        RouteMessage.Request request = dialogue.request;
        send(new RouteMessage.Reject(request.crossRef(), request.registerId(), reject.cause(), null));
    }

    private void end(Dialogue dialogue, @Nullable String wanted, String reason) {
        dialogues.remove(dialogue.question.crossRef());
        publish(dialogue, dialogue.step(RouteStep.ENDED, wanted, null, reason));
        RouteMessage.Request request = dialogue.request;
        send(new RouteMessage.End(request.crossRef(), request.registerId(), null, null));
    }

    private void publish(Dialogue dialogue, Route step) {
        outlet.publish(Origin.ACD, step, dialogue.question.call());
    }

    private void send(CstaMessage message) {
        CstaSession current = session;
        if (current != null) {
            current.send(message);
        }
    }

    private void reRoute(RouteMessage.ReRoute again) {
        Dialogue dialogue = dialogues.get(again.crossRef());
        if (dialogue == null) {
            send(new RouteMessage.End(again.crossRef(), again.registerId(), null, null));
            return;
        }
        publish(dialogue, dialogue.step(RouteStep.REQUESTED, dialogue.selected, dialogue.agent, "reRoute"));
        ask(dialogue, again.replyTimeout());
    }

    private void used(RouteMessage.Used used) {
        Dialogue dialogue = dialogues.remove(used.crossRef());
        if (dialogue == null) {
            return;
        }
        String destination = Device.idOf(used.routeUsed());
        boolean asSelected = destination == null || destination.equals(dialogue.selected);
        publish(
                dialogue,
                dialogue.step(
                        RouteStep.USED,
                        destination,
                        asSelected ? dialogue.agent : null,
                        asSelected ? null : "other than selected: " + dialogue.selected));
    }

    private void ended(String crossRef, @Nullable CstaError error) {
        Dialogue dialogue = dialogues.remove(crossRef);
        if (dialogue != null) {
            String reason = error == null ? "ended by the ACD" : "ended by the ACD: " + error.code();
            publish(dialogue, dialogue.step(RouteStep.ENDED, dialogue.selected, dialogue.agent, reason));
        }
    }
}
