package org.jackfield.protocol.sip;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A way to one peer: its UDP address, or one TCP connection. Used on the stack's thread only; never blocks. */
public interface Flow {
    Protocol protocol();

    /** Where the peer's bytes come from or go to. */
    InetSocketAddress remote();

    /** True for a TCP connection that this side opened: the peer may send responses on it, and no requests. */
    default boolean opened() {
        return false;
    }

    /**
     * True for a connection that was up and ended, so that another one may do better than it did; false when none came
     * about, and when it was closed because the peer left too much unread.
     */
    default boolean renewable() {
        return false;
    }

    /** Runs {@code ended} on the stack's thread when the connection ends before {@link #unwatch}; a datagram's never does. */
    default void watch(Runnable ended) {}

    /** Takes {@link #watch} back. */
    default void unwatch(Runnable ended) {}

    /** Sends, or runs {@code failed} on the stack's thread when that turns out to be impossible. */
    void send(SipMessage message, @Nullable Runnable failed);
}
