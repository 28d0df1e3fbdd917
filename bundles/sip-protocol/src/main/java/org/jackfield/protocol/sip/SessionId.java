package org.jackfield.protocol.sip;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session's identifier from end to end (RFC 7989). Immutable.
 *
 * @param local the sender's half, 32 hexadecimal digits in lower case
 * @param remote the other party's half, {@link #NIL} while unknown
 */
public record SessionId(String local, String remote) {
    /** RFC 7989 section 5: nobody. */
    public static final String NIL = "0".repeat(32);

    private static final Pattern HALF = Pattern.compile("[0-9a-fA-F]{32}");

    /** Null when the message has none, or nonsense. */
    public static @Nullable SessionId of(SipMessage message) {
        String value = message.first(SipHeader.SESSION_ID);
        if (value == null) {
            return null;
        }
        int semicolon = value.indexOf(';');
        String local = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
        String remote = semicolon < 0 ? null : SipUri.parameter(value.substring(semicolon), "remote");
        if (!HALF.matcher(local).matches()) {
            return null;
        }
        boolean known = remote != null && HALF.matcher(remote).matches();
        return new SessionId(
                local.toLowerCase(Locale.ROOT), known ? String.valueOf(remote).toLowerCase(Locale.ROOT) : NIL);
    }

    /** A new half by chance. */
    public static String fresh() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** As the other party writes it. */
    public SessionId reversed() {
        return new SessionId(remote, local);
    }

    /** The header value. */
    public String text() {
        return local + ";remote=" + remote;
    }
}
