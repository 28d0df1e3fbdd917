package org.jackfield.sip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** Where REFER is checked and open transfers are found, by id and by alias. For the stack's thread. */
final class TransferDesk {
    private static final int MOST_TRANSFERS = 5;

    private final TrunkEngine engine;
    private final Tokens tokens;
    private final AliasPool aliases;
    private final Map<String, Referral> open = new HashMap<>();

    TransferDesk(TrunkEngine engine, Tokens tokens, AliasPool aliases) {
        this.engine = engine;
        this.tokens = tokens;
        this.aliases = aliases;
    }

    /** REFER inside of a call (RFC 3515): checked, in the spool, then 202. */
    void onRefer(Leg leg, ServerTransaction transaction) {
        List<String> targets = transaction.request().all(SipHeader.REFER_TO);
        if (engine.settings().refer() != TrunkSettings.ReferMode.PASS) {
            engine.headers().notAllowed(transaction);
        } else if (targets.size() != 1) {
            transaction.respond(400, "One Refer-To Expected");
        } else if (!understood(target(targets.get(0)))) {
            transaction.respond(400, "Refer-To Not Understood");
        } else if (leg.referral != null || (leg.peer != null && leg.peer.referral != null)) {
            transaction.respond(491, Causes.phrase(491));
        } else if (leg.session.transfers + leg.referrals >= MOST_TRANSFERS) {
            transaction.respond(482, Causes.phrase(482));
        } else if (engine.stopping() || leg.peer == null || !leg.peer.up()) {
            transaction.respond(503, Causes.phrase(503));
        } else {
            String target = target(targets.get(0));
            String user = String.valueOf(SipUri.parse(target).user());
            take(
                    leg,
                    transaction,
                    leg.onSbc() ? target : NewCalls.uri(user, engine.settings().sbc(), true));
        }
    }

    /** The URI of Refer-To byte for byte; what stands behind a question mark are headers, not the URI. */
    private static String target(String referTo) {
        String uri = NameAddr.parse(referTo).uri();
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    private static boolean understood(String target) {
        SipUri uri = SipUri.parse(target);
        String method = uri.parameter("method");
        return !uri.host().isEmpty() && (method == null || SipMethod.of(method) == SipMethod.INVITE);
    }

    private void take(Leg leg, ServerTransaction transaction, String target) {
        SipMessage refer = transaction.request();
        Referral referral = new Referral(engine, tokens.next(), leg, refer, target);
        referral.alias(referral.forFlows() ? aliases.bind(referral) : null);
        try {
            engine.events().publish(TrunkEvents.origin(leg.side), leg.session.call, referral.first());
        } catch (SpoolFullException e) {
            referral.freeAlias();
            engine.headers().unavailable(transaction);
            return;
        }
        leg.referral = referral;
        leg.referrals++;
        open.put(referral.id(), referral);
        engine.calls().save(leg.session);
        SipWriter accepted = transaction.response(202, "Accepted");
        engine.headers().own(accepted, leg, null);
        transaction.respond(accepted.build());
        referral.begun();
    }

    /** A transfer that was open when the host died has failed, once. */
    void settle(Session session, DialogRecord.OpenTransfer transfer) {
        Leg leg = engine.leg(transfer.leg());
        var failed = new CallEvents.Transfer(
                TransferStep.FAILED,
                session.call,
                transfer.id(),
                "blind",
                leg == null ? null : leg.callId,
                engine.agents().of(session),
                transfer.target(),
                null,
                null,
                503,
                "the trunk was restarted");
        engine.events().append(leg == null ? Origin.HOST : TrunkEvents.origin(leg.side), session.call, failed);
        Dialog dialog = leg == null ? null : leg.dialog;
        if (leg != null && dialog != null) {
            notify(engine, leg, dialog, "refer;id=" + transfer.cseq(), 503, Causes.phrase(503), true);
        }
    }

    /** NOTIFY with a message/sipfrag body (RFC 3515 section 2.4.4). */
    static void notify(
            TrunkEngine engine, Leg leg, Dialog dialog, String event, int status, String phrase, boolean last) {
        SipWriter writer = dialog.request(engine.stack(), "NOTIFY").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, leg, null);
        writer.add(SipHeader.EVENT, event)
                .add(SipHeader.SUBSCRIPTION_STATE, last ? "terminated;reason=noresource" : "active;expires=60")
                .body("message/sipfrag;version=2.0", "SIP/2.0 " + status + " " + phrase + "\r\n");
        engine.stack().send(writer.build(), dialog.hop(), TrunkEngine.IGNORE);
    }

    /** The transfer whose alias this number is. */
    @Nullable
    Referral behind(@Nullable String number) {
        return number == null ? null : aliases.referral(number);
    }

    boolean isAlias(@Nullable String number) {
        return aliases.has(number);
    }

    void freeAlias(@Nullable String alias, Referral referral) {
        aliases.free(alias, referral);
    }

    void forget(Referral referral) {
        open.remove(referral.id());
    }

    /** The operation {@code takeTransfer}. */
    boolean take(String id) {
        Referral referral = open.get(id);
        return referral != null && referral.take();
    }

    /** The operation {@code bridgeTransfer}. */
    boolean bridge(String id, String reason) {
        Referral referral = open.get(id);
        return referral != null && referral.bridge(reason);
    }

    /** The trunk stops: each open transfer has failed. */
    void stop() {
        new ArrayList<>(open.values()).forEach(one -> one.failed(503, "the trunk restarts"));
    }
}
