package org.jackfield.acd.csta;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.HexData;
import org.jspecify.annotations.Nullable;

/**
 * From the ACD's callIDs to the host's call ids: the token found in correlatorData, otherwise a made one.
 * A callID means something only within one connection, since ACDs use it again. Used on the lane only.
 */
final class CallIds {
    private static final int MOST = 20_000;

    private final Map<String, Known> calls = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST;
        }
    };
    private String epoch = "0";

    /**
     * The host's id of a call.
     *
     * @param token the User-to-User token when there is one, then also the id
     * @param replaced the id that was made up for the call before its token was seen
     */
    record Known(
            String id, @Nullable String token, @Nullable String replaced) {}

    /** A new connection, named so that ids made up in it are never made up again. */
    void connected(String newEpoch) {
        epoch = newEpoch;
        calls.clear();
    }

    /** The call's id; the first report with a token after others without one names the id that it replaces. */
    Known of(String callId, @Nullable HexData correlator) {
        Known known = calls.get(callId);
        String token = token(correlator);
        if (token == null) {
            return known != null ? known : remember(callId, new Known("csta-" + epoch + "-" + callId, null, null));
        }
        if (known == null || (known.token() != null && !known.token().equals(token))) {
            return remember(callId, new Known(token, token, null));
        }
        if (known.token() == null) {
            calls.put(callId, new Known(token, token, null));
            return new Known(token, token, known.id());
        }
        return known;
    }

    private Known remember(String callId, Known known) {
        calls.put(callId, known);
        return known;
    }

    /** The token in correlatorData; null when it holds none. */
    static @Nullable String token(@Nullable HexData correlator) {
        return correlator == null || !correlator.hex()
                ? null
                : Uui.readHex(correlator.value()).token();
    }

    /** A transfer or conference has given a known call another callID. */
    void follow(String newCallId, Known call) {
        remember(newCallId, new Known(call.id(), call.token(), null));
    }

    /** The call is over, unless its callID has been given to another one meanwhile. */
    void forget(String callId, Known call) {
        Known known = calls.get(callId);
        if (known != null && known.id().equals(call.id())) {
            calls.remove(callId);
        }
    }
}
