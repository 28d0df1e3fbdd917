package org.jackfield.twin.scenario;

import java.util.function.Consumer;
import org.jackfield.protocol.sip.SipWriter;

/**
 * An INVITE of Teams. Immutable.
 *
 * @param caller the number by which the ACD's leg is found
 * @param from the whole From value without tag
 * @param type the Content-Type of {@code body}
 * @param body with {@code {sdp}} where the session description belongs; empty for that alone
 * @param timer whether it offers a session timer as usual (3600 s, at least 300 s)
 * @param more adds headers
 */
record Invitation(
        String caller, String uri, String from, String type, String body, boolean timer, Consumer<SipWriter> more) {
    Invitation with(Consumer<SipWriter> headers) {
        return new Invitation(caller, uri, from, type, body, timer, headers);
    }

    Invitation withUri(String other) {
        return new Invitation(caller, other, from, type, body, timer, more);
    }

    Invitation withFrom(String other) {
        return new Invitation(caller, uri, other, type, body, timer, more);
    }

    Invitation withBody(String otherType, String other) {
        return new Invitation(caller, uri, from, otherType, other, timer, more);
    }

    /** Without the usual session timer. */
    Invitation untimed(Consumer<SipWriter> headers) {
        return new Invitation(caller, uri, from, type, body, false, headers);
    }
}
