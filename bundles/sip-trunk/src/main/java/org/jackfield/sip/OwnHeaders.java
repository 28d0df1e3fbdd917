package org.jackfield.sip;

import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** The headers by which the host speaks for itself, and the answers that hold nothing else. For the stack's thread. */
final class OwnHeaders {
    private static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE, PRACK";

    private final SipStack stack;
    private final TrunkSettings settings;

    OwnHeaders(SipStack stack, TrunkSettings settings) {
        this.stack = stack;
        this.settings = settings;
    }

    /** The methods taken; REFER among them makes Teams transfer by REFER. */
    static String allow(TrunkSettings settings) {
        return settings.refer() == TrunkSettings.ReferMode.PASS ? ALLOW + ", REFER" : ALLOW;
    }

    /** Contact, Allow and name of this host, as every INVITE, re-INVITE and answer to one needs them. */
    void own(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        writer.add(SipHeader.CONTACT, stack.contact(leg.hop.protocol()))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.SUPPORTED, "replaces");
        sign(writer, leg, source);
    }

    /** The name of this host toward the SBC, unless {@code source} brings one that crosses. */
    void sign(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        if (leg.onSbc() && !settings.sbcName().isEmpty() && (source == null || !source.has(SipHeader.X_MS_SBC))) {
            writer.add(SipHeader.X_MS_SBC, settings.sbcName());
        }
    }

    /** Says what this host can do, with no need of calls, flows or bus. */
    void answerOptions(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(200, "OK")
                .add(SipHeader.CONTACT, stack.contact(transaction.flow().protocol()))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.SUPPORTED, "timer, replaces")
                .add(SipHeader.ACCEPT, "application/sdp")
                .add(SipHeader.X_MS_SBC, settings.sbcName())
                .build());
    }

    void notAllowed(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(405, Causes.phrase(405))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(405))
                .build());
    }

    /** A final error with its Q.850 cause (RFC 4497 section 8.4.4). */
    void refuse(ServerTransaction transaction, int status) {
        refuse(transaction, status, Causes.phrase(status));
    }

    void refuse(ServerTransaction transaction, int status, String phrase) {
        transaction.respond(transaction
                .response(status, phrase)
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
        callee.changed = stack.send(writer.build(), dialog.hop(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                callee.changed = null;
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    callee.learn(response);
                    transaction.ack(
                            dialog.ack(stack, transaction.request().cseq())
                                    .add(SipHeader.MAX_FORWARDS, 70)
                                    .build(),
                            dialog.hop());
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
        transaction.respond(transaction
                .response(420, Causes.phrase(420))
                .add(SipHeader.UNSUPPORTED, unsupported)
                .add(SipHeader.REASON, "Q.850;cause=" + Causes.q850(420))
                .build());
    }

    /** 503 with a time after which it may be tried again. */
    void unavailable(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(503, Causes.phrase(503))
                .add(SipHeader.RETRY_AFTER, 10)
                .add(SipHeader.REASON, "Q.850;cause=42;text=\"no room\"")
                .build());
    }
}
