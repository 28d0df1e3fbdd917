package org.jackfield.sip;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.HistoryInfo;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Reason;
import org.jackfield.protocol.sip.Replaces;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * A call from its INVITE to its first final answer: both legs ring, one is answered, or it comes to nothing.
 * For the stack's thread.
 */
final class SetUp {
    /** A person needs longer than this to answer. */
    private static final long VOICE_APP_NANOS = 300_000_000;
    /** Of one INVITE; what others than these say before one of all answers is left out. */
    private static final int MOST_FORKS = 64;

    private final TrunkEngine engine;
    private final Session session;
    private Leg caller;
    private ServerTransaction invite;
    private final Map<String, String> forks = new HashMap<>(2);
    private @Nullable Referral serving;
    private @Nullable ClientTransaction outgoing;
    private TimerWheel.@Nullable Timer ringing;
    private TimerWheel.@Nullable Timer ringback;
    private boolean rang;
    /** The caller made no offer, so the SBC got one from here. */
    private boolean converted;

    /** The caller came again with another offer, after the first one had gone on. */
    private boolean offerMoved;

    private @Nullable String remembered;
    private long dialledAt;
    private final EarlyDialogs early;
    private int tags;

    SetUp(TrunkEngine engine, Session session, Leg caller, ServerTransaction invite) {
        this.engine = engine;
        this.session = session;
        this.caller = caller;
        this.invite = invite;
        this.early = new EarlyDialogs(engine);
        invite.attach(this);
    }

    /** True while the caller waits for a final answer. */
    boolean ringing() {
        return !caller.ended && !invite.answered();
    }

    /** The INVITE that the caller waits for. */
    SipMessage request() {
        return invite.request();
    }

    /** By what {@link Repeats} knows it. */
    void rememberedAs(@Nullable String key) {
        remembered = key;
    }

    /**
     * The caller's proxy failed and another one sends the call again: the newcomer is answered from now on, the first
     * INVITE gets 487, and whoever rings goes on ringing. False when the two do not fit.
     */
    boolean repeated(ServerTransaction newcomer, Hop hop) {
        SipMessage request = newcomer.request();
        if (!ringing() || request.hasBody() != invite.request().hasBody()) {
            return false;
        }
        Leg before = caller;
        ServerTransaction first = invite;
        Leg fresh = new Leg(session, before.side, hop, request.callId());
        fresh.invite = newcomer;
        fresh.learn(request);
        fresh.met(request);
        offerMoved |= outgoing != null && !fresh.sdp.equals(before.sdp);
        engine.register(fresh, newcomer.localTag());
        newcomer.attach(this);
        session.callerMoved(fresh);
        caller = fresh;
        invite = newcomer;
        forks.clear();
        tags = 0;
        first.attach(null);
        engine.unregister(before);
        SipWriter gone = first.response(487, Causes.phrase(487));
        engine.headers().sign(gone, before, null);
        first.respond(gone.add(SipHeader.REASON, "SIP;cause=487;text=\"the same call came again\"")
                .build());
        if (rang) {
            SipWriter writer = newcomer.response(180, "Ringing");
            engine.headers().own(writer, fresh, null);
            newcomer.respond(writer.build());
        }
        return true;
    }

    /** Sends the INVITE on for a transfer: to the URI of Refer-To, which becomes To as well. */
    void dial(Referral transfer, Trunk.Side side, Hop hop) {
        serving = transfer;
        dial(transfer.target(), side, hop);
    }

