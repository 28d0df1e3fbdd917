package org.jackfield.sip;

import java.util.HashMap;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes through the host: two legs, back to back (RFC 3261 section 6, B2BUA).
 * For the stack's thread. Every event is in the spool before the answer that depends on it leaves.
 */
final class Session {
    final String id;
    final String call;
    final @Nullable String calling;
    final @Nullable String called;
    final @Nullable String uui;
    /** How many transfers led here. */
    final int transfers;
    /** The SIP Call-ID of the leg that began it, by which its events name it. */
    final String leg;

    Leg a;

    @Nullable
    Leg b;
    /** The transfer that this call carries out, when the ACD dialled its alias. */
    @Nullable
    Referral serving;

    private final TrunkEngine engine;
    private final Map<String, String> forks = new HashMap<>(2);
    private TimerWheel.@Nullable Timer ringing;
    private TimerWheel.@Nullable Timer ringback;
    private boolean rang;
    private boolean established;
    private boolean cleared;

    /** A call that begins with an INVITE. */
    Session(TrunkEngine engine, ServerTransaction invite, Trunk.Side side, Hop hop, Identity identity) {
        this.engine = engine;
        this.id = invite.localTag();
        this.call = identity.call();
        this.calling = identity.calling();
        this.called = identity.called();
        this.uui = identity.uui();
        this.transfers = identity.transfers();
        this.leg = invite.request().callId();
        this.a = new Leg(this, side, hop, leg);
        a.invite = invite;
        a.learn(invite.request());
        invite.attach(this);
        engine.register(a, invite.localTag());
    }

    /** A call from before a restart. */
    Session(TrunkEngine engine, String id, DialogRecord from) {
        this.engine = engine;
        this.id = id;
        this.call = from.call();
        this.calling = from.calling();
        this.called = from.called();
        this.uui = from.uui();
        this.transfers = from.transfers();
        this.leg = from.leg();
        this.a = restored(from.a());
        Leg other = restored(from.b());
        this.b = other;
        a.peer = other;
        other.peer = a;
        established = true;
    }

    /** Who calls whom, and the host's id for it. */
    record Identity(
            String call,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String uui,
            int transfers) {}

    private Leg restored(DialogRecord.Leg from) {
        Dialog dialog = Dialog.restore(from.dialog());
        Leg leg = new Leg(this, from.side(), Hop.parse(from.dialog().hop()), dialog.callId());
        leg.dialog = dialog;
        leg.sdp = from.sdp();
        leg.allow = from.allow();
        engine.register(leg, dialog.localTag());
        return leg;
    }

    // --- set-up -----------------------------------------------------------------------------------------------------

    /** The INVITE as it came; only while the call is being set up. */
    private ServerTransaction invite() {
        ServerTransaction invite = a.invite;
        if (invite == null) {
            throw new IllegalStateException("call " + call + " did not begin with an INVITE");
        }
        return invite;
    }

    /** True while the caller waits for a final answer. */
    boolean ringing() {
        return a.invite != null && !a.ended && !invite().answered();
    }

    boolean established() {
        return established && !cleared;
    }

    /** Sends the INVITE on. */
    void dial(String uri, Trunk.Side side, Hop hop) {
        SipMessage in = invite().request();
        Leg leg = new Leg(this, side, hop, engine.stack().newCallId());
        String tag = engine.stack().newTag();
        leg.peer = a;
        a.peer = leg;
        b = leg;
        engine.register(leg, tag);
        Referral transfer = serving;
        SipWriter writer = engine.stack()
                .request("INVITE", uri, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, in.maxForwards() - 1)
                .add(SipHeader.FROM, NameAddr.withoutTag(text(in, SipHeader.FROM)) + ";tag=" + tag)
                .add(SipHeader.TO, transfer == null ? text(in, SipHeader.TO) : "<" + uri + ">")
                .add(SipHeader.CALL_ID, leg.callId)
                .add(SipHeader.CSEQ, "1 INVITE");
        engine.own(writer, leg, in);
        String value = uui;
        if (value != null) {
            writer.add(SipHeader.USER_TO_USER, Uui.header(value));
        }
        engine.foreignUui(in, writer, value);
        HeaderRules.cross(in, writer, transfer == null);
        if (transfer != null) {
            transfer.referredBy(writer);
        }
        leg.outgoing = engine.stack().send(writer.build(), hop, new Invited(leg));
        ringing = engine.stack().schedule(engine.settings().ringTimeout(), this::rangTooLong);
        if (engine.settings().ringback() > 0 && a.onSbc()) {
            ringback = engine.stack().schedule(engine.settings().ringback(), this::ringOurselves);
        }
    }

