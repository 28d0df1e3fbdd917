package org.jackfield.acd.asterisk;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.OfferPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers calls that wait in {@code AGI(agi:async)}: a Redirect, a Hangup, or the end of the AGI, and then the dialplan
 * goes on by itself. One answer each, in time, and none once Asterisk has ended the wait. Used on the lane only. A Redirect
 * leaves after its event is in the spool.
 */
final class RouteDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RouteDesk.class);
    private static final int MOST = 20_000;

    private final Settings settings;
    private final Agents agents;
    private final Calls calls;
    private final Outlet outlet;
    private final Meters meters;
    private final Lane lane;
    private final OfferPoint<Acd.RouteQuestion, RouteAnswer> point;
    /** By the Uniqueid of the waiting channel. */
    private final Map<String, Dialogue> dialogues = new HashMap<>();
    /** What was selected and is not used yet, by Linkedid. */
    private final Map<String, Dialogue> selected = new HashMap<>();

    private @Nullable AmiSession session;

    private static final class Dialogue {
        private final Acd.RouteQuestion question;
        private final String channel;
        private final String linked;
        private @Nullable String destination;
        private @Nullable String agent;

        Dialogue(Acd.RouteQuestion question, String channel, String linked) {
            this.question = question;
            this.channel = channel;
            this.linked = linked;
        }

        Route step(RouteStep step, @Nullable String to, @Nullable String ofAgent, @Nullable String reason) {
            return new Route(
                    step,
                    question.call(),
                    question.crossRef(),
                    question.calling(),
                    question.called(),
                    question.queue(),
                    to,
                    ofAgent,
                    reason);
        }
    }

    RouteDesk(Settings settings, Agents agents, Calls calls, Outlet outlet, Meters meters, Lane lane) {
        this.settings = settings;
        this.agents = agents;
        this.calls = calls;
        this.outlet = outlet;
        this.meters = meters;
        this.lane = lane;
        this.point = OfferPoint.create("route", Acd.RouteQuestion.class, RouteAnswer.class, lane.timer());
    }

    OfferPoint<Acd.RouteQuestion, RouteAnswer> point() {
        return point;
    }

    /** Answers go to {@code current} from now on; null ends all dialogues, for the dialplan goes on by itself then. */
    void session(@Nullable AmiSession current) {
        session = current;
        if (current == null) {
            dialogues.values().forEach(d -> publish(d, d.step(RouteStep.ENDED, null, null, "linkDown")));
            dialogues.clear();
            selected.clear();
        }
    }

    void event(String kind, AmiMessage event) {
        switch (kind) {
            case "AsyncAGIStart" -> asked(event);
            case "AsyncAGIEnd" -> ended(event);
            case "QueueCallerJoin" -> used(event.get("Linkedid"), event.get("Queue"));
            case "DialBegin" -> used(event.get("DestLinkedid"), agents.device(event.get("DestChannel")));
            case "Hangup" -> ended(event);
            default -> {}
        }
    }

    private void asked(AmiMessage event) {
        Calls.Call call = calls.offered(event);
        String channel = event.get("Channel");
        String id = event.get("Uniqueid");
        if (call == null || channel == null || id == null) {
            meters.refused("no-channel");
            return;
        }
        String called = event.get("Exten");
        var question = new Acd.RouteQuestion(
                settings.id(),
                id,
                call.id(),
                event.get("CallerIDNum"),
                called,
                agents.hasGroup(called) ? called : null,
                call.token());
        var dialogue = new Dialogue(question, channel, event.get("Linkedid", id));
        if (!outlet.publishNow(dialogue.step(RouteStep.REQUESTED, null, null, null), call.id())) {
            LOG.warn("{}: route request {} left to the dialplan, the spool is full", settings.id(), id);
            goOn(dialogue);
            return;
        }
        dialogues.put(id, dialogue);
        point.offer(
                question,
                settings.routeTimeout(),
                asked -> new RouteAnswer.End("no answer in time"),
                answered -> lane.execute(() -> answer(dialogue, answered)));
    }

    private void answer(Dialogue dialogue, OfferPoint.Answered<RouteAnswer> answered) {
        if (dialogues.get(dialogue.question.crossRef()) != dialogue) {
            meters.lateRoute();
            LOG.debug("{}: answer to route request {} came late", settings.id(), dialogue.question.crossRef());
            return;
        }
        RouteAnswer answer = answered.answer();
        String by = answered.by().equals("flow") ? "" : answered.by() + ": ";
        if (answer instanceof RouteAnswer.End end) {
            end(dialogue, null, by + end.reason());
        } else if (settings.mode() == Mode.OBSERVE) {
            String wanted = answer instanceof RouteAnswer.Select select ? select.destination() : null;
            end(dialogue, wanted, "observed");
        } else if (answer instanceof RouteAnswer.Select select) {
            select(dialogue, select);
        } else if (answer instanceof RouteAnswer.Reject reject) {
            reject(dialogue, reject);
        }
    }

    private void select(Dialogue dialogue, RouteAnswer.Select select) {
        AmiSession current = session;
        if (current == null || !Orders.dialable(select.destination())) {
            end(dialogue, null, "no destination: " + select.destination());
            return;
        }
        Route step = dialogue.step(RouteStep.SELECTED, select.destination(), select.agent(), select.reason());
        if (!outlet.publishNow(step, dialogue.question.call())) {
            end(dialogue, null, "the spool is full");
            return;
        }
        dialogues.remove(dialogue.question.crossRef());
        dialogue.destination = select.destination();
        dialogue.agent = select.agent();
        if (selected.size() < MOST) {
            selected.put(dialogue.linked, dialogue);
        }
        var redirect = new AmiAction("Redirect")
                .with("Channel", dialogue.channel)
                .with("Context", settings.routeContext())
                .with("Exten", select.destination())
                .with("Priority", "1");
        current.request(redirect, settings.requestTimeout(), (answer, failure) -> {
            if (failure != null && selected.remove(dialogue.linked, dialogue)) {
                publish(dialogue, dialogue.step(RouteStep.ENDED, null, null, failure.getMessage()));
            }
        });
    }

    private void reject(Dialogue dialogue, RouteAnswer.Reject reject) {
        dialogues.remove(dialogue.question.crossRef());
        publish(dialogue, dialogue.step(RouteStep.REJECTED, null, null, reject.reason()));
        AmiSession current = session;
        if (current != null) {
            // 17 user busy, 21 call rejected (ITU-T Q.850)
            String cause = reject.cause().toLowerCase(java.util.Locale.ROOT).contains("busy") ? "17" : "21";
            var hangup =
                    new AmiAction("Hangup").with("Channel", dialogue.channel).with("Cause", cause);
            current.request(hangup, settings.requestTimeout(), (answer, failure) -> {});
        }
    }

    private void end(Dialogue dialogue, @Nullable String wanted, String reason) {
        dialogues.remove(dialogue.question.crossRef());
        publish(dialogue, dialogue.step(RouteStep.ENDED, wanted, null, reason));
        goOn(dialogue);
    }

    /** Lets the dialplan go on behind the AGI. */
    private void goOn(Dialogue dialogue) {
        AmiSession current = session;
        if (current != null) {
            var end = new AmiAction("AGI")
                    .with("Channel", dialogue.channel)
                    .with("Command", "ASYNCAGI BREAK")
                    .with("CommandID", "jackfield");
            current.request(end, settings.requestTimeout(), (answer, failure) -> {});
        }
    }

    private void publish(Dialogue dialogue, Route step) {
        outlet.publish(Origin.ACD, step, dialogue.question.call());
    }

    /** Asterisk has ended the wait: the caller hung up, or the dialplan did not wait longer. */
    private void ended(AmiMessage event) {
        String id = event.get("Uniqueid");
        Dialogue dialogue = id == null ? null : dialogues.remove(id);
        if (dialogue != null) {
            publish(dialogue, dialogue.step(RouteStep.ENDED, null, null, "ended by Asterisk"));
        }
        if (event.is("Event", "Hangup")) {
            selected.values().removeIf(one -> one.question.crossRef().equals(id));
        }
    }

    private void used(@Nullable String linked, @Nullable String destination) {
        Dialogue dialogue = linked == null || destination == null ? null : selected.remove(linked);
        if (dialogue != null) {
            boolean asSelected = Objects.equals(destination, dialogue.destination);
            publish(
                    dialogue,
                    dialogue.step(
                            RouteStep.USED,
                            destination,
                            asSelected ? dialogue.agent : null,
                            asSelected ? null : "other than selected: " + dialogue.destination));
        }
    }
}
