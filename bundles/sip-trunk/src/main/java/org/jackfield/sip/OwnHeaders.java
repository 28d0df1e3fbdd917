package org.jackfield.sip;

import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionId;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** The headers by which the host speaks for itself, and the answers that hold nothing else. For the stack's thread. */
final class OwnHeaders {
    private static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE, PRACK";

    private final TrunkEngine engine;
    private final SipStack stack;
    private final TrunkSettings settings;

    OwnHeaders(TrunkEngine engine, SipStack stack) {
        this.engine = engine;
        this.stack = stack;
        this.settings = engine.settings();
    }

    /** The methods taken; REFER among them makes Teams transfer by REFER. */
    static String allow(TrunkSettings settings) {
        return settings.refer() == TrunkSettings.ReferMode.PASS ? ALLOW + ", REFER" : ALLOW;
    }

    /** Contact, Allow and name of this host, as every INVITE, re-INVITE and answer to one needs them. */
    void own(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        own(writer, leg, leg.peer, source);
    }

    /** As above on behalf of {@code other}, who is about to become the leg's peer. */
    void own(SipWriter writer, Leg leg, @Nullable Leg other, @Nullable SipMessage source) {
        writer.add(SipHeader.CONTACT, stack.contact(leg.hop.protocol()))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.SUPPORTED, "replaces");
        sign(writer, leg, other, source);
    }

    /** Who speaks with whom, and the name of this host toward the SBC, unless {@code source} brings one that crosses. */
    void sign(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        sign(writer, leg, leg.peer, source);
    }

    private void sign(SipWriter writer, Leg leg, @Nullable Leg other, @Nullable SipMessage source) {
        leg.identify(writer, other);
        if (leg.onSbc() && !settings.sbcName().isEmpty() && (source == null || !source.has(SipHeader.X_MS_SBC))) {
            writer.add(SipHeader.X_MS_SBC, settings.sbcName());
        }
    }

    /**
     * An answer of the host itself with the session identifier of the leg that it belongs to, else that of the request
     * turned round (RFC 7989 section 7).
     */
    private SipWriter answer(ServerTransaction transaction, int status, String phrase) {
        SipWriter writer = transaction.response(status, phrase);
        Leg leg = engine.leg(transaction.localTag());
        SessionId asked = leg == null ? SessionId.of(transaction.request()) : null;
        if (leg != null) {
            leg.identify(writer, leg.peer);
        } else if (asked != null) {
            writer.add(SipHeader.SESSION_ID, asked.reversed().text());
        }
        return writer;
    }

    /** 200 and nothing more. */
    void ok(ServerTransaction transaction) {
        transaction.respond(answer(transaction, 200, "OK").build());
    }

    /** 500 with Retry-After: what was asked for may come again in a second (RFC 3261 section 14.2). */
    void later(ServerTransaction transaction, String phrase) {
        transaction.respond(answer(transaction, 500, phrase)
                .add(SipHeader.RETRY_AFTER, 1)
                .add(SipHeader.REASON, "Q.850;cause=41")
                .build());
    }

    /** Says what this host can do, with no need of calls, flows or bus. */
    void answerOptions(ServerTransaction transaction) {
        transaction.respond(answer(transaction, 200, "OK")
                .add(SipHeader.CONTACT, stack.contact(transaction.flow().protocol()))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.SUPPORTED, "timer, replaces")
                .add(SipHeader.ACCEPT, "application/sdp")
                .add(SipHeader.X_MS_SBC, settings.sbcName())
                .build());
    }

    void notAllowed(ServerTransaction transaction) {
        transaction.respond(answer(transaction, 405, Causes.phrase(405))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(405))
                .build());
    }

    /** A final error with its Q.850 cause (RFC 4497 section 8.4.4). */
    void refuse(ServerTransaction transaction, int status) {
        refuse(transaction, status, Causes.phrase(status));
    }

    void refuse(ServerTransaction transaction, int status, String phrase) {
        transaction.respond(answer(transaction, status, phrase)
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(status))
                .build());
    }

    /** The address that media of our own would have. */
    String host() {
        return stack.config().host();
    }

    /** Gives the callee the real offer of a caller: made in its ACK (RFC 3725), or by another proxy meanwhile. */
    void offer(Leg callee, Dialog dialog, @Nullable SipMessage late) {
        String sdp = late == null ? "" : MediaRules.sdp(late);
        if (sdp.isEmpty() || !callee.up()) {
            return;
        }
        SipWriter writer = dialog.request(stack, "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        own(writer, callee, null);
        writer.body("application/sdp", callee.onSbc() ? MediaRules.forSbc(sdp, sdp) : sdp);
        callee.changed = engine.send(callee, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                callee.changed = null;
                callee.met(response);
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    callee.learn(response);
                    SetUp.acknowledge(stack, transaction, dialog, callee, null);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                callee.changed = null;
            }
        });
    }

    /** 420 with what is not supported here (RFC 3261 section 8.2.2.3). */
    void badExtension(ServerTransaction transaction, String unsupported) {
        transaction.respond(answer(transaction, 420, Causes.phrase(420))
                .add(SipHeader.UNSUPPORTED, unsupported)
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(420))
                .build());
    }

    /** 422 with the smallest interval that is taken (RFC 4028 section 6). */
    void tooSmall(ServerTransaction transaction, long least) {
        transaction.respond(answer(transaction, 422, Causes.phrase(422))
                .add(SipHeader.MIN_SE, least)
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(422))
                .build());
    }

    /** 401 with what to answer (RFC 3261 section 22.2). */
    void challenge(ServerTransaction transaction, String challenge) {
        transaction.respond(answer(transaction, 401, "Unauthorized")
                .add(SipHeader.WWW_AUTHENTICATE, challenge)
                .build());
    }

    /** 503 with a time after which it may be tried again. */
    void unavailable(ServerTransaction transaction) {
        transaction.respond(answer(transaction, 503, Causes.phrase(503))
                .add(SipHeader.RETRY_AFTER, 10)
                .add(SipHeader.REASON, "Q.850;cause=42;text=\"no room\"")
                .build());
    }
}
