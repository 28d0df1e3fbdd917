package org.jackfield.protocol.sip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A SIP URI taken apart (RFC 3261 section 19.1); anything else than {@code sip:} and {@code sips:} has no host.
 * Immutable; escapes are left as they came.
 *
 * @param scheme in lower case
 * @param user with a password if there is one; null when there is no {@code @}
 * @param host without brackets for IPv6, empty when this is no SIP URI
 * @param port 0 when not given
 * @param parameters from the first semicolon on
 * @param headers behind the question mark, without it
 */
public record SipUri(String scheme, @Nullable String user, String host, int port, String parameters, String headers) {
    /** Of UDP and TCP when none is given (RFC 3261 section 19.1.2). */
    static final int PORT = 5060;

    /** False for a bracket around it, a control character, or an IPv6 address without its brackets (RFC 5118 section 4.2). */
    static boolean wellFormed(byte[] bytes, int start, int end) {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            if (bytes[colon] == '<' || bytes[colon] == '"') {
                return false;
            }
            colon++;
        }
        if (colon == start || colon == end) {
            return false;
        }
        if (Ascii.lower(bytes[start]) != 's') {
            return true;
        }
        int host = colon + 1;
        for (int i = host; i < end; i++) {
            if (bytes[i] == '@') {
                host = i + 1;
                break;
            }
        }
        int colons = 0;
        boolean bracket = false;
        for (int i = host; i < end && bytes[i] != ';' && bytes[i] != '?'; i++) {
            bracket = bytes[i] == '[' || (bracket && bytes[i] != ']');
            if (bytes[i] == ':' && !bracket) {
                colons++;
            } else if (bytes[i] == '>' || bytes[i] == '<') {
                return false;
            }
        }
        return colons <= 1 && !bracket;
    }

    /** Tolerant: an unescaped {@code #} in the user part is fine, and a port that is no number counts as not given. */
    public static SipUri parse(String text) {
        int colon = text.indexOf(':');
        boolean secure = text.regionMatches(true, 0, "sips:", 0, 5);
        if (!secure && !text.regionMatches(true, 0, "sip:", 0, 4)) {
            String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
            return new SipUri(scheme, colon < 0 ? null : text.substring(colon + 1), "", 0, "", "");
        }
        int at = text.indexOf('@', colon + 1);
        int host = Math.max(at, colon) + 1;
        int question = text.indexOf('?', host);
        int end = question < 0 ? text.length() : question;
        int hostEnd = find(text, ';', host, end);
        int close = text.startsWith("[", host) ? find(text, ']', host, hostEnd) : hostEnd;
        int port = find(text, ':', close < hostEnd ? close : host, hostEnd);
        return new SipUri(
                secure ? "sips" : "sip",
                at < 0 ? null : text.substring(colon + 1, at),
                close < hostEnd ? text.substring(host + 1, close) : text.substring(host, port),
                port < hostEnd ? port(text, port + 1, hostEnd) : 0,
                text.substring(hostEnd, end),
                question < 0 ? "" : text.substring(question + 1));
    }

    /** The first index of this character in a range; {@code end} when there is none. */
    private static int find(String text, char wanted, int from, int end) {
        int at = from;
        while (at < end && text.charAt(at) != wanted) {
            at++;
        }
        return at;
    }

    /** The number in a range; 0 when it is no port. */
    private static int port(String text, int from, int end) {
        int port = 0;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i - from == 5) {
                return 0;
            }
            port = port * 10 + (c - '0');
        }
        return port > 65_535 ? 0 : port;
    }

    public @Nullable String parameter(String name) {
        return parameter(parameters, name);
    }

    /** The user part without its own parameters ({@code ;ext=...}), as dial plans want it. */
    public @Nullable String number() {
        String whole = user;
        if (whole == null) {
            return null;
        }
        int end = whole.indexOf(';');
        return end < 0 ? whole : whole.substring(0, end);
    }

    /** The value of a parameter in {@code ;a=b;c}; empty for one without value, null when absent. */
    static @Nullable String parameter(String parameters, String name) {
        int at = 0;
        while (at < parameters.length()) {
            int next = nextSemicolon(parameters, at + 1);
            int equals = find(parameters, '=', at + 1, next);
            int from = at + 1;
            while (from < equals && parameters.charAt(from) <= ' ') {
                from++;
            }
            int stop = equals;
            while (stop > from && parameters.charAt(stop - 1) <= ' ') {
                stop--;
            }
            if (stop - from == name.length() && parameters.regionMatches(true, from, name, 0, name.length())) {
                return equals == next
                        ? ""
                        : parameters.substring(equals + 1, next).trim();
            }
            at = next;
        }
        return null;
    }

    static int nextSemicolon(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return text.length();
    }
}
