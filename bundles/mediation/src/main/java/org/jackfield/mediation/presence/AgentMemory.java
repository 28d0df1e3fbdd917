package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jspecify.annotations.Nullable;

/**
 * All that the presence rules remember about one agent. Immutable; a few hundred bytes.
 *
 * @param acd the last state at the ACD
 * @param teams the last state in Teams
 * @param unexplained the last state in Teams that neither an own write nor a call explains: a person's choice
 * @param calls established calls of the agent, with the time of each
 * @param liveSince when the agent's present or last time on calls began
 * @param liveEnded when it ended, null while it lasts
 * @param teamsLeg the present call was answered in the Teams client
 * @param toTeams the last write toward Teams
 * @param shown what own writes make or made Teams show, newest first, at most three
 * @param toAcd the last write toward the ACD
 * @param taken the token by which Ready can be given back: the host has taken it away and nobody changed it since
 * @param operatorAt when an operator last ordered a state
 */
public record AgentMemory(
        @Nullable Acd acd,
        @Nullable TeamsView teams,
        @Nullable TeamsView unexplained,
        Map<String, Instant> calls,
        @Nullable Instant liveSince,
        @Nullable Instant liveEnded,
        boolean teamsLeg,
        @Nullable TeamsWrite toTeams,
        List<Shown> shown,
        @Nullable AcdWrite toAcd,
        @Nullable Taken taken,
        @Nullable Instant operatorAt,
        Damping teamsDamping,
        Damping acdDamping) {

    public static final AgentMemory EMPTY = new AgentMemory(
            null,
            null,
            null,
            Map.of(),
            null,
            null,
            false,
            null,
            List.of(),
            null,
            null,
            null,
            Damping.NONE,
            Damping.NONE);

    public AgentMemory {
        calls = Map.copyOf(calls);
        shown = List.copyOf(shown);
    }

    /**
     * The agent at the ACD.
     *
     * @param humanAt when a person last chose the state; null when not since the host looks
     */
    public record Acd(
            AgentState state,
            @Nullable AgentState pending,
            @Nullable String reason,
            Instant since,
            @Nullable Instant humanAt) {}

    /** The agent in Teams, since the first time it was seen so. */
    public record TeamsView(String availability, String activity, Instant since) {}

    /** An own write toward Teams; a null pair clears. {@code cause} is the event that led to it. */
    public record TeamsWrite(
            @Nullable Pair pair,
            @Nullable Duration expiry,
            Instant at,
            String cause,
            Written written,
            int attempts,
            @Nullable Extras extras) {
        /** What went with the session. */
        Extras beside() {
            return extras == null ? Extras.NONE : extras;
        }
    }

    /** A pair that Teams shows because of the host, until the host's session ended. */
    public record Shown(Pair pair, Instant from, @Nullable Instant until) {}

    /** An own write toward the ACD; {@code overtaken} when the agent's state has moved on since. */
    public record AcdWrite(
            AgentState state,
            String reason,
            Instant at,
            String cause,
            Written written,
            int attempts,
            boolean seen,
            boolean overtaken) {}

    /** The host has taken Ready away for {@code reason}; {@code effective} once the ACD showed it. */
    public record Taken(String reason, Instant at, boolean effective) {}

    /** True while a call of the ACD is up at the agent, also one on hold. */
    public boolean live() {
        return (acd != null && acd.state() == AgentState.BUSY) || !calls.isEmpty();
    }

    /** The pair that the host's own session holds, as far as the host knows; the Teams link renews it. */
    public @Nullable Pair held() {
        boolean gone = toTeams == null || toTeams.written() == Written.OBSERVED || toTeams.written() == Written.FAILED;
        return gone || toTeams == null ? null : toTeams.pair();
    }

    /**
     * The same, so that what was written is written again if it is still wanted: after a restart, when nobody knows what
     * has expired meanwhile ({@code all}), or when a link that only observed may write.
     */
    public AgentMemory reassert(boolean all) {
        AgentMemory next = this;
        boolean teamsAgain = toTeams != null
                && toTeams.pair() != null
                && (all || toTeams.written() == Written.OBSERVED || toTeams.written() == Written.FAILED);
        if (teamsAgain && toTeams != null) {
            next = next.withTeamsWrite(
                    new TeamsWrite(
                            toTeams.pair(), toTeams.expiry(), Instant.EPOCH, "", Written.SENT, 0, toTeams.extras()),
                    shown);
        }
        if (toAcd != null && toAcd.written() == Written.OBSERVED) {
            next = next.withAcdWrite(null);
        }
        return next;
    }

    /** What was seen since a start, with what an older memory knows beyond it. */
    public AgentMemory over(AgentMemory older) {
        return new AgentMemory(
                acd != null ? acd : older.acd,
                teams != null ? teams : older.teams,
                unexplained != null ? unexplained : older.unexplained,
                calls.isEmpty() && acd == null ? older.calls : calls,
                liveSince != null ? liveSince : older.liveSince,
                liveSince != null ? liveEnded : older.liveEnded,
                teamsLeg || (calls.isEmpty() && older.teamsLeg),
                toTeams != null ? toTeams : older.toTeams,
                shown.isEmpty() ? older.shown : shown,
                toAcd != null ? toAcd : older.toAcd,
                taken == null && toAcd == null ? older.taken : taken,
                operatorAt != null ? operatorAt : older.operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withAcd(Acd value) {
        return new AgentMemory(
                value,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withTeams(TeamsView value) {
        return new AgentMemory(
                acd,
                value,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withUnexplained(@Nullable TeamsView value) {
        return new AgentMemory(
                acd,
                teams,
                value,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withCalls(Map<String, Instant> value, boolean isTeamsLeg) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                value,
                liveSince,
                liveEnded,
                isTeamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withLife(@Nullable Instant since, @Nullable Instant ended) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                since,
                ended,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withTeamsWrite(@Nullable TeamsWrite value, List<Shown> nowShown) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                value,
                nowShown,
                toAcd,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withAcdWrite(@Nullable AcdWrite value) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                value,
                taken,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withTaken(@Nullable Taken value) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                value,
                operatorAt,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withOperator(Instant at) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                at,
                teamsDamping,
                acdDamping);
    }

    AgentMemory withDamping(Damping ofTeams, Damping ofAcd) {
        return new AgentMemory(
                acd,
                teams,
                unexplained,
                calls,
                liveSince,
                liveEnded,
                teamsLeg,
                toTeams,
                shown,
                toAcd,
                taken,
                operatorAt,
                ofTeams,
                ofAcd);
    }
}
