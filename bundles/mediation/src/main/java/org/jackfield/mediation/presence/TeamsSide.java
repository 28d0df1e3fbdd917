package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.AgentMemory.Shown;
import org.jackfield.mediation.presence.AgentMemory.TeamsWrite;
import org.jackfield.mediation.presence.PresenceDecision.Step;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/** From the ACD's state to what Teams shall show. */
final class TeamsSide {
    /** The prefix of every reason with which the host itself makes an agent NotReady. */
    static final String OWN_REASON = "TEAMS_";

    private static final int MOST_SHOWN = 3;

    /** What is wanted: a pair, nothing, or whatever there is. */
    private record Want(boolean keep, @Nullable Pair pair, Duration expiry, String reason) {
        static Want show(Pair pair, Duration expiry, String reason) {
            return new Want(false, pair, expiry, reason);
        }

        static Want nothing(String reason) {
            return new Want(false, null, Duration.ZERO, reason);
        }

        static Want keep(String reason) {
            return new Want(true, null, Duration.ZERO, reason);
        }
    }

    private TeamsSide() {}

    static Step decide(AgentMemory memory, Agent agent, PresenceOptions options, Instant now, String cause) {
        if (agent.user() == null) {
            return nothing(memory, "no Entra user in the dictionary", null);
        }
        Want want = want(memory, agent, options);
        if (want.keep()) {
            return nothing(memory, want.reason(), null);
        }
        TeamsWrite last = memory.toTeams();
        Pair pair = want.pair();
        return pair == null
                ? clear(memory, last, want, options, now, cause)
                : show(memory, last, pair, want, options, now, cause);
    }

    private static Want want(AgentMemory memory, Agent agent, PresenceOptions options) {
        var acd = memory.acd();
        if (acd == null) {
            return Want.keep("the ACD has not said anything yet");
        }
        boolean inTeams = agent.endpoint() == Agent.Endpoint.TEAMS
                || (agent.endpoint() == Agent.Endpoint.BOTH && memory.teamsLeg());
        return switch (acd.state()) {
            case LOGGED_OFF -> Want.nothing("agent logged off");
            case READY -> Want.nothing("agent ready");
            case BUSY ->
                inTeams
                        ? Want.nothing("the Teams client shows the call itself")
                        : Want.show(options.call(), options.callExpiry(), "ACD call");
            case WORKING_AFTER_CALL ->
                agent.endpoint() == Agent.Endpoint.TEAMS && options.wrapUp().equals(Pair.IN_A_CALL)
                        ? Want.nothing("wrap-up, and no call is written for an agent in Teams")
                        : Want.show(options.wrapUp(), options.wrapUpExpiry(), "wrap-up");
            case NOT_READY -> notReady(memory, acd.reason(), options);
        };
    }

    private static Want notReady(AgentMemory memory, @Nullable String reason, PresenceOptions options) {
        if (memory.taken() != null || (reason != null && reason.startsWith(OWN_REASON))) {
            return Want.nothing("not ready because of Teams");
        }
        boolean meeting = reason != null && options.meetingReasons().contains(reason.toLowerCase(Locale.ROOT));
        Pair pair = meeting ? options.meeting() : options.pause();
        String why = "not ready" + (reason == null ? "" : ": " + reason);
        return pair == null ? Want.nothing(why) : Want.show(pair, options.pauseExpiry(), why);
    }

    private static Step clear(
            AgentMemory memory,
            @Nullable TeamsWrite last,
            Want want,
            PresenceOptions options,
            Instant now,
            String cause) {
        if (last == null) {
            return nothing(memory, want.reason() + ", nothing held", null);
        }
        if (last.pair() == null) {
            Instant retry = again(last, options, now, cause);
            return retry != null && !now.isBefore(retry)
                    ? write(memory, null, null, want.reason(), options, now, cause)
                    : nothing(memory, want.reason() + ", nothing held", retry);
        }
        if (last.written() == Written.FAILED) {
            return nothing(memory, want.reason() + ", nothing held", null);
        }
        return write(memory, null, null, want.reason(), options, now, cause);
    }

