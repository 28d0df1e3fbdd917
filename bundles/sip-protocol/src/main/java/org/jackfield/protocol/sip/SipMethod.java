package org.jackfield.protocol.sip;

import org.jspecify.annotations.Nullable;

/** The methods of RFC 3261 and its extensions; any other token is {@link #OTHER} and passes with its own text. */
public enum SipMethod {
    INVITE,
    ACK,
    BYE,
    CANCEL,
    OPTIONS,
    REGISTER,
    /** RFC 3262. */
    PRACK,
    /** RFC 6665. */
    SUBSCRIBE,
    /** RFC 6665. */
    NOTIFY,
    /** RFC 3903. */
    PUBLISH,
    /** RFC 6086. */
    INFO,
    /** RFC 3515. */
    REFER,
    /** RFC 3428. */
    MESSAGE,
    /** RFC 3311. */
    UPDATE,
    OTHER;

    private static final SipMethod[] ALL = values();

    @SuppressWarnings("ImmutableEnumChecker") // compared with the wire, never changed
    private final byte[] token = Ascii.bytes(name());

    /** Methods are case-sensitive (RFC 3261 section 7.1). */
    static SipMethod of(byte[] bytes, int start, int end) {
        for (SipMethod method : ALL) {
            if (method != OTHER && Ascii.equal(bytes, start, end, method.token)) {
                return method;
            }
        }
        return OTHER;
    }

    /** The method of this text, {@link #OTHER} when it is none of these. */
    public static SipMethod of(@Nullable String text) {
        if (text == null) {
            return OTHER;
        }
        byte[] bytes = Ascii.bytes(text);
        return of(bytes, 0, bytes.length);
    }
}
