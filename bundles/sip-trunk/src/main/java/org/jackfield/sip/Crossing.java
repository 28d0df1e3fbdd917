package org.jackfield.sip;

import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionTimer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/**
 * A request inside of a call on its way from one leg to the other: re-INVITE, UPDATE, INFO and what else has no meaning
 * for the host. For the stack's thread.
 */
final class Crossing implements ResponseHandler {
    private final TrunkEngine engine;
    private final Leg from;
    private final Leg to;
    private final ServerTransaction transaction;
    private @Nullable ClientTransaction sent;
    private Leg.@Nullable AckWaiter onAck;

    private Crossing(TrunkEngine engine, Leg from, Leg to, ServerTransaction transaction) {
        this.engine = engine;
        this.from = from;
        this.to = to;
        this.transaction = transaction;
    }

    /** Passes a request on, or answers it when it cannot cross. */
    static void pass(TrunkEngine engine, Leg from, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Leg to = from.peer;
        Dialog dialog = to == null ? null : to.dialog;
        if (to == null || dialog == null || to.ended) {
            engine.headers().refuse(transaction, 480);
        } else if (!to.allows(request.methodText())) {
            engine.headers().notAllowed(transaction);
        } else if (request.maxForwards() == 0) {
            engine.headers().refuse(transaction, 483);
        } else if (!change(request)) {
            new Crossing(engine, from, to, transaction).send(dialog);
        } else if (from.changed != null || to.changing != null) {
            engine.headers().refuse(transaction, 491); // RFC 3261 section 14.2: our own change is on its way there
        } else if (from.changing != null || from.awaitsAck()) {
            engine.headers().later(transaction, "One Change At A Time");
        } else if (SessionTimer.tooSmall(request, engine.settings().rules().sessionLeast())) {
            NewCalls.tooSmall(engine, transaction);
        } else if (refresh(from, to, request)) {
            answerRefresh(engine, from, to, transaction);
        } else if (!from.onSbc() && to.onSbc() && MediaRules.moved(from.sdp, MediaRules.sdp(request))) {
            engine.headers().refuse(transaction, 488, "Media Target Moved"); // the SBC anchors it
        } else {
            new Crossing(engine, from, to, transaction).sendChange(dialog);
        }
    }

    /** True when nothing changes: the session is refreshed (RFC 4028), and the other side need not know. */
    private static boolean refresh(Leg from, Leg to, SipMessage request) {
        String sdp = MediaRules.sdp(request);
        if (to.sdp.isEmpty() || from.sdp.isEmpty()) {
            return false;
        }
        return request.hasBody()
                ? sdp.equals(from.sdp) && request.method() == SipMethod.INVITE
                : request.method() == SipMethod.UPDATE;
    }

    private static void answerRefresh(TrunkEngine engine, Leg from, Leg to, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Dialog dialog = from.dialog;
        if (dialog != null) {
            dialog.refreshTarget(request);
        }
        Observation.report(engine, from, request);
        SipWriter writer = transaction.response(200, "OK");
        engine.headers().own(writer, from, null);
        SessionClock.agree(engine, from, request, writer);
        if (request.hasBody()) {
            writer.body("application/sdp", from.onSbc() ? MediaRules.forSbc(to.sdp, to.sdp) : to.sdp);
        }
        transaction.respond(writer.build());
    }

    /** RFC 3261 section 14, RFC 3311. */
    private static boolean change(SipMessage request) {
        return request.method() == SipMethod.INVITE || request.method() == SipMethod.UPDATE;
    }

    private ClientTransaction send(Dialog dialog) {
        SipMessage request = transaction.request();
        SipWriter writer = dialog.request(engine.stack(), request.methodText())
                .add(SipHeader.MAX_FORWARDS, request.maxForwards() - 1);
        engine.headers().own(writer, to, request);
        HeaderRules.cross(request, writer, to, engine.settings().rules().identity(), true);
        MediaRules.cross(request, writer, to, from.sdp);
        return engine.send(to, dialog, writer.build(), this);
    }

    private void sendChange(Dialog dialog) {
        ClientTransaction client = send(dialog);
        sent = client;
        from.changing = transaction;
        to.changed = client;
        transaction.attach(this);
    }

    /** The peer took its re-INVITE back; the other side's final answer is passed on as ever. */
    void cancel(SipMessage cancel) {
        ClientTransaction outgoing = sent;
        if (outgoing != null) {
            outgoing.cancel(writer -> writer.copyAll(cancel, SipHeader.REASON));
        }
    }

    void acked(@Nullable SipMessage ack) {
        Leg.AckWaiter waiter = onAck;
        onAck = null;
        if (waiter != null) {
            waiter.acked(ack);
        }
    }

    void ackMissing() {
        acked(null);
        from.session.hangUp(from, "408");
    }

    @Override
    public void onResponse(ClientTransaction client, SipMessage response) {
        int status = response.status();
        if (status == 100) {
            return;
        }
        if (status >= 200) {
            settled();
        }
        to.met(response);
        if (change(transaction.request()) && status >= 200 && status < 300) {
            changed(client, response);
        }
        int mapped = status == 401 || status == 407 ? 403 : status;
        SipWriter writer = transaction.response(mapped, response.phrase());
        engine.headers().own(writer, from, response);
        HeaderRules.cross(response, writer, from, engine.settings().rules().identity(), true);
        MediaRules.cross(response, writer, from, to.sdp);
        if (change(transaction.request()) && status >= 200 && status < 300) {
            SessionClock.agree(engine, from, transaction.request(), writer);
        } else if (mapped >= 300 && !response.has(SipHeader.REASON)) {
            writer.add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(mapped));
        }
        transaction.respond(writer.build());
        if (status == 481 && stillPaired()) {
            to.session.hangUp(to, "lost"); // RFC 3261 section 12.2.1.2: that side knows of no call
        } else if (status == 408) {
            doubt();
        }
    }

    private boolean stillPaired() {
        return !to.ended && to.peer == from;
    }

    /** Nobody answered there: the call ends when that side does not even know it (RFC 3261 section 12.2.1.2). */
    private void doubt() {
        if (stillPaired()) {
            to.session.probe();
        }
    }

    private void changed(ClientTransaction client, SipMessage response) {
        SipMessage request = transaction.request();
        Observation.report(engine, from, request);
        from.learn(request);
        to.learn(response);
        Dialog origin = from.dialog;
        Dialog dialog = to.dialog;
        if (origin != null) {
            origin.refreshTarget(request);
        }
        if (dialog == null) {
            return;
        }
        dialog.refreshTarget(response);
        if (request.method() == SipMethod.INVITE && request.hasBody()) {
            SetUp.acknowledge(engine.stack(), client, dialog, to, null);
        } else if (request.method() == SipMethod.INVITE) {
            onAck = late -> SetUp.acknowledge(engine.stack(), client, dialog, to, late);
        }
        engine.calls().save(from.session);
    }

    private void settled() {
        from.changing = null;
        to.changed = null;
    }

    @Override
    public void onFailure(ClientTransaction client, Failure failure) {
        settled();
        engine.headers().refuse(transaction, failure == Failure.TIMEOUT ? 408 : 503, "Other Side Silent");
        if (failure == Failure.TIMEOUT) {
            doubt();
        }
    }
}
