package org.jackfield.sip;

import java.util.HashMap;
import java.util.Map;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/**
 * What the forks of an INVITE have said before one of them answers: their media, and, where they ring reliably (RFC 3262),
 * dialogs in which they may change it (RFC 3311). For the stack's thread; owned by its set-up.
 */
final class EarlyDialogs {
    private final TrunkEngine engine;
    private final Map<String, Early> forks = new HashMap<>(0);

    /** One fork: its media, empty when it has told none, and its dialog, null while it rings unreliably. */
    static final class Early {
        private String sdp = "";
        private @Nullable Dialog dialog;

        String sdp() {
            return sdp;
        }
    }

    EarlyDialogs(TrunkEngine engine) {
        this.engine = engine;
    }

    /** Takes note of a provisional response, and acknowledges one that asks for it (RFC 3262 section 4). */
    void heard(ClientTransaction invite, SipMessage response, Leg callee, @Nullable Leg caller) {
        boolean reliable = ClientTransaction.rseq(response) >= 0;
        if (!reliable && !response.hasBody()) {
            return;
        }
        Early early = forks.computeIfAbsent(String.valueOf(response.toTag()), tag -> new Early());
        String sdp = MediaRules.sdp(response);
        if (!sdp.isEmpty()) {
            early.sdp = sdp;
        }
        if (reliable) {
            Dialog known = early.dialog;
            Dialog dialog = known == null ? Dialog.uac(invite.request(), response, callee.hop) : known;
            early.dialog = dialog;
            SipWriter prack = dialog.prack(engine.stack(), response).add(SipHeader.MAX_FORWARDS, 70);
            callee.identify(prack, caller);
            engine.send(callee, dialog, prack.build(), TrunkEngine.IGNORE);
        }
    }

    /** The fork with this tag has answered; null when it has said nothing before. */
    @Nullable
    Early take(@Nullable String tag) {
        return forks.remove(String.valueOf(tag));
    }

    /** The dialog that a 2xx belongs to: the early one, or a new one (RFC 3261 section 13.2.2.4). */
    static Dialog confirmed(@Nullable Early early, ClientTransaction invite, SipMessage response, Leg callee) {
        Dialog begun = early == null ? null : early.dialog;
        if (begun == null) {
            return Dialog.uac(invite.request(), response, callee.hop);
        }
        begun.confirm(response);
        return begun;
    }

    /**
     * An UPDATE of a fork that rings (RFC 3311 section 5.2). It is answered here, with what the caller has offered: neither
     * Teams nor a carrier can be asked before the call is up.
     *
     * @return the fork's new media, null when nothing has changed or the UPDATE was refused
     */
    @Nullable
    String onUpdate(ServerTransaction transaction, Leg callee, Leg caller) {
        SipMessage request = transaction.request();
        Early early = forks.get(String.valueOf(request.fromTag()));
        Dialog dialog = early == null ? null : early.dialog;
        String sdp = MediaRules.sdp(request);
        if (dialog != null && !dialog.matches(request)) {
            engine.headers().refuse(transaction, 481);
            return null;
        }
        if (dialog != null && !dialog.inOrder(request)) {
            engine.headers().refuse(transaction, 500, "Out Of Order");
            return null;
        }
        boolean answered = early != null && dialog != null && !early.sdp.isEmpty();
        if (request.hasBody() && !answered) {
            engine.headers().later(transaction, "Offer Not Answered Yet");
            return null;
        }
        if (dialog != null) {
            dialog.refreshTarget(request);
        }
        SipWriter writer = transaction.response(200, "OK");
        engine.headers().own(writer, callee, null);
        if (request.hasBody()) {
            writer.body("application/sdp", caller.sdp);
        }
        transaction.respond(writer.build());
        if (early == null || sdp.isEmpty() || sdp.equals(early.sdp)) {
            return null;
        }
        early.sdp = sdp;
        return sdp;
    }
}
