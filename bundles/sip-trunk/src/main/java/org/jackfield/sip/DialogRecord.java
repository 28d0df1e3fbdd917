package org.jackfield.sip;

import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.DialogState;
import org.jspecify.annotations.Nullable;

/**
 * An established call in the table {@code dialog}, all that is needed to go on with it after a restart.
 *
 * @param link the name of the trunk
 * @param call the host's call id
 * @param leg the SIP Call-ID of the leg that began it
 * @param transfers how many transfers led to this call
 * @param transfer a transfer that was open, so that it gets its one outcome
 */
public record DialogRecord(
        String link,
        String call,
        String leg,
        @Nullable String calling,
        @Nullable String called,
        @Nullable String uui,
        int transfers,
        @Nullable OpenTransfer transfer,
        Leg a,
        Leg b) {

    /**
     * One side of it.
     *
     * @param sdp what the peer sent last, Latin-1
     * @param allow the peer's Allow, null when it sent none
     * @param half of the session identifier, who sits at this end (RFC 7989); null in a record of an older host
     */
    public record Leg(
            Trunk.Side side,
            DialogState dialog,
            String sdp,
            @Nullable String allow,
            @Nullable String half) {}

    /**
     * A transfer without an outcome.
     *
     * @param leg our tag of the dialog in which it was asked for
     * @param cseq of the REFER, the id of its subscription (RFC 3515 section 2.4.6)
     */
    public record OpenTransfer(String id, String leg, long cseq, String target) {}
}
