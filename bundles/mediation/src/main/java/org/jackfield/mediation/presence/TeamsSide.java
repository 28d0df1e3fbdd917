package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    private static final int MOST_SHOWN = 4;

    /** What is wanted: a pair, nothing, or whatever there is. */
    private record Want(boolean keep, @Nullable Pair pair, Duration expiry, String reason, Extras extras) {
        static Want show(Pair pair, Duration expiry, String reason) {
            return new Want(false, pair, expiry, reason, Extras.NONE);
        }

        static Want nothing(String reason) {
            return new Want(false, null, Duration.ZERO, reason, Extras.NONE);
        }

        static Want keep(String reason) {
            return new Want(true, null, Duration.ZERO, reason, Extras.NONE);
        }

        Want with(Extras more) {
            return new Want(keep, pair, expiry, reason, more);
        }
    }

    private TeamsSide() {}

    static Step decide(AgentMemory memory, Agent agent, PresenceOptions options, Instant now, String cause) {
        if (agent.user() == null) {
            return nothing(memory, "no Entra user in the dictionary", null);
        }
        Want want = want(memory, agent, options);
        var acd = memory.acd();
        if (want.keep() || acd == null) {
            return nothing(memory, want.reason(), null);
        }
        want = want.with(
                want.pair() == null
                        ? Extras.clearing(memory, agent, options)
                        : Extras.of(memory, agent, options, acd.state(), acd.reason()));
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
        boolean meeting = options.isMeeting(reason);
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
                    ? write(memory, null, null, want, options, now, cause)
                    : nothing(memory, want.reason() + ", nothing held", retry);
        }
        if (last.written() == Written.FAILED) {
            return nothing(memory, want.reason() + ", nothing held", null);
        }
        return write(memory, null, null, want, options, now, cause);
    }

    private static Step show(
            AgentMemory memory,
            @Nullable TeamsWrite last,
            Pair pair,
            Want want,
            PresenceOptions options,
            Instant now,
            String cause) {
        if (last == null || !pair.equals(last.pair()) || differs(last.beside(), want.extras())) {
            return write(memory, pair, want.expiry(), want, options, now, cause);
        }
        Instant retry = again(last, options, now, cause);
        return retry == null || now.isBefore(retry)
                ? nothing(memory, want.reason() + ", shown already", retry)
                : write(memory, pair, want.expiry(), want, options, now, cause);
    }

    /** Leaving the user's preferred state alone is nothing to write for. */
    private static boolean differs(Extras before, Extras now) {
        return !java.util.Objects.equals(before.message(), now.message())
                || (!Extras.LEAVE.equals(now.preferred())
                        && !Extras.LEAVE.equals(before.preferred())
                        && !java.util.Objects.equals(before.preferred(), now.preferred()));
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
            Want want,
            PresenceOptions options,
            Instant now,
            String cause) {
        String reason = want.reason();
        Extras extras = want.extras();
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
                new TeamsWrite(wanted, expiry, now, cause, Written.SENT, attempts, extras),
                shown(memory, wanted, extras.shows(), now));
        if (wanted == null || expiry == null) {
            return new Step(
                    next, new PresenceDecision.Clear(reason, extras), PresencePolicy.retryAt(now, attempts, options));
        }
        return new Step(
                next,
                new PresenceDecision.Show(wanted, expiry, reason, extras),
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

    private static List<Shown> shown(AgentMemory memory, @Nullable Pair pair, @Nullable Pair preferred, Instant now) {
        List<Shown> shown = new ArrayList<>();
        for (Shown old : memory.shown()) {
            boolean stays = old.pair().equals(pair) || old.pair().equals(preferred);
            shown.add(old.until() == null && !stays ? new Shown(old.pair(), old.from(), now) : old);
        }
        begin(shown, preferred, now);
        begin(shown, pair, now);
        return shown.size() > MOST_SHOWN ? shown.subList(0, MOST_SHOWN) : shown;
    }

    private static void begin(List<Shown> shown, @Nullable Pair pair, Instant now) {
        if (pair != null
                && shown.stream().noneMatch(s -> s.until() == null && s.pair().equals(pair))) {
            shown.add(0, new Shown(pair, now, null));
        }
    }

    private static Step nothing(AgentMemory memory, String reason, @Nullable Instant checkAgainAt) {
        return new Step(memory, new PresenceDecision.Nothing(reason), checkAgainAt);
    }
}
