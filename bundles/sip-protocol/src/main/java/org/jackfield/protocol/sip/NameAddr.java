package org.jackfield.protocol.sip;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A value of From, To, Contact, Route, Record-Route, Refer-To or Referred-By (RFC 3261 section 20.10): a URI with or
 * without angle brackets, and parameters. Immutable; all parts are as they came.
 *
 * @param display the display name with its quotes, empty when there is none
 * @param uri what stands between the brackets
 * @param parameters from the first semicolon behind the URI on, empty when there are none
 */
public record NameAddr(String display, String uri, String parameters) {

    /** Tolerant: whatever comes gives some value; an unquoted display name may be joined to the bracket. */
    public static NameAddr parse(String value) {
        int open = openBracket(value);
        if (open >= 0) {
            int close = value.indexOf('>', open);
            int end = close < 0 ? value.length() : close;
            int semicolon = value.indexOf(';', end);
            return new NameAddr(
                    value.substring(0, open).trim(),
                    value.substring(open + 1, end),
                    semicolon < 0 ? "" : value.substring(semicolon));
        }
        int semicolon = value.indexOf(';'); // RFC 3261 section 20: without brackets, parameters belong to the header
        return semicolon < 0
                ? new NameAddr("", value.trim(), "")
                : new NameAddr("", value.substring(0, semicolon).trim(), value.substring(semicolon));
    }

    public @Nullable String parameter(String name) {
        return SipUri.parameter(parameters, name);
    }

    /** A From or To value without its tag and otherwise as it came, for another leg to carry on. */
    public static String withoutTag(String value) {
        int at = openBracket(value) < 0 ? 0 : value.indexOf('>', openBracket(value));
        int from = value.indexOf(';', Math.max(at, 0));
        while (from >= 0 && from < value.length()) {
            int next = SipUri.nextSemicolon(value, from + 1);
            if (value.substring(from + 1, next).trim().toLowerCase(Locale.ROOT).startsWith("tag=")) {
                return value.substring(0, from) + value.substring(next);
            }
            from = next;
        }
        return value;
    }

    private static int openBracket(String value) {
        boolean quoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '<' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** False when quotes or brackets stay open, or the URI in brackets has no scheme or has space in it. */
    static boolean wellFormed(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && bytes[i] != '<') {
            if (bytes[i] == '"') {
                i++;
                while (i < end && bytes[i] != '"') {
                    i += bytes[i] == '\\' ? 2 : 1;
                }
                if (i >= end) {
                    return false;
                }
            }
            i++;
        }
        if (i >= end) {
            return true;
        }
        boolean scheme = false;
        int uri = i + 1;
        for (i = uri; i < end && bytes[i] != '>'; i++) {
            if (Ascii.isLws(bytes[i]) || bytes[i] == '<') {
                return false;
            }
            scheme |= bytes[i] == ':' && i > uri;
        }
        return i < end && scheme;
    }

    /** Splits at commas outside of quotes and brackets. */
    static void split(String value, List<String> into) {
        boolean quoted = false;
        int depth = 0;
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '<') {
                depth++;
            } else if (!quoted && c == '>') {
                depth--;
            } else if (c == ',' && !quoted && depth <= 0) {
                add(value.substring(from, i), into);
                from = i + 1;
            }
        }
        add(value.substring(from), into);
    }

    private static void add(String part, List<String> into) {
        String trimmed = part.trim();
        if (!trimmed.isEmpty()) {
            into.add(trimmed);
        }
    }

    /** A header parameter of a name-addr in a byte range, without making other strings. */
    static @Nullable String parameter(byte[] bytes, int start, int end, byte[] name) {
        boolean quoted = false;
        boolean inside = false;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '\\' && quoted) {
                i++;
            } else if (b == '"') {
                quoted = !quoted;
            } else if (!quoted && b == '<') {
                inside = true;
            } else if (!quoted && b == '>') {
                inside = false;
            } else if (b == ';' && !quoted && !inside) {
                int from = Ascii.pastLws(bytes, i + 1, end);
                int stop = from + name.length;
                if (stop <= end && Ascii.equalIgnoreCase(bytes, from, stop, name)) {
                    int equals = Ascii.pastLws(bytes, stop, end);
                    if (equals < end && bytes[equals] == '=') {
                        return value(bytes, Ascii.pastLws(bytes, equals + 1, end), end);
                    }
                }
            }
        }
        return null;
    }

    private static String value(byte[] bytes, int from, int end) {
        int stop = from;
        while (stop < end && bytes[stop] != ';' && bytes[stop] != ',' && !Ascii.isLws(bytes[stop])) {
            stop++;
        }
        return Ascii.text(bytes, from, stop);
    }
}
