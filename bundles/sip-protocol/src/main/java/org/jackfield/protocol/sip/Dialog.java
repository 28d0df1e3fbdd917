package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dialog (RFC 3261 section 12): makes requests inside of it and checks those that come. For the stack's thread only.
 * URIs and routes of the peer are kept and sent back byte for byte.
 */
public final class Dialog {
    private static final int CSEQ_LEAP = 1_000;

    private final String callId;
    private final String localTag;
    private final @Nullable String remoteTag;
    private final String local;
    private final String remote;
    private String remoteTarget;
    private List<String> routeSet;
    private final Hop peer;
    private @Nullable Hop next;
    private boolean owner;
    private long localCseq;
    private long remoteCseq;

    private Dialog(DialogState state, Hop peer) {
        this.callId = state.callId();
        this.localTag = state.localTag();
        this.remoteTag = state.remoteTag();
        this.local = state.local();
        this.remote = state.remote();
        this.remoteTarget = state.remoteTarget();
        this.routeSet = List.copyOf(state.routeSet());
        this.peer = peer;
        this.localCseq = state.localCseq();
        this.remoteCseq = state.remoteCseq();
    }

    /** The dialog that a 101-299 response to our INVITE makes (section 12.1.2). */
    public static Dialog uac(SipMessage request, SipMessage response, Hop peer) {
        List<String> route = response.all(SipHeader.RECORD_ROUTE);
        Collections.reverse(route);
        String contact = response.first(SipHeader.CONTACT);
        Dialog dialog = new Dialog(
                new DialogState(
                        request.callId(),
                        String.valueOf(request.fromTag()),
                        response.toTag(),
                        value(request, SipHeader.FROM),
                        value(response, SipHeader.TO),
                        contact == null
                                ? withoutContact(request)
                                : NameAddr.parse(contact).uri(),
                        route,
                        request.cseq(),
                        -1,
                        ""),
                peer);
        dialog.owner = true;
        return dialog;
    }

    /** The dialog of a 2xx whose INVITE is not known any more: all that is needed stands in the response. */
    public static Dialog of(SipMessage response, Hop peer) {
        return uac(response, response, peer);
    }

    /** The dialog that our 101-299 response to an INVITE makes (section 12.1.1). */
    public static Dialog uas(SipMessage request, String localTag, Hop peer) {
        String contact = request.first(SipHeader.CONTACT);
        String to = value(request, SipHeader.TO);
        return new Dialog(
                new DialogState(
                        request.callId(),
                        localTag,
                        request.fromTag(),
                        request.toTag() == null ? to + ";tag=" + localTag : to,
                        value(request, SipHeader.FROM),
                        contact == null
                                ? NameAddr.parse(value(request, SipHeader.FROM)).uri()
                                : NameAddr.parse(contact).uri(),
                        request.all(SipHeader.RECORD_ROUTE),
                        0,
                        request.cseq(),
                        ""),
                peer);
    }

    /** A dialog from before a restart; our CSeq leaps, so that it is higher than any that was sent and not kept. */
    public static Dialog restore(DialogState state) {
        Dialog dialog = new Dialog(state, Hop.parse(state.hop()));
        dialog.localCseq += CSEQ_LEAP;
        return dialog;
    }

    public DialogState state() {
        return new DialogState(
                callId,
                localTag,
                remoteTag,
                local,
                remote,
                remoteTarget,
                routeSet,
                localCseq,
                remoteCseq,
                peer.toString());
    }

    private static String withoutContact(SipMessage message) {
        return message.isRequest()
                ? message.requestUri()
                : NameAddr.parse(value(message, SipHeader.TO)).uri();
    }

    private static String value(SipMessage message, SipHeader header) {
        String value = message.first(header);
        return value == null ? "" : value;
    }

    public String callId() {
        return callId;
    }

    /** True when this side made the dialog and its Call-ID, which decides who waits longer after glare. */
    public boolean ownsCallId() {
        return owner;
    }