    /** Sends the INVITE on. */
    void dial(String uri, Trunk.Side side, Hop hop) {
        SipMessage in = invite.request();
        Leg callee = new Leg(session, side, hop, engine.stack().newCallId());
        String tag = engine.stack().newTag();
        session.pair(callee);
        engine.register(callee, tag);
        Referral transfer = serving;
        SipWriter writer = engine.stack()
                .request("INVITE", uri, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, in.maxForwards() - 1)
                .add(SipHeader.FROM, from(in, callee) + ";tag=" + tag)
                .add(
                        SipHeader.TO,
                        transfer != null || extension(uri, callee) ? "<" + uri + ">" : text(in, SipHeader.TO))
                .add(SipHeader.CALL_ID, callee.callId)
                .add(SipHeader.CSEQ, "1 INVITE");
        engine.headers().own(writer, callee, in);
        String token = session.uui;
        if (token != null) {
            writer.add(SipHeader.USER_TO_USER, Uui.header(token));
        }
        engine.foreignUui(in, writer, token);
        HeaderRules.cross(in, writer, callee, identity(), transfer == null);
        if (callee.onSbc()) {
            MediaRules.cross(in, writer, callee, "");
            if (!in.hasBody()) {
                converted = true;
                writer.body(
                        "application/sdp",
                        MediaRules.placeholder(engine.headers().host()));
            }
        } else {
            if (in.hasBody()) { // an offer made reliably would want its answer before we have one
                writer.add(SipHeader.SUPPORTED, "100rel");
            }
            diverted(in, writer);
        }
        if (transfer != null) {
            transfer.referredBy(writer);
        }
        dialledAt = System.nanoTime();
        outgoing = engine.invite(callee, writer.build(), new Invited(callee));
        ringing = engine.stack().schedule(engine.settings().ringTimeout(), this::rangTooLong);
        if (engine.settings().ringback() > 0 && caller.onSbc()) {
            ringback = engine.stack().schedule(engine.settings().ringback(), this::ringOurselves);
        }
    }

    /** The caller does not acknowledge that it rings, so it will not hear of an answer either (RFC 3262 section 3). */
    void prackMissing() {
        if (ringing()) {
            cancelOutgoing(null);
            refuse(504, "no PRACK");
        }
    }

    private Identity identity() {
        return engine.settings().rules().identity();
    }

    private String from(SipMessage in, Leg callee) {
        String from = NameAddr.withoutTag(text(in, SipHeader.FROM));
        return callee.onSbc() ? identity().from(from) : from;
    }

    /** Teams finds an extension behind a common number by To, not by the Request-URI alone. */
    private static boolean extension(String uri, Leg callee) {
        return callee.onSbc() && String.valueOf(SipUri.parse(uri).user()).contains(";ext=");
    }

    /** What Teams tells by History-Info an ACD knows as Diversion (RFC 5806, RFC 7544): whom it was for, and why not. */
    private static void diverted(SipMessage in, SipWriter writer) {
        List<HistoryInfo> history = HistoryInfo.of(in);
        if (history.size() < 2 || in.first("Diversion") != null) {
            return;
        }
        for (int i = history.size() - 2; i >= 0; i--) { // RFC 5806 section 4: who diverted last stands on top
            writer.add("Diversion", diversion(history, i));
        }
    }

    private static String diversion(List<HistoryInfo> history, int index) {
        HistoryInfo who = history.get(index);
        Reason why = who.reason() == null ? history.get(index + 1).reason() : who.reason();
        String reason = switch (why == null ? 0 : why.cause()) {
            case 302 -> "unconditional";
            case 486 -> "user-busy";
            case 408, 480 -> "no-answer";
            case 503, 404 -> "unavailable";
            default -> "unknown";
        };
        return "<" + who.uri() + ">;reason=" + reason + ";counter=1" + (who.secret() ? ";privacy=full" : "");
    }

    private static String text(SipMessage message, SipHeader header) {
        String value = message.first(header);
        return value == null ? "" : value;
    }

    /** Teams and carriers give a trunk up that does not ring in time; a slow ACD must not be the reason. */
    private void ringOurselves() {
        if (ringing() && !rang) {
            rang = true;
            SipWriter writer = invite.response(180, "Ringing");
            engine.headers().own(writer, caller, null);
            invite.respond(writer.build());
        }
    }

    private void rangTooLong() {
        if (ringing()) {
            cancelOutgoing(null);
            refuse(480, "no answer in time");
        }
    }

