package org.jackfield.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionId;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** One side of a bridged call: its dialog and what is going on in it. For the stack's thread; owned by its session. */
final class Leg {
    final Trunk.Side side;
    final Hop hop;
    final String callId;
    /** Our tags by which requests of this leg are found; several while forks ring. */
    final List<String> tags = new ArrayList<>(1);

    Session session;

    @Nullable
    Leg peer;

    @Nullable
    Dialog dialog;
    /** The INVITE that opened it, when it came from the peer and until our answer is acknowledged. */
    @Nullable
    ServerTransaction invite;
    /** What the peer sent last. */
    String sdp = "";

    @Nullable
    String allow;
    /** Where the Teams client is, as X-MS-UserLocation, -MediaPath and -UserSite say; null without local media. */
    @Nullable
    LocalMedia local;
    /** Whom the SBC asserted last on this leg. */
    @Nullable
    String identity;
    /** A BYE has come or gone. */
    boolean ended;
    /** A re-INVITE or UPDATE of the peer that waits for the other side. */
    @Nullable
    ServerTransaction changing;
    /** A re-INVITE or UPDATE of ours that waits for the peer. */
    @Nullable
    ClientTransaction changed;
    /** What waits for the ACK of our 2xx: a late answer, or a BYE. */
    @Nullable
    AckWaiter onAck;
    /** The transfer that the peer asked for and that has no outcome yet. */
    @Nullable
    Referral referral;

    int referrals;
    /** The session identifier's half of who sits at this end (RFC 7989), made for them while they send none. */
    @Nullable
    String half;
    /** The other end's half, as this one was told it last. */
    private String told = SessionId.NIL;
    /** Its session timer, null while none was asked for. */
    @Nullable
    SessionClock clock;

    /** What a Teams client's place is, for the SBC's local media optimisation; each null when it was not said. */
    record LocalMedia(
            @Nullable String location,
            @Nullable String path,
            @Nullable String site) {
        static @Nullable LocalMedia of(SipMessage message) {
            String location = message.first(SipHeader.X_MS_USER_LOCATION);
            String path = message.first(SipHeader.X_MS_MEDIA_PATH);
            String site = message.first(SipHeader.X_MS_USER_SITE);
            return location == null && path == null && site == null ? null : new LocalMedia(location, path, site);
        }
    }

    /** Hears the ACK of a 2xx; null when none came in time. */
    interface AckWaiter {
        void acked(@Nullable SipMessage ack);
    }

    Leg(Session session, Trunk.Side side, Hop hop, String callId) {
        this.session = session;
        this.side = side;
        this.hop = hop;
        this.callId = callId;
    }

    boolean onSbc() {
        return side != Trunk.Side.ACD;
    }

    /** Up: established and not ended. */
    boolean up() {
        return dialog != null && !ended;
    }

    /** Takes note of what a message of the peer says about it. */
    void learn(SipMessage message) {
        String described = MediaRules.sdp(message);
        if (!described.isEmpty()) {
            sdp = described;
        }
        if (message.has(SipHeader.ALLOW)) {
            allow = String.join(",", message.all(SipHeader.ALLOW)).toUpperCase(Locale.ROOT);
        }
        if (side == Trunk.Side.TEAMS) {
            LocalMedia place = LocalMedia.of(message);
            local = place == null ? local : place;
            String asserted = asserted(message);
            identity = asserted == null ? identity : asserted;
        }
    }

    /** Takes note of the sender's half of the session identifier; a peer that sends none gets one (RFC 7989 section 7). */
    void met(SipMessage message) {
        String sent = SessionId.sender(message, half);
        if (sent != null) {
            half = sent;
        } else if (half == null) {
            half = SessionId.fresh();
        }
    }

    /** Says who speaks with whom: {@code other}, who need not be the peer yet, or as before when that is not known. */
    void identify(SipWriter writer, @Nullable Leg other) {
        String speaking = other == null ? null : other.half;
        told = speaking == null ? told : speaking;
        identifyAgain(writer);
    }

    /** The same once more, for the ACK of a request that said it. */
    void identifyAgain(SipWriter writer) {
        String known = half;
        if (known != null || !told.equals(SessionId.NIL)) {
            writer.sessionId(told, known == null ? SessionId.NIL : known);
        }
    }

    /** The number that the SBC asserts (RFC 3325), null when it asserts none. */
    static @Nullable String asserted(SipMessage message) {
        for (String value : message.all(SipHeader.P_ASSERTED_IDENTITY)) {
            String number = NewCalls.number(NameAddr.parse(value).uri());
            if (number != null) {
                return number;
            }
        }
        return null;
    }

    /** False when the peer has said what it allows, and this method is not in it. */
    boolean allows(String method) {
        String known = allow;
        return known == null || ("," + known + ",").contains("," + method + ",");
    }

    /** The ACK of our 2xx has come, or will not come any more (null). */
    void settle(@Nullable SipMessage ack) {
        AckWaiter waiter = onAck;
        onAck = null;
        if (waiter != null) {
            waiter.acked(ack);
        }
    }

    /** True when our 2xx to its INVITE waits for the ACK. */
    boolean awaitsAck() {
        ServerTransaction opened = invite;
        return opened != null && opened.state() == ServerTransaction.State.ACCEPTED && !opened.acked();
    }

    /** As events name it. */
    String sideText() {
        return switch (side) {
            case CARRIER -> "carrier";
            case ACD -> "acd";
            case TEAMS -> "teams";
        };
    }
}
