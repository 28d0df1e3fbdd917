package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;

/**
 * What the host knows and wants of one user's presence session. Guarded by the writer's lock.
 * At most one request is under way, at most one write waits behind it: the newest.
 */
final class Slot {
    final String user;
    /** The agent id that the user was last written for. */
    String agent = "";
    /** The newest write that has not been sent. */
    @Nullable
    Wanted wanted;
    /** The write that is under way. */
    @Nullable
    Wanted flying;
    /** The best priority with which the slot stands at the gate. */
    @Nullable
    Priority queued;
    /** The wait after a failure, during which nothing is sent. */
    @Nullable
    Registration pause;

    int failures;
    /** What Graph holds, as far as known. */
    @Nullable
    SessionPair held;

    /** What the host has set as the user's preferred state, as far as known. */
    @Nullable
    PreferredPair heldPreferred;

    /** When Graph lets go of the preferred state by itself; from then on it is the user's. */
    Instant preferredUntil = Instant.MIN;
    /** The status message that the host has set, as far as known. */
    @Nullable
    String heldMessage;

    /** When Graph takes the status message away by itself. */
    Instant messageUntil = Instant.MIN;
    /** What became of the last request, for diagnostics. */
    @Nullable
    Tried tried;

    Duration heldExpiry = Duration.ZERO;
    Instant heldUntil = Instant.MIN;

    @Nullable
    Registration renewal;
    /** The newest cause that was taken; anything before it comes too late. */
    Wanted.Cause newest = Wanted.Cause.NONE;

    /**
     * A request about the user's session and what became of it.
     *
     * @param pair null when it cleared
     * @param status 0 when there was no answer
     */
    record Tried(
            @Nullable SessionPair pair,
            Duration expiry,
            Instant at,
            int status,
            @Nullable String requestId,
            @Nullable String error) {}

    Slot(String user) {
        this.user = user;
    }

    boolean idle() {
        return wanted == null && flying == null;
    }

    void cancelRenewal() {
        if (renewal != null) {
            renewal.close();
            renewal = null;
        }
    }

    void cancelPause() {
        if (pause != null) {
            pause.close();
            pause = null;
        }
    }

    /** Forgets what goes with a session and has ended by itself: what is there now, somebody else has set. */
    void letGo(Instant now) {
        if (!now.isBefore(preferredUntil)) {
            heldPreferred = null;
        }
        if (!now.isBefore(messageUntil)) {
            heldMessage = null;
        }
    }

    void forget() {
        held = null;
        heldPreferred = null;
        heldMessage = null;
        heldExpiry = Duration.ZERO;
        heldUntil = Instant.MIN;
        cancelRenewal();
    }
}
