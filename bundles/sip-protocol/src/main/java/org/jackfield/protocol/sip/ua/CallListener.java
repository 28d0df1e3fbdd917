package org.jackfield.protocol.sip.ua;

import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jspecify.annotations.Nullable;

/** Hears what happens to a call. Called on the stack's thread; must not block. */
public interface CallListener {
    /** A provisional response, also 100. */
    default void onProgress(Call call, SipMessage response) {}

    /** Our INVITE was answered 2xx; the ACK has been sent. */
    default void onAnswered(Call call, SipMessage response) {}

    /** Our INVITE came to nothing; {@code response} is null after a timeout (408) or a transport failure (503). */
    default void onRejected(Call call, int status, @Nullable SipMessage response) {}

    /** The PRACK for our reliable provisional response came; it has been answered. */
    default void onPrack(Call call, SipMessage prack) {}

    /** The ACK for our 2xx came. */
    default void onConfirmed(Call call, SipMessage ack) {}

    /** The caller took the INVITE back; it has been answered 487. */
    default void onCancelled(Call call, SipMessage cancel) {}

    /** A request inside of the call other than BYE and ACK; it must be answered. */
    default void onRequest(Call call, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        if (request.method() == SipMethod.INVITE || request.method() == SipMethod.UPDATE) {
            transaction.respond(call.success(transaction, call.localBody()).build());
        } else {
            transaction.respond(200, "OK");
        }
    }

    /** The call is over: a BYE came ({@code bye}), or we sent one and it was answered (null). */
    default void onEnded(Call call, @Nullable SipMessage bye) {}
}
