package org.jackfield.protocol.sip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A session's interval and who refreshes it (RFC 4028). Immutable.
 *
 * @param seconds the interval
 * @param refresher {@code uac}, {@code uas} or null when that is left open
 */
public record SessionTimer(long seconds, @Nullable String refresher) {
    /** RFC 4028 section 5: no interval may be shorter. */
    public static final long LEAST = 90;

    /** The timer that a message names; null when it names none, or nonsense. */
    public static @Nullable SessionTimer of(SipMessage message) {
        String value = message.first(SipHeader.SESSION_EXPIRES);
        return value == null ? null : parse(value);
    }

    static @Nullable SessionTimer parse(String value) {
        int semicolon = value.indexOf(';');
        String number = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
        byte[] digits = Ascii.bytes(number);
        long seconds = Ascii.number(digits, 0, digits.length, Integer.MAX_VALUE);
        if (seconds <= 0) {
            return null;
        }
        String who = semicolon < 0 ? null : SipUri.parameter(value.substring(semicolon), "refresher");
        String known = who == null ? null : who.toLowerCase(Locale.ROOT);
        return new SessionTimer(seconds, "uac".equals(known) || "uas".equals(known) ? known : null);
    }

    /** Min-SE of a message, 90 when there is none (section 5). */
    public static long least(SipMessage message) {
        String value = message.first(SipHeader.MIN_SE);
        SessionTimer parsed = value == null ? null : parse(value);
        return parsed == null ? LEAST : Math.max(LEAST, parsed.seconds());
    }

    /** True when a request asks for less than {@code least}, which is answered 422 with Min-SE (section 6). */
    public static boolean tooSmall(SipMessage request, long least) {
        SessionTimer asked = of(request);
        return asked != null && asked.seconds() < least && supports(request);
    }

    /** True when the sender says {@code Supported: timer}. */
    public static boolean supports(SipMessage message) {
        return message.all(SipHeader.SUPPORTED).stream().anyMatch("timer"::equalsIgnoreCase)
                || message.all(SipHeader.REQUIRE).stream().anyMatch("timer"::equalsIgnoreCase);
    }

    /** With the refresher named, for a 2xx (section 9): who was asked for, else who can. */
    public SessionTimer agreed(boolean callerCan) {
        String who = refresher;
        return new SessionTimer(seconds, who == null ? callerCan ? "uac" : "uas" : who);
    }

    /** When a refresher sends, in milliseconds: at half of the interval (section 10). */
    public long refreshAfter() {
        return seconds * 500;
    }

    /** When the other side gives the session up, in milliseconds: min(32, a third) seconds before its end (section 10). */
    public long giveUpAfter() {
        return seconds * 1_000 - Math.min(32_000, seconds * 1_000 / 3);
    }

    /** The header value. */
    public String text() {
        return seconds + (refresher == null ? "" : ";refresher=" + refresher);
    }
}
