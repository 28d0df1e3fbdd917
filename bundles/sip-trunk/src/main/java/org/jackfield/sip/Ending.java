package org.jackfield.sip;

import java.util.List;
import org.jackfield.protocol.sip.Reason;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jspecify.annotations.Nullable;

/**
 * Why a call ended, as the event says it. Immutable.
 *
 * @param cause a status, a word of ours, or the Reason header as it came
 * @param guid the peer's id of the call out of the Reason text, null when there is none
 * @param kind what it comes to: normal, busy, no-answer, rejected, unreachable, network, media, elsewhere or other
 */
record Ending(
        @Nullable String cause,
        @Nullable String guid,
        @Nullable String kind) {
    private static final String NORMAL = "normal";
    private static final String NETWORK = "network";
    private static final String OTHER = "other";

    /** A remark on a call that did not end. */
    static Ending remark(@Nullable String remark) {
        return new Ending(remark, null, null);
    }

    /** A status, or a word of ours. */
    static Ending of(String cause) {
        String kind = switch (cause) {
            case "transferred", "487" -> NORMAL;
            case "lost" -> NETWORK;
            default -> cause.matches("[2-6][0-9][0-9]") ? byStatus(Integer.parseInt(cause)) : OTHER;
        };
        return new Ending(cause, null, kind);
    }

    /** A request that ended the call, by its Reason (RFC 3326) as it came. */
    static Ending of(SipMessage request, @Nullable String otherwise) {
        List<Reason> reasons = Reason.of(request);
        if (reasons.isEmpty()) {
            return otherwise == null ? new Ending(null, null, NORMAL) : of(otherwise);
        }
        String whole = String.join(", ", request.all(SipHeader.REASON));
        return new Ending(otherwise == null ? whole : otherwise, guid(reasons), kind(reasons));
    }

    /** A final error: {@code status} is what the caller got for it. */
    static Ending of(int status, @Nullable SipMessage response) {
        List<Reason> reasons = response == null ? List.of() : Reason.of(response);
        return new Ending(Integer.toString(status), guid(reasons), byStatus(status));
    }

    private static @Nullable String guid(List<Reason> reasons) {
        for (Reason reason : reasons) {
            if (!reason.guid().isEmpty()) {
                return reason.guid();
            }
        }
        return null;
    }

    private static String kind(List<Reason> reasons) {
        String found = OTHER;
        for (Reason reason : reasons) {
            String phrase = reason.phrase();
            if (phrase.startsWith("Media") || phrase.startsWith("Ice")) {
                return "media";
            }
            if (found.equals(OTHER)) {
                found = reason.protocol().equalsIgnoreCase("SIP") ? byStatus(reason.cause()) : byCause(reason.cause());
            }
        }
        return found;
    }

    /** By the cause values of Q.850. */
    private static String byCause(int cause) {
        return switch (cause) {
            case 16, 31 -> NORMAL;
            case 17 -> "busy";
            case 18, 19 -> "no-answer";
            case 21 -> "rejected";
            case 1, 2, 3, 20, 22, 27, 28 -> "unreachable";
            case 26 -> "elsewhere";
            case 34, 38, 41, 42, 44, 47, 102 -> NETWORK;
            case 65, 79, 88 -> "media";
            default -> OTHER;
        };
    }

    private static String byStatus(int status) {
        return switch (status) {
            case 200 -> "elsewhere";
            case 487 -> NORMAL;
            case 486, 600 -> "busy";
            case 408, 480 -> "no-answer";
            case 403, 603 -> "rejected";
            case 404, 410, 484, 604 -> "unreachable";
            case 415, 488, 606 -> "media";
            case 500, 502, 503, 504 -> NETWORK;
            default -> OTHER;
        };
    }
}
