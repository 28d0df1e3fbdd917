package org.jackfield.protocol.sip;

/** What a NOTIFY about a REFER says (RFC 3515 section 2.4.5, RFC 3420): the status line of the new call. Stateless. */
public final class SipFrag {
    public static final String TYPE = "message/sipfrag;version=2.0";

    private SipFrag() {}

    /** The status of a body that begins with a status line, 0 when it does not. */
    public static int status(String body) {
        if (!body.regionMatches(true, 0, "SIP/2.0 ", 0, 8) || body.length() < 11) {
            return 0;
        }
        byte[] digits = Ascii.bytes(body.substring(8, 11));
        long status = Ascii.number(digits, 0, 3, 699);
        return status < 100 ? 0 : (int) status;
    }

    /** A body with one status line. */
    public static String of(int status, String phrase) {
        return "SIP/2.0 " + status + " " + phrase + "\r\n";
    }

    /** True when the subscription ends with this NOTIFY (RFC 6665 section 4.1.3). */
    public static boolean last(SipMessage notify) {
        String state = notify.first(SipHeader.SUBSCRIPTION_STATE);
        return state != null && state.regionMatches(true, 0, "terminated", 0, 10);
    }
}
