package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a call was meant for before (RFC 7044). Immutable.
 *
 * @param uri of the target, without the headers in it
 * @param index such as {@code 1.1}, empty when missing
 * @param reason why it went on from there (section 9.1), null when not said
 * @param secret true when the entry asks for privacy (section 10.1)
 */
public record HistoryInfo(
        String uri, String index, @Nullable Reason reason, boolean secret) {

    /** All entries of a message, oldest first. */
    public static List<HistoryInfo> of(SipMessage message) {
        List<HistoryInfo> entries = new ArrayList<>(2);
        for (String value : message.all(SipHeader.HISTORY_INFO)) {
            entries.add(parse(value));
        }
        return entries;
    }

    static HistoryInfo parse(String value) {
        NameAddr address = NameAddr.parse(value);
        String whole = address.uri();
        int question = whole.indexOf('?');
        String headers = question < 0 ? "" : whole.substring(question + 1);
        Reason reason = null;
        boolean secret = false;
        for (String header : headers.split("&", -1)) {
            int equals = header.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = header.substring(0, equals);
            String content = unescaped(header.substring(equals + 1));
            if (name.equalsIgnoreCase("Reason")) {
                reason = Reason.parse(content);
            } else if (name.equalsIgnoreCase("Privacy")) {
                secret = !content.equalsIgnoreCase("none");
            }
        }
        String index = address.parameter("index");
        return new HistoryInfo(
                question < 0 ? whole : whole.substring(0, question), index == null ? "" : index, reason, secret);
    }

    /** Percent escapes (RFC 3261 section 19.1.2) as Latin-1; what is no escape stays. */
    public static String unescaped(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean room = i + 2 < text.length();
            int high = room ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = room ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (c == '%' && high >= 0 && low >= 0) {
                plain.append((char) (high * 16 + low));
                i += 2;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
