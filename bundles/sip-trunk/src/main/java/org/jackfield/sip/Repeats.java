package org.jackfield.sip;

import java.util.HashMap;
import java.util.Map;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.Via;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the SBC side that ring: when the proxy before one of them fails, another sends the same call again, and that
 * must not ring a second agent. For the stack's thread.
 */
final class Repeats {
    /** How long after the first INVITE a second one is taken for the same call. */
    private static final long WINDOW_NANOS = 15_000_000_000L;

    private final Map<String, Ringing> ringing = new HashMap<>();

    private record Ringing(SetUp setUp, long since) {}

    /** Remembers a call from now on until {@link #forget}; one whose caller is withheld cannot be told from others. */
    @Nullable
    String remember(SetUp setUp, @Nullable String calling, @Nullable String called, long now) {
        String key = key(calling, called);
        if (key != null) {
            ringing.put(key, new Ringing(setUp, now));
        }
        return key;
    }

    void forget(@Nullable String key, SetUp setUp) {
        if (key != null) {
            ringing.computeIfPresent(key, (k, known) -> known.setUp() == setUp ? null : known);
        }
    }

    /** The call that {@code invite} repeats by way of another proxy, null when it is one of its own. */
    @Nullable
    SetUp find(SipMessage invite, @Nullable String calling, @Nullable String called, long now) {
        String key = key(calling, called);
        Ringing known = key == null ? null : ringing.get(key);
        return known != null
                        && now - known.since() < WINDOW_NANOS
                        && known.setUp().ringing()
                        && !proxy(invite).equals(proxy(known.setUp().request()))
                ? known.setUp()
                : null;
    }

    private static @Nullable String key(@Nullable String calling, @Nullable String called) {
        return calling == null || called == null || calling.equalsIgnoreCase("anonymous")
                ? null
                : calling + '>' + called;
    }

    /** Who sent it: the address that it names in Via, and the host that it wants to be called back at. */
    private static String proxy(SipMessage invite) {
        Via via = invite.via();
        SipUri contact = SipUri.parse(
                NameAddr.parse(String.valueOf(invite.first(SipHeader.CONTACT))).uri());
        return via.host() + ':' + via.port() + ' ' + contact.host() + ':' + contact.port();
    }
}
