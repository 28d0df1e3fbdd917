package org.jackfield.protocol.csta;

/** A request has no answer; the peer may or may not have carried it out unless {@link #sent()} is false. */
public final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** Why there is none. */
    public enum Why {
        TIMEOUT,
        /** The connection ended first. */
        DISCONNECTED,
        /** There was no connection; nothing was sent. */
        NOT_CONNECTED,
        /** All 9,998 invoke ids are open; nothing was sent. */
        NO_INVOKE_ID,
        /** The answer was of a kind that does not belong to the request. */
        UNEXPECTED
    }

    public NoAnswerException(Why why, String message) {
        super(message);
        this.why = why;
    }

    public Why why() {
        return why;
    }

    /** False when the peer cannot have seen the request. */
    public boolean sent() {
        return why != Why.NOT_CONNECTED && why != Why.NO_INVOKE_ID;
    }
}