    /** Gives the caller a final error and ends the call; the other leg is the caller's business. */
    void refuse(int status, String why) {
        if (!ringing()) {
            return;
        }
        SipWriter writer = invite.response(status, Causes.phrase(status));
        engine.headers().sign(writer, caller, null);
        writer.add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(status) + ";text=\"" + why + "\"");
        if (status == 503) {
            writer.add(SipHeader.RETRY_AFTER, 5);
        }
        failed(status, writer.build(), null);
    }

    /** 302 with another address. */
    void redirect(String uri) {
        if (ringing()) {
            SipWriter writer = invite.response(302, Causes.phrase(302)).add(SipHeader.CONTACT, "<" + uri + ">");
            caller.identify(writer, caller.peer);
            over(CallEvents.Kind.DIVERTED, Ending.remark(uri), writer.build(), "redirected");
        }
    }

    private void failed(int status, SipMessage response, @Nullable SipMessage told) {
        over(CallEvents.Kind.FAILED, Ending.of(status, told), response, "failed");
        Referral transfer = serving;
        if (transfer != null) {
            transfer.failed(status, "the new leg was answered " + status);
        }
    }

    /** The caller took the INVITE back. */
    void cancelled(SipMessage cancel) {
        if (!ringing()) {
            return;
        }
        SipWriter writer = invite.response(487, Causes.phrase(487));
        caller.identify(writer, caller.peer);
        over(CallEvents.Kind.CLEARED, Ending.of(cancel, "487"), writer.build(), "cancelled");
        cancelOutgoing(cancel);
        Referral transfer = serving;
        if (transfer != null) {
            transfer.failed(487, "the ACD took the new leg back");
        }
    }

    /**
     * Somebody else takes the call that {@code ringing} of ours rings for (RFC 3891 section 3, early dialog of the
     * recipient's own INVITE): the newcomer and the caller get each other's offers as answers. False when it rings no
     * more, or in no such dialog.
     */
    boolean pickUp(ServerTransaction newcomer, Leg ringing, Replaces replaces) {
        ClientTransaction sent = outgoing;
        SipMessage request = newcomer.request();
        if (!ringing() || sent == null || !forks.containsKey(replaces.fromTag()) || !request.hasBody()) {
            return false;
        }
        stopRinging();
        Leg joining = new Leg(
                session,
                ringing.side,
                new Hop(newcomer.flow().protocol(), newcomer.flow().remote()),
                request.callId());
        engine.register(joining, newcomer.localTag());
        joining.learn(request);
        joining.met(request);
        joining.dialog = Dialog.uas(request, newcomer.localTag(), joining.hop);
        joining.invite = newcomer;
        caller.dialog = Dialog.uas(invite.request(), invite.localTag(), caller.hop);
        session.pair(joining);
        session.answered(joining, "replaces");
        newcomer.attach(joining);
        SipWriter taken = newcomer.response(200, "OK");
        engine.headers().own(taken, joining, null);
        SessionClock.agree(engine, joining, request, taken);
        newcomer.respond(
                taken.body("application/sdp", joining.onSbc() ? MediaRules.forSbc(caller.sdp, caller.sdp) : caller.sdp)
                        .build());
        SipWriter writer = invite.response(200, "OK", invite.localTag());
        engine.headers().own(writer, caller, null);
        SessionClock.agree(engine, caller, invite.request(), writer);
        invite.respond(writer.body(
                        "application/sdp", caller.onSbc() ? MediaRules.forSbc(joining.sdp, joining.sdp) : joining.sdp)
                .build());
        sent.cancel(more -> more.add(SipHeader.REASON, "SIP;cause=200;text=\"Call completed elsewhere\""));
        Referral transfer = serving;
        if (transfer != null) {
            transfer.completed();
        }
        return true;
    }

    /** The trunk stops. */
    void stop() {
        if (ringing()) {
            cancelOutgoing(null);
            refuse(503, "the trunk restarts");
        }
    }

    private void over(CallEvents.Kind kind, Ending why, SipMessage response, String outcome) {
        stopRinging();
        session.finish(kind, caller, why, outcome, () -> invite.respond(response));
        engine.unregister(caller);
    }

    private void stopRinging() {
        engine.stack().cancel(ringing);
        engine.stack().cancel(ringback);
        engine.repeats().forget(remembered, this);
    }

    private void cancelOutgoing(@Nullable SipMessage cancel) {
        ClientTransaction sent = outgoing;
        if (sent != null) {
            sent.cancel(writer -> {
                if (cancel != null) {
                    writer.copyAll(cancel, SipHeader.REASON);
                }
            });
        }
    }

    /** Our tag toward the caller for the fork with this tag: each fork is a dialog of its own (RFC 3261 section 12.1). */
    private String tagFor(@Nullable String fork) {
        String known = String.valueOf(fork);
        String tag = forks.get(known);
        if (tag == null) {
            tag = tags == 0 ? invite.localTag() : invite.localTag() + "." + tags;
            tags++;
            forks.put(known, tag);
            engine.register(caller, tag);
        }
        return tag;
    }

    /**
     * The callee changes its media while it rings. The caller hears of it as of another fork, since in one dialog the answer
     * to an INVITE is always the same (RFC 3261 section 13.2.1).
     */
    void onUpdate(ServerTransaction transaction, Leg callee) {
        if (tags >= MOST_FORKS) {
            tooManyForks(callee);
            engine.headers().refuse(transaction, 500, "Too Many Changes");
            return;
        }
        String sdp = early.onUpdate(transaction, callee, caller);
        if (sdp == null) {
            return;
        }
        String fork = String.valueOf(transaction.request().fromTag());
        forks.remove(fork);
        SipWriter writer = invite.response(183, "Session Progress", tagFor(fork));
        engine.headers().own(writer, caller, null);
        invite.respond(writer.body("application/sdp", described(sdp)).build());
    }

    private void tooManyForks(Leg callee) {
        engine.refused("forks", callee.callId, "at most " + MOST_FORKS + " forks of an INVITE that ring");
    }

    private String described(String sdp) {
        return caller.onSbc() ? MediaRules.forSbc(sdp, sdp) : sdp;
    }

    /** The other leg on its way. */
    private final class Invited implements ResponseHandler {
        private final Leg callee;

        Invited(Leg callee) {
            this.callee = callee;
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            int status = response.status();
            if (status > 100) {
                callee.met(response);
            }
            if (status >= 300) {
                rejected(response, status);
            } else if (status >= 200) {
                answered(transaction, response);
            } else if (status > 100 && ringing()) {
                progress(response, status);
            }
        }

        private void progress(SipMessage response, int status) {
            if (forks.size() >= MOST_FORKS && !forks.containsKey(String.valueOf(response.toTag()))) {
                tooManyForks(callee);
                return;
            }
            rang = true;
            ClientTransaction sent = outgoing;
            if (sent != null) {
                early.heard(sent, response, callee, caller);
            }
            String tag = tagFor(response.toTag());
            if (status == 183 && !caller.onSbc() && engine.settings().rules().suppress183()) {
                SipWriter ringing = invite.response(180, "Ringing", tag);
                engine.headers().own(ringing, caller, response);
                invite.respond(ringing.build());
            } else {
                pass(response, tag);
            }
            Referral transfer = serving;
            if (transfer != null) {
                transfer.progress(status, response.phrase());
            }
        }

        private void pass(SipMessage response, String tag) {
            SipWriter writer = invite.response(response.status(), response.phrase(), tag);
            engine.headers().own(writer, caller, response);
            HeaderRules.cross(response, writer, caller, identity(), true);
            MediaRules.cross(response, writer, caller, callee.sdp);
            if (response.status() >= 200) {
                SessionClock.agree(engine, caller, invite.request(), writer);
                if (converted && response.hasBody()) {
                    writer.content(MediaRules.active(response.bodyText()));
                } else if (!response.hasBody() && invite.request().hasBody() && !callee.sdp.isEmpty()) {
                    // told before, in what the caller need not have seen
                    writer.body("application/sdp", described(callee.sdp));
                }
            } else if (converted) {
                writer.content("");
            }
            if (response.status() < 200
                    && !caller.onSbc()
                    && invite.request().all(SipHeader.REQUIRE).stream().anyMatch("100rel"::equalsIgnoreCase)) {
                invite.respondReliably(writer);
            } else {
                invite.respond(writer.build());
            }
        }

        private void answered(ClientTransaction transaction, SipMessage response) {
            EarlyDialogs.Early begun = early.take(response.toTag());
            Dialog dialog = EarlyDialogs.confirmed(begun, transaction, response, callee);
            if (callee.dialog != null || !ringing()) {
                acknowledge(engine.stack(), transaction, dialog, callee, null);
                engine.byeAndForget(dialog, response, callee.side); // another fork, or the caller has gone
                if (callee.dialog == null) {
                    engine.unregister(callee);
                }
                return;
            }
            stopRinging();
            callee.dialog = dialog;
            callee.learn(response);
            if (callee.sdp.isEmpty() && begun != null) {
                callee.sdp = begun.sdp();
            }
            String tag = tagFor(response.toTag());
            caller.dialog = Dialog.uas(invite.request(), tag, caller.hop);
            boolean voiceApp =
                    callee.side == Trunk.Side.TEAMS && !rang && System.nanoTime() - dialledAt < VOICE_APP_NANOS;
            if (voiceApp) {
                engine.calls().count("suspected-voice-app");
            }
            session.answered(callee, voiceApp ? "suspected-voice-app" : null);
            if (converted) {
                acknowledge(engine.stack(), transaction, dialog, callee, null);
                caller.onAck = late -> engine.headers().offer(callee, dialog, late);
            } else if (invite.request().hasBody()) {
                acknowledge(engine.stack(), transaction, dialog, callee, null);
                if (offerMoved) {
                    SipMessage latest = invite.request();
                    caller.onAck = late -> engine.headers().offer(callee, dialog, latest);
                }
            } else {
                caller.onAck =
                        late -> acknowledge(engine.stack(), transaction, dialog, callee, late); // it holds the answer
            }
            pass(response, tag);
            Referral transfer = serving;
            if (transfer != null) {
                transfer.completed();
            }
        }

        private void rejected(SipMessage response, int status) {
            engine.unregister(callee);
            if (!ringing()) {
                return; // also the 487 of a phone that somebody else picked up for
            }
            Reason cause = Reason.of(response, "Q.850");
            engine.calls()
                    .count("refused-"
                            + FailureKind.of(status, cause == null ? -1 : cause.cause())
                                    .text());
            int mapped = Causes.across(status);
            SipWriter writer = invite.response(mapped, mapped == status ? response.phrase() : Causes.phrase(mapped));
            engine.headers().sign(writer, caller, response);
            if (!response.has(SipHeader.REASON)) {
                writer.add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(status));
            }
            HeaderRules.cross(response, writer, caller, identity(), true);
            failed(mapped, writer.build(), response);
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            engine.unregister(callee);
            engine.missed(callee.hop);
            refuse(503, failure == Failure.TIMEOUT ? "next hop silent" : "next hop unreachable");
        }
    }

    /** The ACK for a 2xx, with the body of the caller's ACK when that is the answer to a late offer. */
    static void acknowledge(
            SipStack stack, ClientTransaction transaction, Dialog dialog, Leg leg, @Nullable SipMessage late) {
        SipWriter writer = dialog.ack(stack, transaction.request().cseq()).add(SipHeader.MAX_FORWARDS, 70);
        leg.identifyAgain(writer);
        if (late != null && late.hasBody()) {
            writer.copyAll(late, SipHeader.CONTENT_TYPE).bodyOf(late);
        }
        transaction.ack(writer.build(), dialog.hop());
    }

    /** The ACK for the 2xx to the caller's INVITE; from now on nothing of the set-up is needed. */
    void onAck(SipMessage ack) {
        caller.invite = null;
        caller.met(ack);
        if (ack.hasBody()) {
            caller.learn(ack);
        }
        caller.settle(ack);
        session.setUpDone();
    }

    /** No ACK came for a 2xx: nobody knows what the peer thinks, so the call ends (RFC 3261 section 13.3.1.4). */
    void onAckMissing() {
        caller.settle(null);
        session.hangUp(caller, "408");
    }
}
