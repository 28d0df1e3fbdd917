package org.jackfield.protocol.sip;

import org.jspecify.annotations.Nullable;

/** Bytes that are no SIP message, with the reason and where; has no stack trace because peers cause it at will. */
public final class SipParseException extends Exception {
    private static final long serialVersionUID = 1;

    private final Refusal refusal;
    private final int offset;
    private final transient @Nullable SipMessage partial;

    SipParseException(Refusal refusal, int offset, @Nullable SipMessage partial) {
        super(refusal.text() + " at byte " + offset + " (expected: " + refusal.expected() + ")", null, false, false);
        this.refusal = refusal;
        this.offset = offset;
        this.partial = partial;
    }

    public Refusal refusal() {
        return refusal;
    }

    /** Where in the bytes, from 0. */
    public int offset() {
        return offset;
    }

    /** A request that has all that is needed to answer it 400, otherwise null. */
    @Nullable
    SipMessage answerable() {
        return partial;
    }
}
