package org.jackfield.twin.sbc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sip.Leg;
import org.jspecify.annotations.Nullable;

/** A transfer by REFER as Teams does it, from its REFER to the BYE of the old leg (RFC 3515). On the SBC's thread. */
final class Refer implements ResponseHandler {
    private static final long ACCEPT_MS = 1_000;

    final String id;
    final Leg old;
    /** The header values, byte for byte. */
    final String referTo;

    final String referredBy;
    /** What the new party answers with. */
    final int outcome;

    private final Violations violations;
    private final long sentNanos = System.nanoTime();
    private final List<Integer> notified = new CopyOnWriteArrayList<>();
    volatile String state = "sent";
    volatile int accepted;
    volatile boolean invited;
    volatile @Nullable Leg triggered;

    Refer(String id, Leg old, String referTo, String referredBy, int outcome, Violations violations) {
        this.id = id;
        this.old = old;
        this.referTo = referTo;
        this.referredBy = referredBy;
        this.outcome = outcome;
        this.violations = violations;
    }

    String target() {
        return NameAddr.parse(referTo).uri();
    }

    /** True when an INVITE is meant to be the one asked for, even when it was changed on the way. */
    boolean meant(Leg leg) {
        String by = leg.header(SipHeader.REFERRED_BY);
        return !invited
                && (leg.invite().requestUri().equalsIgnoreCase(target())
                        || (!by.isEmpty() && by.equalsIgnoreCase(referredBy)));
    }

    /** True while no NOTIFY has come. */
    boolean silent() {
        return notified.isEmpty();
    }

    boolean over() {
        return state.equals("done") || state.equals("failed") || state.equals("refused");
    }

    /** Reads a NOTIFY of ours and answers it; the sipfrag's status, 0 when it is no good. */
    int onNotify(ServerTransaction transaction) {
        SipMessage notify = transaction.request();
        String event = String.valueOf(notify.first(SipHeader.EVENT));
        String subscription = String.valueOf(notify.first(SipHeader.SUBSCRIPTION_STATE));
        String[] words = notify.bodyText().split("[ \r\n]", 3);
        int status = words.length > 1 && words[0].equals("SIP/2.0") && words[1].matches("\\d{3}")
                ? Integer.parseInt(words[1])
                : 0;
        if (!event.startsWith("refer")) {
            violate("DR-56", "Event: " + event + " (expected: refer)", notify);
        }
        if (status == 0) {
            violate("DR-56", "sipfrag: \"" + words[0] + "\" (expected: SIP/2.0 and a status)", notify);
        }
        boolean last = status >= 200;
        if (!subscription.startsWith(last ? "terminated" : "active")) {
            violate("DR-61", "Subscription-State: " + subscription + " with status " + status, notify);
        }
        if (notified.isEmpty() && status != 100) {
            violate("DR-56", "first NOTIFY says " + status + " (expected: 100)", notify);
        }
        notified.add(status);
        transaction.respond(200, "OK");
        return status;
    }

    @Override
    public void onResponse(ClientTransaction transaction, SipMessage response) {
        if (response.status() < 200) {
            return;
        }
        accepted = response.status();
        long took = (System.nanoTime() - sentNanos) / 1_000_000;
        if (accepted != 202 || took > ACCEPT_MS) {
            violate("DR-56", "REFER answered " + accepted + " after " + took + " ms (expected: 202 in 1 s)", response);
        }
        if (accepted >= 300) {
            state = "refused";
        }
    }

    @Override
    public void onFailure(ClientTransaction transaction, Failure failure) {
        state = "refused";
        violations.add("DR-56", "REFER not answered: " + failure, "", old.sipCallId());
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", id);
        view.put("state", state);
        view.put("accepted", accepted);
        view.put("notified", List.copyOf(notified));
        view.put("invited", invited);
        view.put("leg", old.id());
        view.put("referTo", referTo);
        Leg known = triggered;
        if (known != null) {
            view.put("newLeg", known.id());
            view.put("newLegPhase", known.phase().name());
        }
        return view;
    }

    private void violate(String rule, String what, SipMessage message) {
        violations.add(rule, what, message.toString(), old.sipCallId());
    }
}
