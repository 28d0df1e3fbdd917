package org.jackfield.sip;

import java.util.HexFormat;
import java.util.Locale;
import org.jackfield.plugin.Uui;

/** What may cross of User-to-User values that are not the host's own (RFC 7433). Stateless. */
final class UserToUser {
    private UserToUser() {}

    /** False for more than 128 octets or what is no hexadecimal although it should be; such a header goes no further. */
    static boolean fit(String value) {
        int semicolon = value.indexOf(';');
        String data = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
        String parameters = value.toLowerCase(Locale.ROOT);
        if (parameters.contains("encoding=") && !parameters.contains("encoding=hex")) {
            return data.length() <= Uui.MAX_OCTETS;
        }
        try {
            return HexFormat.of().parseHex(data).length <= Uui.MAX_OCTETS;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
