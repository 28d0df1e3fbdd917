package org.jackfield.twin.sip;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipParseException;
import org.jackfield.protocol.sip.SipParser;

/** How a user agent writes header names. */
public enum Style {
    /** As in the RFCs. */
    PLAIN,
    /** Every header name in capitals, as Microsoft's SIP proxy writes them. */
    CAPITALS;

    /** The same message in this style. */
    public SipMessage of(SipMessage message) {
        return this == PLAIN ? message : capitals(message);
    }

    private static SipMessage capitals(SipMessage message) {
        String text = new String(message.toBytes(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, end).split("\r\n", -1);
        StringBuilder changed = new StringBuilder(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            changed.append("\r\n")
                    .append(lines[i].substring(0, colon).toUpperCase(Locale.ROOT))
                    .append(lines[i].substring(colon));
        }
        changed.append(text.substring(end));
        try {
            return SipParser.parse(changed.toString().getBytes(StandardCharsets.ISO_8859_1));
        } catch (SipParseException e) {
            throw new IllegalStateException("message in capitals: " + e.getMessage(), e);
        }
    }
}
