package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.AgentMemory.Acd;
import org.jackfield.mediation.presence.AgentMemory.AcdWrite;
import org.jackfield.mediation.presence.AgentMemory.Taken;
import org.jackfield.mediation.presence.AgentMemory.TeamsView;
import org.jackfield.mediation.presence.PresenceDecision.Step;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/** From what Teams shows to what the ACD shall be asked. */
final class AcdSide {
    /** Who speaks when Teams shows something. */
    private enum Rank {
        /** The user's own choice, or a call: above the ACD's idle states. */
        CHOICE,
        /** Teams by itself (calendar, idle, offline): below them. */
        AUTOMATIC
    }

    /** What a Teams state means for the ACD: nothing, give Ready back, or NotReady. */
    private sealed interface Wish {
        record None(String reason) implements Wish {}

        record GiveBack() implements Wish {}

        record TakeAway(String code, Rank rank, Duration hold) implements Wish {}
    }

    private AcdSide() {}

    static Step decide(AgentMemory memory, Agent agent, PresenceOptions options, Instant now, String cause) {
        Acd acd = memory.acd();
        TeamsView teams = memory.teams();
        if (acd == null || teams == null) {
            return nothing(memory, "one side has not said anything yet", null);
        }
        if (acd.state() == AgentState.LOGGED_OFF) {
            return nothing(memory, "agent logged off", null);
        }
        if (memory.operatorAt() != null && !teams.since().isAfter(memory.operatorAt())) {
            return nothing(memory, "an operator decided later", null);
        }
        Explanation explained = Explanation.of(memory, options, now);
        if (explained != null) {
            return nothing(memory, explained.reason(), explained.until());
        }
        Wish wish = wish(teams, agent, options);
        if (wish instanceof Wish.None none) {
            return nothing(memory, none.reason(), null);
        } else if (wish instanceof Wish.TakeAway take) {
            return take(memory, acd, teams, take, options, now, cause);
        } else {
            return giveBack(memory, acd, options, now, cause);
        }
    }

    private static Wish wish(TeamsView teams, Agent agent, PresenceOptions options) {
        if (Explanation.call(teams)) {
            return new Wish.TakeAway("TEAMS_CALL", Rank.CHOICE, Duration.ZERO);
        }
        String activity = teams.activity().toLowerCase(Locale.ROOT);
        if (activity.equals("presenting")
                || activity.equals("focusing")
                || activity.equals("urgentinterruptionsonly")) {
            return new Wish.TakeAway("TEAMS_DND", Rank.CHOICE, Duration.ZERO);
        }
        return switch (teams.availability().toLowerCase(Locale.ROOT)) {
            case "available", "availableidle" ->
                activity.equals("outofoffice")
                        ? new Wish.None("out of office says nothing about now")
                        : new Wish.GiveBack();
            case "donotdisturb" -> new Wish.TakeAway("TEAMS_DND", Rank.CHOICE, Duration.ZERO);
            case "busy" -> busy(activity, options);
            case "berightback" -> new Wish.TakeAway("TEAMS_AWAY", Rank.CHOICE, options.awayHold());
            case "away" -> new Wish.TakeAway("TEAMS_AWAY", Rank.AUTOMATIC, options.awayHold());
            case "offline" -> offline(agent, options);
            default -> new Wish.None("Teams state \"" + teams.availability() + "\" changes nothing");
        };
    }

    private static Wish busy(String activity, PresenceOptions options) {
        if (!options.busyToAcd()) {
            return new Wish.None("Busy is switched off for this tenant");
        }
        Rank rank = activity.equals("inameeting") ? Rank.AUTOMATIC : Rank.CHOICE;
        return new Wish.TakeAway("TEAMS_BUSY", rank, Duration.ZERO);
    }

    private static Wish offline(Agent agent, PresenceOptions options) {
        boolean asked = agent.groups().stream().anyMatch(options.offlineGroups()::contains);
        return agent.endpoint() == Agent.Endpoint.TEAMS || asked
                ? new Wish.TakeAway("TEAMS_OFFLINE", Rank.AUTOMATIC, options.offlineHold())
                : new Wish.None("a desk agent needs no Teams client");
    }

    private static Step take(
            AgentMemory memory,
            Acd acd,
            TeamsView teams,
            Wish.TakeAway wish,
            PresenceOptions options,
            Instant now,
            String cause) {
        Instant due = teams.since().plus(wish.hold());
        if (now.isBefore(due)) {
            return nothing(memory, wish.code() + " after the hold-down", due);
        }
        if (acd.state() == AgentState.NOT_READY || acd.pending() == AgentState.NOT_READY) {
            return nothing(memory, "not ready already", null);
        }
        if (wish.rank() == Rank.AUTOMATIC) {
            if (acd.state() != AgentState.READY) {
                return nothing(memory, "a call at the ACD is above what Teams sets by itself", null);
            }
            if (acd.humanAt() != null && acd.humanAt().isAfter(teams.since())) {
                return nothing(memory, "the agent chose ready after it", null);
            }
        }
        return request(memory, AgentState.NOT_READY, wish.code(), options, now, cause);
    }

    private static Step giveBack(AgentMemory memory, Acd acd, PresenceOptions options, Instant now, String cause) {
        if (memory.taken() == null || acd.state() == AgentState.READY) {
            return nothing(memory, "the host has taken nothing away", null);
        }
        return request(memory, AgentState.READY, "TEAMS_AVAILABLE", options, now, cause);
    }

    private static Step request(
            AgentMemory memory, AgentState state, String reason, PresenceOptions options, Instant now, String cause) {
        AcdWrite last = memory.toAcd();
        boolean same = last != null && last.state() == state && !last.overtaken();
        if (same && last != null) {
            Instant retry = again(last, options, now, cause);
            if (retry == null || now.isBefore(retry)) {
                return nothing(memory, reason + " asked for already", retry);
            }
        }
        var verdict = memory.acdDamping().ask(now, options.writesToAcd(), options.spacingToAcd(), options);
        AgentMemory counted = memory.withDamping(memory.teamsDamping(), verdict.next());
        if (verdict.until() != null) {
            return new Step(
                    counted,
                    verdict.opened()
                            ? new PresenceDecision.Stop(verdict.until(), "both sides keep changing")
                            : new PresenceDecision.Nothing("write limit reached"),
                    verdict.until());
        }
        int attempts = same && last != null ? last.attempts() + 1 : 1;
        AgentMemory next =
                counted.withAcdWrite(new AcdWrite(state, reason, now, cause, Written.SENT, attempts, false, false));
        if (state == AgentState.NOT_READY) {
            next = next.withTaken(new Taken(reason, now, false));
        }
        return new Step(
                next, new PresenceDecision.Request(state, reason), PresencePolicy.retryAt(now, attempts, options));
    }

    /** When an equal request has to be made again; null when the last one stands. */
    private static @Nullable Instant again(AcdWrite last, PresenceOptions options, Instant now, String cause) {
        return switch (last.written()) {
            case SENT -> cause.equals(last.cause()) ? now : PresencePolicy.retryAt(last.at(), last.attempts(), options);
            case FAILED -> PresencePolicy.retryAt(last.at(), last.attempts(), options);
            case DONE, PENDING, OBSERVED, SUPERSEDED -> null;
        };
    }

    private static Step nothing(AgentMemory memory, String reason, @Nullable Instant checkAgainAt) {
        return new Step(memory, new PresenceDecision.Nothing(reason), checkAgainAt);
    }
}
