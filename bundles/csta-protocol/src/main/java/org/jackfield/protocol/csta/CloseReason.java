package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended.
 *
 * @param fault what was wrong with the input when {@code cause} is {@link Cause#FORMAT}
 * @param sentence for the person on call; never a secret
 */
public record CloseReason(Cause cause, @Nullable Fault fault, String sentence) {
    /** What ended it. */
    public enum Cause {
        /** This end closed it. */
        LOCAL,
        /** The peer closed the socket. */
        PEER,
        /** The socket could not be opened. */
        CONNECT,
        /** The socket failed. */
        IO,
        /** The peer sent something that is not CSTA. */
        FORMAT,
        /** The application session was refused. */
        REFUSED,
        /** The peer ended the application session, or its timer could not be reset. */
        TERMINATED,
        /** Two heartbeats in a row were not answered. */
        HEARTBEAT,
        /** The peer does not read what it is sent. */
        SLOW_PEER
    }

    static CloseReason of(Cause cause, String sentence) {
        return new CloseReason(cause, null, sentence);
    }

    static CloseReason format(CstaFormatException e) {
        return new CloseReason(Cause.FORMAT, e.fault(), String.valueOf(e.getMessage()));
    }
}
