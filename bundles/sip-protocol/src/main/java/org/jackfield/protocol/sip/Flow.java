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

    /** Sends, or runs {@code failed} on the stack's thread when that turns out to be impossible. */
    void send(SipMessage message, @Nullable Runnable failed);
}