    public String localTag() {
        return localTag;
    }

    public @Nullable String remoteTag() {
        return remoteTag;
    }

    public String remoteTarget() {
        return remoteTarget;
    }

    public long localCseq() {
        return localCseq;
    }

    /** True when {@code request} belongs to this dialog (section 12.2.2). */
    public boolean matches(SipMessage request) {
        return callId.equals(request.callId())
                && localTag.equals(request.toTag())
                && (remoteTag == null || remoteTag.equals(request.fromTag()));
    }

    /** Takes note of a request's CSeq; false when it is out of order and must be answered 500 (section 12.2.2). */
    public boolean inOrder(SipMessage request) {
        if (remoteCseq >= 0 && request.cseq() <= remoteCseq) {
            return false;
        }
        remoteCseq = request.cseq();
        return true;
    }

    /** Takes the peer's new Contact from a target refresh request or response (section 12.2). */
    public void refreshTarget(SipMessage message) {
        String contact = message.first(SipHeader.CONTACT);
        if (contact != null) {
            remoteTarget = NameAddr.parse(contact).uri();
            next = null;
        }
    }

    /** Takes the route set of the 2xx, which may differ from that of a provisional response (section 13.2.2.4). */
    public void confirm(SipMessage response) {
        routeSet = new ArrayList<>(response.all(SipHeader.RECORD_ROUTE));
        Collections.reverse(routeSet);
        next = null;
        refreshTarget(response);
    }

    /** Where the next request goes: the topmost Route, else the remote target; the peer's hop when that is a name. */
    public Hop hop() {
        Hop known = next;
        if (known == null) {
            String uri = routeSet.isEmpty()
                    ? remoteTarget
                    : NameAddr.parse(routeSet.get(0)).uri();
            Hop numeric = Hop.ofNumeric(SipUri.parse(uri), peer.protocol());
            known = numeric == null || numeric.equals(peer) ? peer : numeric; // one object for all calls of a peer
            next = known;
        }
        return known;
    }

    /** A request in this dialog with a new CSeq; Contact, Max-Forwards and the rest are the caller's. */
    public SipWriter request(SipStack stack, String method) {
        localCseq++;
        return request(stack, method, localCseq);
    }

    /** The CSeq of a request that goes again (section 22.2). */
    long nextCseq() {
        return ++localCseq;
    }

    /** The ACK for a 2xx to the INVITE with this CSeq (section 13.2.2.4). */
    public SipWriter ack(SipStack stack, long cseq) {
        return request(stack, "ACK", cseq);
    }

    /** The PRACK for a reliable provisional response to our INVITE with this CSeq (RFC 3262 section 7.2). */
    public SipWriter prack(SipStack stack, SipMessage provisional) {
        return request(stack, "PRACK")
                .add(
                        SipHeader.RACK,
                        ClientTransaction.rseq(provisional) + " " + provisional.cseq() + " "
                                + provisional.methodText());
    }

    private SipWriter request(SipStack stack, String method, long cseq) {
        boolean strict = !routeSet.isEmpty()
                && SipUri.parse(NameAddr.parse(routeSet.get(0)).uri()).parameter("lr") == null;
        String uri = strict ? NameAddr.parse(routeSet.get(0)).uri() : remoteTarget;
        SipWriter writer = stack.request(method, uri, hop().protocol());
        for (int i = strict ? 1 : 0; i < routeSet.size(); i++) {
            writer.add(SipHeader.ROUTE, routeSet.get(i));
        }
        if (strict) {
            writer.add(SipHeader.ROUTE, "<" + remoteTarget + ">");
        }
        return writer.add(SipHeader.FROM, local)
                .add(SipHeader.TO, remote)
                .add(SipHeader.CALL_ID, callId)
                .add(SipHeader.CSEQ, cseq + " " + method);
    }
}
