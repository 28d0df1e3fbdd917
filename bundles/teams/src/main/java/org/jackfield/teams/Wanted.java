package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jackfield.event.Event;
import org.jackfield.event.PresenceEvents;
import org.jspecify.annotations.Nullable;

/**
 * A write that is to be done, once.
 *
 * @param pair null to clear
 * @param expiry how long Graph shall keep it, and how long the write may wait
 * @param extras what goes with the session
 * @param origin the event that led to it
 * @param kind whose idea it was
 * @param accepted when the link took it
 */
record Wanted(
        String agent,
        String user,
        @Nullable SessionPair pair,
        Duration expiry,
        Extras extras,
        Cause origin,
        Kind kind,
        Instant accepted,
        CompletableFuture<PresenceEvents.Applied> done) {

    /**
     * What goes with a session.
     *
     * @param preferred null to take away what the host has set
     * @param leave true to touch nothing of the user's preferred state
     * @param message null to take away what the host has set
     */
    record Extras(
            @Nullable PreferredPair preferred,
            boolean leave,
            @Nullable String message) {
        static final Extras NONE = new Extras(null, false, null);
    }

    /** Whose idea it was. */
    enum Kind {
        /** A flow's; what becomes of it is published. */
        INTENT,
        /** The link's, to keep what is set; only its failure is published. */
        RENEWAL,
        /** An operator's, by the kill switch. */
        WITHDRAWAL
    }

    /**
     * The event that led to a write.
     *
     * @param from when it was recorded, to measure from
     */
    record Cause(
            @Nullable String event,
            @Nullable String correlation,
            @Nullable Instant from) {
        static final Cause NONE = new Cause(null, null, null);

        static Cause of(@Nullable Event event) {
            return event == null ? NONE : new Cause(event.id(), event.correlationId(), event.recorded());
        }

        /** True when both come from one node and this was appended to its spool before {@code other}. */
        boolean before(Cause other) {
            if (event == null || other.event == null) {
                return false;
            }
            int mine = event.lastIndexOf('/');
            int theirs = other.event.lastIndexOf('/');
            if (mine < 0 || mine != theirs || !event.regionMatches(0, other.event, 0, mine)) {
                return false;
            }
            try {
                return Long.parseLong(event, mine + 1, event.length(), 10)
                        < Long.parseLong(other.event, theirs + 1, other.event.length(), 10);
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }

    Priority priority() {
        return switch (kind) {
            case RENEWAL -> Priority.REFRESH;
            case WITHDRAWAL -> Priority.CALL;
            case INTENT -> pair != null && pair.call() ? Priority.CALL : Priority.AGENT;
        };
    }

    boolean expired(Instant now) {
        return kind != Kind.WITHDRAWAL && now.isAfter(accepted.plus(expiry));
    }

    PresenceEvents.Applied outcome(String outcome, int status, @Nullable String error) {
        return new PresenceEvents.Applied(
                agent,
                user,
                pair == null ? null : pair.availability(),
                pair == null ? null : pair.activity(),
                outcome,
                status,
                error);
    }
}
