package org.jackfield.sip;

import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/**
 * An INVITE with Replaces (RFC 3891) that takes the place of a leg which is up: the other party gets the new media by
 * re-INVITE, the newcomer its answer, and the replaced leg a BYE. For the stack's thread; it has one outcome.
 */
final class Replacement implements ResponseHandler {
    private static final int LOST_RACES = 3;

    private final TrunkEngine engine;
    private final String id;
    private final ServerTransaction invite;
    private final Leg leaving;
    private final Leg joining;
    private final Leg staying;
    private int attempts = LOST_RACES;
    private boolean over;

    Replacement(TrunkEngine engine, String id, ServerTransaction invite, Leg leaving, Leg staying, Leg joining) {
        this.engine = engine;
        this.id = id;
        this.invite = invite;
        this.leaving = leaving;
        this.staying = staying;
        this.joining = joining;
        invite.attach(this);
    }

    void begin() {
        Dialog dialog = staying.dialog;
        if (over) {
            return;
        }
        if (dialog == null || !staying.up() || leaving.peer != staying) {
            refuse(481);
            return;
        }
        if (staying.changing != null || staying.changed != null) {
            engine.stack().schedule(500, this::begin);
            return;
        }
        joining.learn(invite.request());
        SipWriter writer = dialog.request(engine.stack(), "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, staying, joining, null);
        if (invite.request().hasBody()) {
            writer.body("application/sdp", staying.onSbc() ? MediaRules.forSbc(joining.sdp, joining.sdp) : joining.sdp);
        }
        staying.changed = engine.send(staying, dialog, writer.build(), this);
    }

    private void refuse(int status) {
        if (!over) {
            over = true;
            engine.unregister(joining);
            engine.headers().refuse(invite, status);
        }
    }

    /** The newcomer took its INVITE back; the call stays as it is. */
    void cancelled() {
        refuse(487);
    }

    @Override
    public void onResponse(ClientTransaction transaction, SipMessage response) {
        int status = response.status();
        if (status < 200) {
            return;
        }
        staying.changed = null;
        staying.met(response);
        Dialog dialog = staying.dialog;
        if (status < 300 && dialog != null) {
            dialog.refreshTarget(response);
            staying.learn(response);
            if (invite.request().hasBody() || over) {
                SetUp.acknowledge(engine.stack(), transaction, dialog, staying, null);
            } else {
                joining.onAck = late -> SetUp.acknowledge(engine.stack(), transaction, dialog, staying, late);
            }
            joined(response);
        } else if (status == 491 && attempts-- > 0) {
            engine.stack().schedule(1_000, this::begin);
        } else {
            refuse(status == 491 ? 500 : Causes.across(status));
        }
    }

    private void joined(SipMessage response) {
        if (over) {
            return; // taken back meanwhile: the old leg goes on, and its media comes with the next re-INVITE
        }
        over = true;
        Session session = leaving.session;
        joining.dialog = Dialog.uas(invite.request(), invite.localTag(), joining.hop);
        joining.invite = invite;
        session.replace(leaving, joining);
        session.told(this, joining, id);
        SipWriter writer = invite.response(200, "OK");
        engine.headers().own(writer, joining, response);
        SessionClock.agree(engine, joining, invite.request(), writer);
        writer.body("application/sdp", joining.onSbc() ? MediaRules.forSbc(staying.sdp, staying.sdp) : staying.sdp);
        invite.respond(writer.build());
        session.bye(leaving, null);
        engine.calls().save(session);
    }

    CallEvents.Transfer event(Leg joined, String agent) {
        return new CallEvents.Transfer(
                TransferStep.COMPLETED,
                joined.session.call,
                id,
                "consult",
                leaving.callId,
                agent.isEmpty() ? null : agent,
                joined.callId,
                null,
                "replaces",
                200,
                "INVITE with Replaces");
    }

    /** The ACK for our 200. */
    void acked(@Nullable SipMessage ack) {
        joining.invite = null;
        if (ack != null) {
            joining.met(ack);
        }
        if (ack != null && ack.hasBody()) {
            joining.learn(ack);
        }
        joining.settle(ack);
        if (ack == null) {
            joining.session.hangUp(joining, "408");
        }
    }

    @Override
    public void onFailure(ClientTransaction transaction, Failure failure) {
        staying.changed = null;
        refuse(500);
    }

    /** For {@code writer} of a newcomer: nothing of the old dialogs may show. */
    static boolean asked(SipMessage request) {
        return request.has(SipHeader.REPLACES);
    }
}