    private static Step show(
            AgentMemory memory,
            @Nullable TeamsWrite last,
            Pair pair,
            Want want,
            PresenceOptions options,
            Instant now,
            String cause) {
        if (last == null || !pair.equals(last.pair())) {
            return write(memory, pair, want.expiry(), want.reason(), options, now, cause);
        }
        Instant retry = again(last, options, now, cause);
        return retry == null || now.isBefore(retry)
                ? nothing(memory, want.reason() + ", shown already", retry)
                : write(memory, pair, want.expiry(), want.reason(), options, now, cause);
    }

    /** When an equal write has to be made again; null when the last one stands. */
    private static @Nullable Instant again(TeamsWrite last, PresenceOptions options, Instant now, String cause) {
        return switch (last.written()) {
            case SENT -> cause.equals(last.cause()) ? now : PresencePolicy.retryAt(last.at(), last.attempts(), options);
            case FAILED -> PresencePolicy.retryAt(last.at(), last.attempts(), options);
            case DONE, PENDING, OBSERVED, SUPERSEDED -> null;
        };
    }

    private static Step write(
            AgentMemory memory,
            @Nullable Pair pair,
            @Nullable Duration expiry,
            String reason,
            PresenceOptions options,
            Instant now,
            String cause) {
        Pair wanted = guarded(memory, pair);
        var verdict = memory.teamsDamping().ask(now, options.writesToTeams(), Duration.ZERO, options);
        AgentMemory counted = memory.withDamping(verdict.next(), memory.acdDamping());
        if (verdict.until() != null) {
            return damped(counted, verdict.until(), verdict.opened());
        }
        TeamsWrite last = memory.toTeams();
        boolean repeats = last != null
                && java.util.Objects.equals(last.pair(), wanted)
                && (last.written() == Written.SENT || last.written() == Written.FAILED);
        int attempts = repeats && last != null ? last.attempts() + 1 : 1;
        AgentMemory next = counted.withTeamsWrite(
                new TeamsWrite(wanted, expiry, now, cause, Written.SENT, attempts), shown(memory, wanted, now));
        if (wanted == null || expiry == null) {
            return new Step(next, new PresenceDecision.Clear(reason), PresencePolicy.retryAt(now, attempts, options));
        }
        return new Step(
                next,
                new PresenceDecision.Show(wanted, expiry, reason),
                PresencePolicy.retryAt(now, attempts, options));
    }

    /** Never Do Not Disturb while the ACD may ring: Teams would not, and the ACD would see no answer. */
    private static @Nullable Pair guarded(AgentMemory memory, @Nullable Pair pair) {
        var acd = memory.acd();
        if (pair != null && pair.doNotDisturb() && acd != null && acd.state() == AgentState.READY) {
            throw new IllegalStateException("do not disturb for a ready agent (expected: never)");
        }
        return pair;
    }

    private static Step damped(AgentMemory memory, Instant wait, boolean opened) {
        return new Step(
                memory,
                opened
                        ? new PresenceDecision.Stop(wait, "both sides keep changing")
                        : new PresenceDecision.Nothing("write limit reached"),
                wait);
    }

    private static List<Shown> shown(AgentMemory memory, @Nullable Pair pair, Instant now) {
        List<Shown> shown = new ArrayList<>();
        for (Shown old : memory.shown()) {
            boolean renewed = old.until() == null && old.pair().equals(pair);
            shown.add(old.until() == null && !renewed ? new Shown(old.pair(), old.from(), now) : old);
        }
        if (pair != null && shown.stream().noneMatch(s -> s.until() == null)) {
            shown.add(0, new Shown(pair, now, null));
        }
        return shown.size() > MOST_SHOWN ? shown.subList(0, MOST_SHOWN) : shown;
    }

    private static Step nothing(AgentMemory memory, String reason, @Nullable Instant checkAgainAt) {
        return new Step(memory, new PresenceDecision.Nothing(reason), checkAgainAt);
    }
}
