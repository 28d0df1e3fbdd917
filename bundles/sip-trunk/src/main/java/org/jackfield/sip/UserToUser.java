package org.jackfield.sip;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The User-to-User header (RFC 7433) and the token that the host carries in it. Stateless. */
final class UserToUser {
    /** The protocol discriminator in front of the token (ITU-T Q.931 section 4.5.30): IA5 characters. */
    private static final int IA5 = 4;
    /** What fits through ISDN. */
    private static final int MOST_OCTETS = 128;

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{4,64}");

    private UserToUser() {}

    static String of(String token) {
        String hex = HexFormat.of().formatHex(token.getBytes(StandardCharsets.US_ASCII));
        return "04" + hex + ";encoding=hex;purpose=isdn-uui;content=isdn-uui";
    }

    /** The token in a header value; null when it holds something else, which is nobody's business here. */
    static @Nullable String token(String value) {
        byte[] octets = octets(value);
        if (octets == null || octets.length < 2) {
            return null;
        }
        int from = octets[0] == IA5 ? 1 : 0;
        String text = new String(octets, from, octets.length - from, StandardCharsets.US_ASCII);
        return TOKEN.matcher(text).matches() ? text : null;
    }

    /** False for more than 128 octets or what is no hexadecimal although it says so; such a header goes no further. */
    static boolean fit(String value) {
        byte[] octets = octets(value);
        return octets != null && octets.length <= MOST_OCTETS;
    }

    private static byte @Nullable [] octets(String value) {
        int semicolon = value.indexOf(';');
        String data = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
        boolean hex = semicolon < 0
                || value.toLowerCase(Locale.ROOT).contains("encoding=hex")
                || !value.toLowerCase(Locale.ROOT).contains("encoding=");
        if (!hex) {
            return data.getBytes(StandardCharsets.ISO_8859_1);
        }
        try {
            return HexFormat.of().parseHex(data.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