    private static String text(SipMessage message, SipHeader header) {
        String value = message.first(header);
        return value == null ? "" : value;
    }

    /** Teams and carriers give a trunk up that does not ring in time; a slow ACD must not be the reason. */
    private void ringOurselves() {
        if (ringing() && !rang) {
            rang = true;
            SipWriter writer = invite().response(180, "Ringing");
            engine.own(writer, a, null);
            invite().respond(writer.build());
        }
    }

    private void rangTooLong() {
        if (ringing()) {
            refuse(480, "no answer in time");
            cancelOutgoing(null);
        }
    }

    private void stopRinging() {
        engine.stack().cancel(ringing);
        engine.stack().cancel(ringback);
    }

    /** Gives the caller a final error and ends the call; the other leg is the caller's business. */
    void refuse(int status, String why) {
        if (!ringing()) {
            return;
        }
        SipWriter writer = invite().response(status, Causes.phrase(status));
        engine.sign(writer, a, null);
        writer.add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(status) + ";text=\"" + why + "\"");
        if (status == 503) {
            writer.add(SipHeader.RETRY_AFTER, 5);
        }
        failed(status, writer.build());
    }

    /** 302 with another address. */
    void redirect(String uri) {
        if (ringing()) {
            SipMessage response = invite().response(302, Causes.phrase(302))
                    .add(SipHeader.CONTACT, "<" + uri + ">")
                    .build();
            finish(CallEvents.Kind.DIVERTED, a, uri, () -> invite().respond(response));
            engine.ended(this);
        }
    }

    private void failed(int status, SipMessage response) {
        stopRinging();
        finish(CallEvents.Kind.FAILED, a, Integer.toString(status), () -> invite().respond(response));
        Referral transfer = serving;
        if (transfer != null) {
            transfer.failed(status, "the new leg was answered " + status);
        }
        engine.count("failed");
        engine.unregister(a);
        engine.ended(this);
    }

    /** The one event that ends a call, and what may only happen behind it. */
    private void finish(CallEvents.Kind kind, Leg seen, @Nullable String cause, Runnable then) {
        if (cleared) {
            then.run();
            return;
        }
        cleared = true;
        engine.events()
                .append(
                        TrunkEvents.origin(seen.side),
                        call,
                        TrunkEvents.call(kind, this, leg, seen, engine.agent(this), cause),
                        () -> {
                            if (established) {
                                engine.forgetDialogs(this); // behind the event, so that a kill between loses neither
                            }
                            then.run();
                        },
                        () -> engine.count("unrecorded"));
    }

    private final class Invited implements ResponseHandler {
        private final Leg leg;

        Invited(Leg leg) {
            this.leg = leg;
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            int status = response.status();
            if (status >= 300) {
                rejected(response, status);
            } else if (status >= 200) {
                answered(transaction, response);
            } else if (status > 100 && ringing()) {
                progress(response, status);
            }
        }

        private void progress(SipMessage response, int status) {
            rang = true;
            SipWriter writer = invite().response(status, response.phrase(), tagFor(response.toTag()));
            engine.own(writer, a, response);
            HeaderRules.cross(response, writer, true);
            invite().respond(writer.build());
            Referral transfer = serving;
            if (transfer != null) {
                transfer.progress(status, response.phrase());
            }
        }

        private void answered(ClientTransaction transaction, SipMessage response) {
            Dialog dialog = Dialog.uac(transaction.request(), response, leg.hop);
            if (leg.dialog != null || !ringing()) {
                ack(transaction, dialog, null);
                engine.byeAndForget(dialog); // another fork, or the caller has gone
                if (leg.dialog == null) {
                    engine.unregister(leg);
                }
                return;
            }
            stopRinging();
            leg.dialog = dialog;
            leg.learn(response);
            String tag = tagFor(response.toTag());
            a.dialog = Dialog.uas(invite().request(), tag, a.hop);
            established = true;
            engine.established(Session.this, leg);
            if (invite().request().hasBody()) {
                ack(transaction, dialog, null);
            } else {
                a.onAck = late -> ack(transaction, dialog, late); // the answer comes with the caller's ACK
            }
            SipWriter writer = invite().response(response.status(), response.phrase(), tag);
            engine.own(writer, a, response);
            HeaderRules.cross(response, writer, true);
            invite().respond(writer.build());
            Referral transfer = serving;
            if (transfer != null) {
                transfer.completed();
            }
        }

        private void rejected(SipMessage response, int status) {
            engine.unregister(leg);
            if (!ringing()) {
                return;
            }
            int mapped = Causes.across(status);
            SipWriter writer = invite().response(mapped, mapped == status ? response.phrase() : Causes.phrase(mapped));
            engine.sign(writer, a, response);
            if (!response.has(SipHeader.REASON)) {
                writer.add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(status));
            }
            HeaderRules.cross(response, writer, true);
            failed(mapped, writer.build());
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            engine.unregister(leg);
            engine.noteTarget(leg.hop, false);
            refuse(503, failure == Failure.TIMEOUT ? "next hop silent" : "next hop unreachable");
        }
    }

    private void ack(ClientTransaction transaction, Dialog dialog, @Nullable SipMessage late) {
        SipWriter writer =
                dialog.ack(engine.stack(), transaction.request().cseq()).add(SipHeader.MAX_FORWARDS, 70);
        if (late != null && late.hasBody()) {
            writer.copyAll(late, SipHeader.CONTENT_TYPE).bodyOf(late);
        }
        transaction.ack(writer.build(), dialog.hop());
    }

    /** Our tag toward the caller for the fork with this tag: each fork is a dialog of its own (RFC 3261 section 12.1). */
    private String tagFor(@Nullable String fork) {
        String known = String.valueOf(fork);
        String tag = forks.get(known);
        if (tag == null) {
            tag = forks.isEmpty() ? invite().localTag() : invite().localTag() + "." + forks.size();
            forks.put(known, tag);
            engine.register(a, tag);
        }
        return tag;
    }

    /** The caller took the INVITE back. */
    void cancelled(SipMessage cancel) {
        if (!ringing()) {
            return;
        }
        stopRinging();
        SipMessage response = invite().response(487, Causes.phrase(487)).build();
        finish(CallEvents.Kind.CLEARED, a, "487", () -> invite().respond(response));
        cancelOutgoing(cancel);
        Referral transfer = serving;
        if (transfer != null) {
            transfer.failed(487, "the ACD took the new leg back");
        }
        engine.count("cancelled");
        engine.unregister(a);
        engine.ended(this);
    }

    private void cancelOutgoing(@Nullable SipMessage cancel) {
        Leg leg = b;
        ClientTransaction outgoing = leg == null ? null : leg.outgoing;
        if (outgoing != null) {
            outgoing.cancel(writer -> {
                if (cancel != null) {
                    writer.copyAll(cancel, SipHeader.REASON);
                }
            });
        }
    }

    // --- the established call
    // -----------------------------------------------------------------------------------------

    /** A request inside of one of the dialogs. */
    void onRequest(Leg leg, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Dialog dialog = leg.dialog;
        if (leg.ended) {
            transaction.respond(request.method() == SipMethod.BYE ? 200 : 481, "Gone");
            return;
        }
        if (dialog == null) {
            onEarlyRequest(leg, transaction);
            return;
        }
        if (!dialog.matches(request)) {
            transaction.respond(481, Causes.phrase(481));
        } else if (!dialog.inOrder(request)) {
            transaction.respond(500, "Out Of Order");
        } else {
            switch (request.method()) {
                case BYE -> onBye(leg, transaction);
                case REFER -> engine.onRefer(leg, transaction);
                case OPTIONS -> engine.answerOptions(transaction);
                case INVITE, UPDATE -> onChange(leg, transaction);
                case NOTIFY -> transaction.respond(481, "Subscription Does Not Exist");
                case PRACK, SUBSCRIBE, CANCEL, ACK -> engine.notAllowed(transaction);
                default -> pass(leg, transaction);
            }
        }
    }

    /** RFC 3261 section 15: a caller may BYE an early dialog; that is as good as CANCEL. */
    private void onEarlyRequest(Leg leg, ServerTransaction transaction) {
        if (transaction.request().method() == SipMethod.BYE && leg == a && ringing()) {
            SipMessage bye = transaction.request();
            cancelled(bye);
            transaction.respond(200, "OK");
        } else {
            transaction.respond(transaction
                    .response(500, "Not Yet")
                    .add(SipHeader.RETRY_AFTER, 1)
                    .build());
        }
    }

    private void onBye(Leg leg, ServerTransaction transaction) {
        SipMessage bye = transaction.request();
        leg.ended = true;
        ServerTransaction opened = leg.invite;
        if (opened != null) {
            opened.stopWaiting(); // RFC 3261: a BYE may overtake the ACK on UDP
        }
        settleLateAnswer(leg);
        Runnable answer = () -> {
            transaction.respond(200, "OK");
            engine.unregister(leg);
        };
        Leg other = leg.peer;
        Referral referral = leg.referral;
        if (referral == null && other != null && other.referral != null) {
            referral = other.referral;
        }
        if ((leg != a && leg != b) || (referral != null && referral.leg() == leg)) {
            answer.run(); // the referrer leaves; what becomes of the call is the transfer's outcome
        } else {
            finishBye(leg, bye, answer);
        }
        if (referral != null && referral.onBye(leg)) {
            return; // the other side stays until the transfer has its outcome
        }
        if (other != null) {
            bye(other, bye);
        }
    }

    private void finishBye(Leg leg, SipMessage bye, Runnable answer) {
        if (!cleared) {
            engine.count("cleared");
            engine.ended(this);
        }
        finish(CallEvents.Kind.CLEARED, leg, bye.first(SipHeader.REASON), answer);
    }

    private void settleLateAnswer(Leg leg) {
        Leg.AckWaiter waiter = leg.onAck;
        leg.onAck = null;
        if (waiter != null) {
            waiter.acked(null);
        }
    }

    /** The ACK for the 2xx to the caller's INVITE. */
    void onAck(SipMessage ack) {
        if (ack.hasBody()) {
            a.learn(ack);
        }
        Leg.AckWaiter waiter = a.onAck;
        a.onAck = null;
        if (waiter != null) {
            waiter.acked(ack);
        }
    }

    /** No ACK came for a 2xx: nobody knows what the peer thinks, so the call ends (RFC 3261 section 13.3.1.4). */
    void onAckMissing() {
        settleLateAnswer(a);
        hangUp(a, "408");
    }

    /** Ends the call from here. */
    void hangUp(Leg seen, String cause) {
        if (!cleared) {
            engine.count("dropped");
            engine.ended(this);
        }
        Leg other = b;
        finish(CallEvents.Kind.CLEARED, seen, cause, () -> {
            bye(a, null);
            if (other != null) {
                bye(other, null);
            }
        });
    }

    /** Sends BYE, after the ACK when one is due (RFC 3261 section 15). */
    void bye(Leg leg, @Nullable SipMessage cause) {
        Dialog dialog = leg.dialog;
        if (dialog == null || leg.ended) {
            return;
        }
        if (leg.awaitsAck()) {
            Leg.AckWaiter before = leg.onAck;
            leg.onAck = ack -> {
                if (before != null) {
                    before.acked(ack);
                }
                bye(leg, cause);
            };
            return;
        }
        leg.ended = true;
        SipWriter writer = dialog.request(engine.stack(), "BYE").add(SipHeader.MAX_FORWARDS, 70);
        if (cause != null) {
            writer.copyAll(cause, SipHeader.REASON);
        }
        engine.sign(writer, leg, null);
        engine.stack().send(writer.build(), dialog.hop(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() >= 200) {
                    engine.unregister(leg);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                engine.unregister(leg);
            }
        });
    }

    // --- requests that cross
    // ------------------------------------------------------------------------------------------

    /** A re-INVITE or UPDATE (RFC 3261 section 14, RFC 3311). */
    private void onChange(Leg leg, ServerTransaction transaction) {
        Leg other = leg.peer;
        if (leg.changed != null || (other != null && other.changing != null)) {
            transaction.respond(491, Causes.phrase(491)); // section 14.2: our own change is on its way to this peer
        } else if (leg.changing != null || leg.awaitsAck()) {
            transaction.respond(transaction
                    .response(500, "One Change At A Time")
                    .add(SipHeader.RETRY_AFTER, 1)
                    .build());
        } else {
            pass(leg, transaction);
        }
    }

    private void pass(Leg leg, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Leg other = leg.peer;
        Dialog dialog = other == null ? null : other.dialog;
        if (other == null || dialog == null || other.ended) {
            transaction.respond(480, Causes.phrase(480));
            return;
        }
        if (!other.allows(request.methodText())) {
            engine.notAllowed(transaction);
            return;
        }
        if (request.maxForwards() == 0) {
            transaction.respond(483, Causes.phrase(483));
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), request.methodText())
                .add(SipHeader.MAX_FORWARDS, request.maxForwards() - 1);
        engine.own(writer, other, request);
        HeaderRules.cross(request, writer, true);
        Passing passing = new Passing(leg, other, transaction);
        ClientTransaction sent = engine.stack().send(writer.build(), dialog.hop(), passing);
        if (request.method() == SipMethod.INVITE || request.method() == SipMethod.UPDATE) {
            leg.changing = transaction;
            other.changed = sent;
            transaction.attach(passing);
            passing.sent = sent;
        }
    }

    /** A request on its way from one leg to the other. */
    final class Passing implements ResponseHandler {
        private final Leg from;
        private final Leg to;
        private final ServerTransaction transaction;
        private @Nullable ClientTransaction sent;
        private Leg.@Nullable AckWaiter onAck;

        Passing(Leg from, Leg to, ServerTransaction transaction) {
            this.from = from;
            this.to = to;
            this.transaction = transaction;
        }

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
            hangUp(from, "408");
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
            SipMessage request = transaction.request();
            boolean change = request.method() == SipMethod.INVITE || request.method() == SipMethod.UPDATE;
            if (change && status >= 200 && status < 300) {
                changed(client, response);
            }
            int mapped = status == 401 || status == 407 ? 403 : status;
            SipWriter writer = transaction.response(mapped, response.phrase());
            engine.own(writer, from, response);
            HeaderRules.cross(response, writer, true);
            transaction.respond(writer.build());
        }

        private void changed(ClientTransaction client, SipMessage response) {
            SipMessage request = transaction.request();
            from.learn(request);
            to.learn(response);
            Dialog dialog = to.dialog;
            Dialog origin = from.dialog;
            if (origin != null) {
                origin.refreshTarget(request);
            }
            if (dialog == null) {
                return;
            }
            dialog.refreshTarget(response);
            if (request.method() == SipMethod.UPDATE) {
                return;
            }
            if (request.hasBody()) {
                ack(client, dialog, null);
            } else {
                onAck = late -> ack(client, dialog, late);
            }
        }

        private void settled() {
            from.changing = null;
            to.changed = null;
        }

        @Override
        public void onFailure(ClientTransaction client, Failure failure) {
            settled();
            transaction.respond(failure == Failure.TIMEOUT ? 408 : 503, "Other Side Silent");
        }
    }

    // --- transfers
    // ----------------------------------------------------------------------------------------------------

    /** Puts {@code joined} in the place of {@code leaving}; the leg that left stays with its own dialog. */
    void replace(Leg leaving, Leg joined) {
        Leg staying = leaving.peer;
        leaving.peer = null;
        joined.session = this;
        joined.peer = staying;
        if (staying != null) {
            staying.peer = joined;
        }
        if (leaving == a) {
            a = joined;
        } else {
            b = joined;
        }
    }

    /** What a restart needs to know; null while a leg is missing. */
    @Nullable
    DialogRecord record(String link) {
        Leg other = b;
        Dialog first = a.dialog;
        Dialog second = other == null ? null : other.dialog;
        if (first == null || other == null || second == null) {
            return null;
        }
        Referral open = a.referral == null ? other.referral : a.referral;
        return new DialogRecord(
                link,
                call,
                leg,
                calling,
                called,
                uui,
                transfers,
                open == null ? null : open.record(),
                new DialogRecord.Leg(a.side, first.state(), a.sdp, a.allow),
                new DialogRecord.Leg(other.side, second.state(), other.sdp, other.allow));
    }

    /** Asks both peers whether they still know the call (RFC 3261 section 11.2); ends it when one does not. */
    void probe() {
        probe(a);
        Leg other = b;
        if (other != null) {
            probe(other);
        }
    }

    private void probe(Leg asked) {
        Dialog dialog = asked.dialog;
        if (dialog == null || asked.ended || cleared) {
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "OPTIONS").add(SipHeader.MAX_FORWARDS, 70);
        engine.own(writer, asked, null);
        engine.stack().send(writer.build(), dialog.hop(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() == 481 || response.status() == 404) {
                    hangUp(asked, "lost");
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                if (failure == Failure.TIMEOUT) {
                    hangUp(asked, "lost");
                }
            }
        });
    }

    /** The trunk stops: whoever still rings gets a final answer; what is up stays up. */
    void stop() {
        if (ringing()) {
            cancelOutgoing(null);
            refuse(503, "the trunk restarts");
        }
    }
}
