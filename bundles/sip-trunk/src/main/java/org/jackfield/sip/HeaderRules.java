package org.jackfield.sip;

import java.util.Locale;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** Which headers cross the B2BUA: all that the two dialogs do not own, byte for byte. Stateless. */
final class HeaderRules {
    private HeaderRules() {}

    /**
     * Copies what may cross to a leg, with the body; Supported and Require lose what this host cannot pass.
     *
     * @param referredBy false when the new message gets another Referred-By
     */
    static void cross(SipMessage from, SipWriter to, Leg leg, Identity identity, boolean referredBy) {
        for (int i = 0; i < from.headers(); i++) {
            SipHeader header = from.header(i);
            if (crosses(header) && identity.passes(header, leg) && (referredBy || header != SipHeader.REFERRED_BY)) {
                to.copy(from, i);
            }
        }
        options(from, SipHeader.SUPPORTED, to);
        options(from, SipHeader.REQUIRE, to);
        to.bodyOf(from);
    }

    private static boolean crosses(SipHeader header) {
        return switch (header) {
            case VIA,
                    FROM,
                    TO,
                    CALL_ID,
                    CSEQ,
                    CONTACT,
                    MAX_FORWARDS,
                    ROUTE,
                    RECORD_ROUTE,
                    CONTENT_LENGTH,
                    ALLOW,
                    SUPPORTED,
                    REQUIRE,
                    PROXY_REQUIRE,
                    USER_TO_USER,
                    REPLACES,
                    SESSION_ID,
                    SESSION_EXPIRES,
                    MIN_SE,
                    RSEQ,
                    RACK,
                    TIMESTAMP,
                    AUTHORIZATION,
                    PROXY_AUTHORIZATION,
                    WWW_AUTHENTICATE,
                    PROXY_AUTHENTICATE,
                    X_MS_USER_LOCATION,
                    X_MS_MEDIA_PATH,
                    X_MS_USER_SITE -> false;
            default -> true;
        };
    }

    /**
     * A From value as Teams wants it: a URI whose user is an E.164 number says {@code user=phone}, or the far end has to
     * guess. All else stays as it came.
     */
    static String phone(String value) {
        if (value.contains("user=")) {
            return value;
        }
        NameAddr address = NameAddr.parse(value);
        SipUri uri = SipUri.parse(address.uri());
        if (uri.host().isEmpty() || !e164(uri.number())) {
            return value;
        }
        String bracketed = "<" + address.uri() + ">";
        String better = "<" + address.uri() + ";user=phone>";
        return value.contains(bracketed) ? value.replace(bracketed, better) : better + address.parameters();
    }

    /** True for {@code +} and 4 to 15 digits, the first of them no zero. */
    static boolean e164(@Nullable String number) {
        if (number == null || number.length() < 5 || number.length() > 16 || number.charAt(0) != '+') {
            return false;
        }
        for (int i = 1; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c < (i == 1 ? '1' : '0') || c > '9') {
                return false;
            }
        }
        return true;
    }

    private static void options(SipMessage from, SipHeader header, SipWriter to) {
        if (!from.has(header)) {
            return;
        }
        StringBuilder kept = new StringBuilder();
        for (String option : from.all(header)) {
            if (passes(option)) {
                kept.append(kept.isEmpty() ? "" : ", ").append(option);
            }
        }
        if (!kept.isEmpty()) {
            to.add(header, kept.toString());
        }
    }

    /** What needs this host's own dialog state, or Teams refuses, is not promised to the other side. */
    private static boolean passes(String option) {
        return switch (option.toLowerCase(Locale.ROOT)) {
            case "100rel",
                    "timer",
                    "replaces",
                    "join",
                    "gruu",
                    "outbound",
                    "path",
                    "tdialog",
                    "norefersub",
                    "multiple-refer" -> false;
            default -> true;
        };
    }

    /** The options of Require that nobody here can fulfil, empty when there are none (RFC 3261 section 8.2.2.3). */
    static String unsupported(SipMessage request, boolean fromAcd) {
        StringBuilder bad = new StringBuilder();
        for (String option : request.all(SipHeader.REQUIRE)) {
            boolean known = switch (option.toLowerCase(Locale.ROOT)) {
                case "timer", "histinfo", "replaces" -> true;
                case "100rel" -> fromAcd; // the SBC side has no use for it
                default -> false;
            };
            if (!known) {
                bad.append(bad.isEmpty() ? "" : ", ").append(option);
            }
        }
        return bad.toString();
    }
}
