package org.jackfield.sip;

import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** The headers by which the host speaks for itself, and the answers that hold nothing else. For the stack's thread. */
final class OwnHeaders {
    private static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE";

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
        writer.add(SipHeader.CONTACT, stack.contact(leg.hop.protocol())).add(SipHeader.ALLOW, allow(settings));
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
                .add(SipHeader.SUPPORTED, "timer")
                .add(SipHeader.ACCEPT, "application/sdp")
                .add(SipHeader.X_MS_SBC, settings.sbcName())
                .build());
    }

    void notAllowed(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(405, Causes.phrase(405))
                .add(SipHeader.ALLOW, allow(settings))
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
