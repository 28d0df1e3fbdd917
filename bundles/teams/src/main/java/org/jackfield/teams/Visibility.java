package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells why what was set does not show. Pure. */
final class Visibility {
    /** Graph and its readers may take this long. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Visibility() {}

    /**
     * The most probable cause, or null when it shows, or may still come to show.
     *
     * @param held what the host's session holds
     * @param since since when
     */
    static @Nullable String cause(SessionPair held, Instant since, @Nullable Reading reading, Instant now) {
        Instant due = since.plus(PATIENCE);
        if (now.isBefore(due)) {
            return null;
        }
        if (reading == null || reading.at().isBefore(due)) {
            return "the presence has not been read since; see the sweep and the budget";
        }
        SeenPresence seen = reading.seen();
        boolean shows = held.availability().equalsIgnoreCase(seen.availability())
                && held.activity().equalsIgnoreCase(seen.activity());
        return shows ? null : covered(held, seen);
    }

    private static String covered(SessionPair held, SeenPresence seen) {
        String availability = seen.availability().toLowerCase(Locale.ROOT);
        String activity = seen.activity().toLowerCase(Locale.ROOT);
        if (availability.equals("presenceunknown")) {
            return "Graph has no presence for this user: no Teams licence, or a wrong object id in the agent dictionary";
        }
        if (availability.equals("offline") && activity.equals("offline")) {
            return "no session shows: Graph has forgotten the host's, or the user has no Teams licence";
        }
        if ((availability.equals(activity) && !availability.equals("available")) || activity.equals("offwork")) {
            return "the user's preferred presence is on top: the agent has chosen " + seen.availability() + " in Teams";
        }
        if (availability.equals("available") && held == SessionPair.AWAY) {
            return "the agent's Teams client is open, and its Available is above the host's Away";
        }
        return "another session shows " + seen.availability() + "/" + seen.activity() + ", which is above the host's";
    }
}
