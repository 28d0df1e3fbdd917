package org.jackfield.protocol.sip;

import java.net.InetSocketAddress;

/** What a stack tells the user agent. All methods are called on the stack's thread and must not block. */
public interface SipListener {
    /** A new request, never ACK or CANCEL and never a retransmission; it must be answered. */
    void onRequest(ServerTransaction transaction);

    /** The first ACK for the 2xx of {@code invite}. */
    default void onAck(ServerTransaction invite, SipMessage ack) {}

    /**
     * The peer takes back an INVITE that has no final response yet. The CANCEL has been answered 200; the INVITE must
     * still be answered, usually with 487 (RFC 3261 section 9.2).
     */
    default void onCancel(ServerTransaction invite, SipMessage cancel) {
        invite.respond(487, "Request Terminated");
    }

    /** No ACK came for the 2xx of {@code invite} within 64*T1; the dialog should be ended (RFC 3261 section 13.3.1.4). */
    default void onAckMissing(ServerTransaction invite) {}

    /** True for a request that is taken however many transactions its source has open; asked only when it has too many. */
    default boolean exempt(SipMessage request, Flow flow) {
        return false;
    }

    /** A request was answered 503 because its source has too many transactions open. */
    default void onOverload(SipMessage request, Flow flow) {}

    /** A TCP connection was closed because its peer left too much unread; what was on its way there has failed. */
    default void onUnread(Flow flow, int bytes) {}

    /** No PRACK came for a reliable provisional response within 64*T1 (RFC 3262 section 3). */
    default void onPrackMissing(ServerTransaction invite) {
        invite.respond(504, "No PRACK");
    }

    /** Bytes that were no message. {@code head} are the first of them, as text fit for a log. */
    default void onRefused(Refusal refusal, int offset, InetSocketAddress from, Protocol protocol, String head) {}

    /**
     * A message that belongs to nothing here: a stray ACK or a late response, also the 2xx of a fork that answers T4 after
     * another one. The stack drops it; a user agent core that may have forgotten its INVITE acknowledges a 2xx and ends the dialog, or the peer keeps a call that nobody has.
     */
    default void onStray(SipMessage message, Flow flow) {}
}
