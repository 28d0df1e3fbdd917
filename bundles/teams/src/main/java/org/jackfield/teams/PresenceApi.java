package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The three presence operations of Graph that the host uses. None blocks; stages complete on threads of the link, if
 * exceptionally with {@link GraphFailure}. One call is one request.
 */
interface PresenceApi {
    /**
     * POST /users/{id}/presence/setPresence.
     *
     * @param from when what led to it happened, to measure how long it took until the request was on the wire
     */
    CompletionStage<Integer> set(String user, SessionPair pair, Duration expiry, @Nullable Instant from);

    /** POST /users/{id}/presence/clearPresence; completes with 404 when there was nothing to clear, which is as good. */
    CompletionStage<Integer> clear(String user, @Nullable Instant from);

    /** POST /communications/getPresencesByUserId, at most {@link #MOST} ids. */
    CompletionStage<List<Seen>> read(List<String> users);

    /** How many ids one read may ask for. */
    int MOST = 650;

    /** What Graph shows for a user; strings as they came. */
    record Seen(
            String user,
            String availability,
            String activity,
            @Nullable String sequenceNumber) {}
}
