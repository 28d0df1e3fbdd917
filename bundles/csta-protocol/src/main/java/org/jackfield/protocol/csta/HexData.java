package org.jackfield.protocol.csta;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The content of correlatorData or userData (hexBinary in ECMA-323).
 *
 * @param value upper-case hex digits when {@code hex}, otherwise the peer's text as it came
 * @param hex false when the peer sent something else than an even number of hex digits
 */
public record HexData(String value, boolean hex) {
    /** The value for {@code octets}. */
    public static HexData of(byte[] octets) {
        return new HexData(HexFormat.of().withUpperCase().formatHex(octets), true);
    }

    /** The value for the UTF-8 octets of {@code text}. */
    public static HexData ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what a peer sent; white space between digits is left out, as real peers send it. */
    public static HexData parse(String wire) {
        var digits = new StringBuilder(wire.length());
        for (int i = 0; i < wire.length(); i++) {
            char c = wire.charAt(i);
            if (Character.digit(c, 16) >= 0 && c < 128) {
                digits.append(c >= 'a' ? (char) (c - 'a' + 'A') : c);
            } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                return new HexData(wire, false);
            }
        }
        return digits.length() % 2 == 0 ? new HexData(digits.toString(), true) : new HexData(wire, false);
    }

    /** The octets; those of the text when it is not hex. */
    public byte[] octets() {
        return hex ? HexFormat.of().parseHex(value) : value.getBytes(StandardCharsets.UTF_8);
    }

    /** The octets read as UTF-8. */
    public String text() {
        return new String(octets(), StandardCharsets.UTF_8);
    }
}
