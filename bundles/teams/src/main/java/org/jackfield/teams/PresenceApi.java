package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The presence operations of Graph that the host uses. None blocks; stages complete on threads of the link, if
 * exceptionally with {@link GraphFailure}. One call is one request.
 */
interface PresenceApi {
    /**
     * POST /users/{id}/presence/setPresence.
     *
     * @param from when what led to it happened, to measure how long it took until the request was on the wire
     */
    CompletionStage<Receipt> set(String user, SessionPair pair, Duration expiry, @Nullable Instant from);

    /** POST /users/{id}/presence/clearPresence; completes with 404 when there was nothing to clear, which is as good. */
    CompletionStage<Receipt> clear(String user, @Nullable Instant from);

    /**
     * POST /users/{id}/presence/setUserPreferredPresence, or clearUserPreferredPresence for null.
     *
     * @param expiry not used to clear
     */
    CompletionStage<Receipt> prefer(String user, @Nullable PreferredPair pair, Duration expiry, @Nullable Instant from);

    /**
     * POST /users/{id}/presence/setStatusMessage.
     *
     * @param message empty to take it away
     * @param until when Graph takes it away by itself
     */
    CompletionStage<Receipt> say(String user, String message, Instant until, @Nullable Instant from);

    /** GET /users/{id}/presence; fails with 404 for a user whom the directory does not know. */
    CompletionStage<Seen> one(String user);

    /** Tries, without changing anything, whether the presence of {@code user} may be written: clears a session that nobody has. */
    CompletionStage<Receipt> probe(String user);

    /** POST /communications/getPresencesByUserId, at most {@link #MOST} ids. */
    CompletionStage<List<Seen>> read(List<String> users);

    /**
     * Graph's answer to a write.
     *
     * @param requestId Microsoft's name for the request, which their support asks for
     */
    record Receipt(int status, @Nullable String requestId) {}

    /** How many ids one read may ask for. */
    int MOST = 650;

    /** What Graph shows for a user; strings as they came. */
    record Seen(
            String user,
            String availability,
            String activity,
            @Nullable String sequenceNumber) {
        private static final String UNKNOWN = "PresenceUnknown";

        /** What Graph leaves out is unknown. */
        static Seen of(
                String user,
                @Nullable String availability,
                @Nullable String activity,
                @Nullable String sequenceNumber) {
            return new Seen(
                    user,
                    availability == null ? UNKNOWN : availability,
                    activity == null ? UNKNOWN : activity,
                    sequenceNumber);
        }
    }
}
