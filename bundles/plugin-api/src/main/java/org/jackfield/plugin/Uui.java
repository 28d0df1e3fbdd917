package org.jackfield.plugin;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host's call token in User-to-User (RFC 7433) and correlatorData (ECMA-323): hex of one octet protocol
 * discriminator and the token in printable ASCII. Immutable functions, safe for any thread.
 */
public final class Uui {
    /** User-specific protocol (ITU-T Q.931 table 4-26), the discriminator that the host writes. */
    private static final byte DISCRIMINATOR = 0x04;
    /** What ISDN carries at most, discriminator included. */
    public static final int MAX_OCTETS = 128;

    private Uui() {}

    /** What a value was read as. */
    public sealed interface Read {
        /** The value carries this token. */
        record Token(String text) implements Read {}

        /** The value is not usable; neither forward it nor drop it silently. */
        record Bad(String reason, String value) implements Read {}

        /** The token, or null when the value was not usable. */
        default @Nullable String token() {
            return this instanceof Token good ? good.text() : null;
        }
    }

    /**
     * The hex of {@code token}, as in correlatorData.
     *
     * @throws IllegalArgumentException when it is empty, too long or not printable ASCII
     */
    public static String hex(String token) {
        byte[] text = token.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length >= MAX_OCTETS || !printable(text)) {
            throw new IllegalArgumentException(
                    "token: \"" + token + "\" (expected: 1-" + (MAX_OCTETS - 1) + " printable ASCII characters)");
        }
        byte[] octets = new byte[text.length + 1];
        octets[0] = DISCRIMINATOR;
        System.arraycopy(text, 0, octets, 1, text.length);
        return HexFormat.of().formatHex(octets);
    }

    /** The whole header value for {@code token}, RFC 7433 section 4.1. */
    public static String header(String token) {
        return hex(token) + ";encoding=hex;purpose=isdn-uui;content=isdn-uui";
    }

    /** Reads a header value: hex, then parameters in any order; RFC 7433 sections 4.1 and 6. */
    public static Read readHeader(String value) {
        String[] parts = value.split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("encoding=") && !parameter.equals("encoding=hex")) {
                return new Read.Bad(parameter + " (expected: encoding=hex)", clipped(value));
            }
        }
        return readHex(parts[0]);
    }

    /** Reads hex, with white space inside allowed (real correlatorData has it). */
    public static Read readHex(String value) {
        String hex = value.replaceAll("\\s+", "");
        if (hex.length() >= 2 && hex.startsWith("\"") && hex.endsWith("\"")) {
            hex = hex.substring(1, hex.length() - 1);
        }
        if (hex.length() > 2 * MAX_OCTETS) {
            return new Read.Bad(hex.length() / 2 + " octets (expected: at most " + MAX_OCTETS + ")", clipped(value));
        }
        byte[] octets;
        try {
            octets = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            return new Read.Bad("not hex (expected: an even number of hex digits)", clipped(value));
        }
        if (octets.length < 2) {
            return new Read.Bad("no token (expected: a protocol discriminator and text)", clipped(value));
        }
        byte[] text = java.util.Arrays.copyOfRange(octets, 1, octets.length);
        return printable(text)
                ? new Read.Token(new String(text, StandardCharsets.US_ASCII))
                : new Read.Bad("not a token (expected: printable ASCII)", clipped(value));
    }

    private static boolean printable(byte[] text) {
        for (byte b : text) {
            if (b <= 0x20 || b >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String clipped(String value) {
        return value.length() <= 300 ? value : value.substring(0, 300) + "...";
    }
}
