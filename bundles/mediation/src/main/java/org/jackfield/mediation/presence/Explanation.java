package org.jackfield.mediation.presence;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jackfield.mediation.presence.AgentMemory.Shown;
import org.jackfield.mediation.presence.AgentMemory.TeamsView;
import org.jspecify.annotations.Nullable;

/**
 * Why what Teams shows is no choice of a person.
 *
 * @param until when it stops being a reason, null when only an event can end it
 */
public record Explanation(String reason, @Nullable Instant until) {
    private static final Set<String> CALL_ACTIVITIES = Set.of("inacall", "inaconferencecall");

    /** Looks for a reason; null when a person or another call must be behind it. */
    public static @Nullable Explanation of(AgentMemory memory, PresenceOptions options, Instant now) {
        TeamsView teams = memory.teams();
        if (teams == null) {
            return null;
        }
        Explanation found = byOwnWrite(memory, teams, options, now);
        return found != null ? found : byCall(memory, teams, options, now);
    }

    static boolean call(TeamsView teams) {
        return teams.availability().equalsIgnoreCase("Busy")
                && CALL_ACTIVITIES.contains(teams.activity().toLowerCase(Locale.ROOT));
    }

    private static @Nullable Explanation byOwnWrite(
            AgentMemory memory, TeamsView teams, PresenceOptions options, Instant now) {
        for (Shown shown : memory.shown()) {
            if (!shown.pair().same(teams.availability(), teams.activity())
                    || teams.since().isBefore(shown.from())) {
                continue;
            }
            if (shown.until() == null || now.isBefore(shown.until())) {
                return new Explanation("the host's own session shows it", shown.until());
            }
            Instant until = later(shown.until(), teams.since()).plus(options.echo());
            if (!teams.since().isAfter(shown.until().plus(options.echo())) && now.isBefore(until)) {
                return new Explanation("echo of the host's own session", until);
            }
        }
        return null;
    }

    private static @Nullable Explanation byCall(
            AgentMemory memory, TeamsView teams, PresenceOptions options, Instant now) {
        if (!call(teams)) {
            return null;
        }
        Instant began = memory.liveSince();
        boolean inTime = began != null && !began.isAfter(teams.since().plus(options.callWindow()));
        if (memory.live() && inTime) {
            return new Explanation("a call of the ACD explains it", null);
        }
        Instant ended = memory.liveEnded();
        if (ended != null && inTime && !teams.since().isAfter(ended.plus(options.callWindow()))) {
            Instant until = later(ended, teams.since()).plus(options.echo());
            return now.isBefore(until) ? new Explanation("echo of a call of the ACD", until) : null;
        }
        Instant grace = teams.since().plus(options.callWindow());
        return now.isBefore(grace) ? new Explanation("may be a call that the ACD reports late", grace) : null;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
