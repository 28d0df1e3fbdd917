package org.jackfield.mediation.service;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.CallEvents;
import org.jackfield.event.Event;
import org.jackfield.event.PresenceEvents;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.presence.AgentMemory;
import org.jackfield.mediation.presence.Explanation;
import org.jackfield.mediation.presence.Pair;
import org.jackfield.mediation.presence.PresenceInput;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.mediation.presence.PresenceOptions;
import org.jackfield.mediation.routing.CallRouter.Candidate;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/** Events in the words of the rules. Times are those of the bus, so that one clock rules all windows. Stateless. */
final class Inputs {
    private Inputs() {}

    static PresenceInput of(Event event, AgentEvents.StateChanged changed) {
        return new PresenceInput.AcdState(
                event.recorded(), changed.state(), changed.pending(), changed.reason(), changed.resync());
    }

    static PresenceInput of(Event event, PresenceEvents.Applied applied) {
        String availability = applied.availability();
        String activity = applied.activity();
        Pair pair = availability == null || activity == null ? null : new Pair(availability, activity);
        Written written = switch (applied.outcome()) {
            case "applied" -> Written.DONE;
            case "superseded" -> Written.SUPERSEDED;
            case "observed" -> Written.OBSERVED;
            default -> Written.FAILED;
        };
        return new PresenceInput.TeamsResult(event.recorded(), pair, written);
    }

    static PresenceInput of(Event event, AgentEvents.StateResult result) {
        Written written = switch (result.outcome()) {
            case "done" -> Written.DONE;
            case "pending" -> Written.PENDING;
            case "observed" -> Written.OBSERVED;
            default -> Written.FAILED;
        };
        return new PresenceInput.AcdResult(event.recorded(), result.state(), written);
    }

    /** What a step of a call means for its agent; null when nothing. An agent's leg on the trunk rings in Teams. */
    static @Nullable PresenceInput of(Event event, CallEvents.Call call) {
        String before = call.leg() == null ? call.acdCall() : call.leg(); // a transfer changes the callID
        String id = call.acdCall() == null ? "sip:" + call.call() : "acd:" + before;
        return switch (call.kind()) {
            case ESTABLISHED -> new PresenceInput.CallUp(event.recorded(), id, call.acdCall() == null);
            case CLEARED, FAILED, DIVERTED, TRANSFERRED -> new PresenceInput.CallGone(event.recorded(), id);
            case OFFERED, QUEUED, DELIVERED, HELD, RETRIEVED, CONFERENCED -> null;
        };
    }

    /** True when a connection has ended. */
    static boolean ends(CallEvents.Call call) {
        return switch (call.kind()) {
            case CLEARED, FAILED, DIVERTED, TRANSFERRED -> true;
            case OFFERED, QUEUED, DELIVERED, ESTABLISHED, HELD, RETRIEVED, CONFERENCED -> false;
        };
    }

    /** Whom it concerns: the agent named, or with an end that names nobody, all who were in that call at the ACD. */
    static Set<String> agents(CallEvents.Call call, @Nullable String agent, @Nullable CallMemory before) {
        if (agent != null) {
            return Set.of(agent);
        }
        if (call.kind() != CallEvents.Kind.CLEARED || call.device() != null || before == null) {
            return Set.of();
        }
        Set<String> concerned = new LinkedHashSet<>();
        for (CallMemory.Leg leg : before.legs().values()) {
            if (leg.agent() != null && leg.acdCall() != null && leg.acdCall().equals(call.acdCall())) {
                concerned.add(leg.agent());
            }
        }
        return concerned;
    }

    static Candidate candidate(
            Agent agent, AgentMemory memory, @Nullable AgentRow row, PresenceOptions options, Instant now) {
        var acd = memory.acd();
        var teams = memory.teams();
        boolean chosen = teams != null && Explanation.of(memory, options, now) == null;
        return new Candidate(
                agent,
                acd == null ? null : acd.state(),
                acd == null ? null : acd.pending(),
                acd == null ? now : acd.since(),
                row == null ? java.util.List.of() : row.groups(),
                teams != null && chosen ? teams.availability() : null);
    }
}
