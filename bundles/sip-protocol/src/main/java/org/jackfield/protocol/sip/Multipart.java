package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parts of a multipart body (RFC 2046 section 5.1, RFC 5621). Stateless; a body that is cut short gives what is whole. */
public final class Multipart {
    private static final int MOST_PARTS = 32;

    /**
     * One part.
     *
     * @param type its Content-Type as it came, {@code text/plain} when it has none
     * @param headers all its header lines
     */
    public record Part(String type, String headers, String content) {
        /** True for this media type, whatever its parameters. */
        public boolean is(String mediaType) {
            return Multipart.is(type, mediaType);
        }
    }

    private Multipart() {}

    /** The parts of a message: one when the body is not multipart, none when it has no body. */
    public static List<Part> of(SipMessage message) {
        String type = message.first(SipHeader.CONTENT_TYPE);
        if (type == null || !message.hasBody()) {
            return List.of();
        }
        String body = message.bodyText();
        String boundary = type.toLowerCase(Locale.ROOT).startsWith("multipart/") ? boundary(type) : null;
        return boundary == null ? List.of(new Part(type, "", body)) : split(body, boundary);
    }

    /** The first part of this media type, for example {@code application/sdp}; null when there is none. */
    public static @Nullable Part first(SipMessage message, String mediaType) {
        for (Part part : of(message)) {
            if (part.is(mediaType)) {
                return part;
            }
        }
        return null;
    }

    static boolean is(String type, String mediaType) {
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().equalsIgnoreCase(mediaType);
    }

    private static @Nullable String boundary(String type) {
        int semicolon = type.indexOf(';');
        String value = semicolon < 0 ? null : SipUri.parameter(type.substring(semicolon), "boundary");
        if (value == null || value.isEmpty()) {
            return null;
        }
        return value.startsWith("\"") && value.endsWith("\"") && value.length() > 2
                ? value.substring(1, value.length() - 1)
                : value;
    }

    private static List<Part> split(String body, String boundary) {
        List<Part> parts = new ArrayList<>(2);
        String mark = "--" + boundary;
        int at = body.startsWith(mark) ? 0 : next(body, mark, 0);
        while (at >= 0 && parts.size() < MOST_PARTS) {
            int line = body.indexOf("\r\n", at + mark.length());
            if (line < 0 || body.startsWith("--", at + mark.length())) {
                break;
            }
            int end = body.indexOf("\r\n" + mark, line);
            if (end < 0) {
                break;
            }
            parts.add(part(body.substring(Math.min(line + 2, end), end)));
            at = end + 2;
        }
        return parts;
    }

    private static int next(String body, String mark, int from) {
        int at = body.indexOf("\r\n" + mark, from);
        return at < 0 ? -1 : at + 2;
    }

    private static Part part(String text) {
        int empty = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n");
        if (empty < 0) {
            return new Part("text/plain", text, "");
        }
        String headers = text.substring(0, empty);
        String content = text.substring(Math.min(text.length(), empty + (empty == 0 ? 2 : 4)));
        String type = "text/plain";
        for (String line : headers.split("\r\n(?![ \t])", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && SipHeader.of(line.substring(0, colon).trim()) == SipHeader.CONTENT_TYPE) {
                type = line.substring(colon + 1).trim();
            }
        }
        return new Part(type, headers, content);
    }
}
