package org.jackfield.protocol.sip;

import org.jspecify.annotations.Nullable;

/**
 * Which dialog an INVITE takes the place of (RFC 3891 section 6.1), as seen by who receives it. Immutable.
 *
 * @param toTag the receiver's own tag
 * @param fromTag the tag of the party that is replaced
 * @param earlyOnly the receiver must refuse when the dialog is confirmed already
 */
public record Replaces(String callId, String toTag, String fromTag, boolean earlyOnly) {

    /** Null when the Call-ID or one of the two tags is missing; such a request gets 400 (section 3). */
    public static @Nullable Replaces parse(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon <= 0) {
            return null;
        }
        String parameters = value.substring(semicolon);
        String callId = value.substring(0, semicolon).trim();
        String to = SipUri.parameter(parameters, "to-tag");
        String from = SipUri.parameter(parameters, "from-tag");
        if (callId.isEmpty() || to == null || to.isEmpty() || from == null || from.isEmpty()) {
            return null;
        }
        return new Replaces(callId, to, from, SipUri.parameter(parameters, "early-only") != null);
    }

    /** True when this names {@code dialog}, which is ours. */
    public boolean names(Dialog dialog) {
        return callId.equals(dialog.callId()) && toTag.equals(dialog.localTag()) && fromTag.equals(dialog.remoteTag());
    }

    /** The header value by which another side asks for the same. */
    public String text() {
        return callId + ";to-tag=" + toTag + ";from-tag=" + fromTag + (earlyOnly ? ";early-only" : "");
    }
}
