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
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("sip") && !scheme.equals("sips")) {
            return new SipUri(scheme, colon < 0 ? null : text.substring(colon + 1), "", 0, "", "");
        }
        String rest = text.substring(colon + 1);
        int at = rest.indexOf('@');
        String user = at < 0 ? null : rest.substring(0, at);
        rest = rest.substring(at + 1);
        int question = rest.indexOf('?');
        String headers = question < 0 ? "" : rest.substring(question + 1);
        rest = question < 0 ? rest : rest.substring(0, question);
        int semicolon = rest.indexOf(';');
        String parameters = semicolon < 0 ? "" : rest.substring(semicolon);
        String hostPort = semicolon < 0 ? rest : rest.substring(0, semicolon);
        return withHost(scheme, user, hostPort, parameters, headers);
    }

    private static SipUri withHost(
            String scheme, @Nullable String user, String hostPort, String parameters, String headers) {
        int close = hostPort.startsWith("[") ? hostPort.indexOf(']') : -1;
        int colon = hostPort.indexOf(':', Math.max(close, 0));
        String host = close > 0 ? hostPort.substring(1, close) : colon < 0 ? hostPort : hostPort.substring(0, colon);
        return new SipUri(scheme, user, host, colon < 0 ? 0 : port(hostPort.substring(colon + 1)), parameters, headers);
    }

    static int port(String text) {
        if (text.isEmpty() || text.length() > 5) {
            return 0;
        }
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
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
            String one = parameters.substring(at + 1, next).trim();
            int equals = one.indexOf('=');
            String key = equals < 0 ? one : one.substring(0, equals).trim();
            if (key.equalsIgnoreCase(name)) {
                return equals < 0 ? "" : one.substring(equals + 1).trim();
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
