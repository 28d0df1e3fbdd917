package org.jackfield.sip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.HistoryInfo;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Replaces;
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
            engine.headers().refuse(transaction, 400, "One Refer-To Expected");
        } else if (!understood(target(targets.get(0)))) {
            engine.headers().refuse(transaction, 400, "Refer-To Not Understood");
        } else if (leg.referral != null || (leg.peer != null && leg.peer.referral != null)) {
            engine.headers().refuse(transaction, 491);
        } else if (leg.session.transfers + leg.referrals >= MOST_TRANSFERS) {
            engine.headers().refuse(transaction, 482);
        } else if (engine.stopping() || leg.peer == null || !leg.peer.up()) {
            engine.headers().refuse(transaction, 503);
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
        referral.consulted(consulted(leg, refer.all(SipHeader.REFER_TO).get(0)));
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

    /**
     * The open transfer whose number Teams has the host call, now that its triggered INVITE asked for that; null when
     * this INVITE is a call of its own. Known by the number and by Referred-By, when Teams kept it.
     */
    @Nullable
    Referral hairpin(SipMessage invite, @Nullable String called) {
        String by = invite.first(SipHeader.REFERRED_BY);
        for (Referral referral : open.values()) {
            if (called != null && referral.comesBack(called, by)) {
                return referral;
            }
        }
        return null;
    }

    /** INVITE with Replaces (RFC 3891 section 3), from either side. */
    void onReplaces(ServerTransaction transaction, Trunk.Side side, Hop hop) {
        SipMessage request = transaction.request();
        List<String> values = request.all(SipHeader.REPLACES);
        Replaces replaces = values.size() == 1 ? Replaces.parse(values.get(0)) : null;
        Leg named = replaces == null ? null : engine.leg(replaces.toTag());
        boolean sameSide = named != null && named.onSbc() == (side != Trunk.Side.ACD);
        if (replaces == null) {
            engine.headers().refuse(transaction, 400, "One Replaces Expected");
        } else if (named == null || !sameSide || !named.callId.equals(replaces.callId())) {
            engine.headers().refuse(transaction, 481);
        } else if (named.dialog == null) {
            onEarlyReplaces(transaction, named, replaces);
        } else if (!replaces.names(named.dialog)) {
            engine.headers().refuse(transaction, 481);
        } else if (named.ended) {
            engine.headers().refuse(transaction, 603); // section 3: it was, but is over
        } else if (replaces.earlyOnly()) {
            engine.headers().refuse(transaction, 486);
        } else if (engine.stopping() || named.peer == null || !named.peer.up() || named.session.transferring()) {
            engine.headers().refuse(transaction, 503);
        } else {
            Leg joining = new Leg(named.session, side, hop, request.callId());
            joining.met(request);
            engine.register(joining, transaction.localTag());
            new Replacement(engine, tokens.next(), transaction, named, named.peer, joining).begin();
        }
    }

    /** Only a dialog that this host began may be taken over while it rings; the phone that rang is told to stop. */
    private void onEarlyReplaces(ServerTransaction transaction, Leg ringing, Replaces replaces) {
        SetUp setUp = ringing.session.setUp();
        if (setUp == null || !setUp.pickUp(transaction, ringing, replaces)) {
            engine.headers().refuse(transaction, 481);
        }
    }

    /** The leg of another call that Refer-To names by Replaces (RFC 3891 section 5), null when it names none of ours. */
    private @Nullable Leg consulted(Leg referrer, String referTo) {
        String uri = NameAddr.parse(referTo).uri();
        int question = uri.indexOf('?');
        for (String header :
                question < 0 ? new String[0] : uri.substring(question + 1).split("&", -1)) {
            if (!header.regionMatches(true, 0, "Replaces=", 0, 9)) {
                continue;
            }
            Replaces replaces = Replaces.parse(HistoryInfo.unescaped(header.substring(9)));
            // the dialog is named as its other end sees it, and that is us
            Leg leg = replaces == null ? null : engine.leg(replaces.toTag());
            Dialog dialog = leg == null ? null : leg.dialog;
            if (replaces != null
                    && leg != null
                    && dialog != null
                    && replaces.names(dialog)
                    && leg.session != referrer.session
                    && leg.up()
                    && leg.peer != null
                    && leg.peer.up()) {
                return leg;
            }
        }
        return null;
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
        engine.send(leg, dialog, writer.build(), TrunkEngine.IGNORE);
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
