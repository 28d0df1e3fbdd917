package org.jackfield.protocol.sip;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why something ended (RFC 3326). Immutable.
 *
 * @param protocol {@code SIP} or {@code Q.850}, as it came
 * @param cause -1 when there is none
 * @param text without its quotes, empty when there is none
 */
public record Reason(String protocol, int cause, String text) {
    private static final int MOST = 999;

    public static Reason parse(String value) {
        int semicolon = value.indexOf(';');
        String protocol = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
        String parameters = semicolon < 0 ? "" : value.substring(semicolon);
        String cause = SipUri.parameter(parameters, "cause");
        String text = SipUri.parameter(parameters, "text");
        byte[] digits = Ascii.bytes(cause == null ? "" : cause);
        return new Reason(protocol, (int) Ascii.number(digits, 0, digits.length, MOST), unquoted(text));
    }

    private static String unquoted(@Nullable String text) {
        if (text == null) {
            return "";
        }
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return (quoted ? text.substring(1, text.length() - 1) : text).replaceAll("\\\\(.)", "$1");
    }

    /** All reasons of a message, in order. */
    public static List<Reason> of(SipMessage message) {
        return message.all(SipHeader.REASON).stream().map(Reason::parse).toList();
    }

    /** The first reason of this protocol, null when there is none. */
    public static @Nullable Reason of(SipMessage message, String protocol) {
        for (Reason reason : of(message)) {
            if (reason.protocol.equalsIgnoreCase(protocol)) {
                return reason;
            }
        }
        return null;
    }

    /** True for {@code SIP;cause=200}: the call was answered elsewhere (RFC 3326 section 3.1). */
    public boolean answeredElsewhere() {
        return protocol.toUpperCase(Locale.ROOT).equals("SIP") && cause == 200;
    }

    /** What stands before the first semicolon of the text: Microsoft's id of the call; empty when there is no semicolon. */
    public String guid() {
        int semicolon = text.indexOf(';');
        return semicolon < 0 ? "" : text.substring(0, semicolon);
    }

    /** What stands behind the first semicolon of the text, or all of it. */
    public String phrase() {
        return text.substring(text.indexOf(';') + 1);
    }
}
