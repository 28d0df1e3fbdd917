package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.AgentMemory.Acd;
import org.jackfield.mediation.presence.AgentMemory.AcdWrite;
import org.jackfield.mediation.presence.AgentMemory.Shown;
import org.jackfield.mediation.presence.AgentMemory.Taken;
import org.jackfield.mediation.presence.AgentMemory.TeamsView;
import org.jackfield.mediation.presence.AgentMemory.TeamsWrite;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jspecify.annotations.Nullable;

/** Takes what was seen into the memory; decides nothing. */
final class Observing {
    /** A call whose end was never seen explains nothing after this. */
    private static final Duration LONGEST_CALL = Duration.ofHours(4);

    private static final int MOST_CALLS = 16;

    private Observing() {}

    static AgentMemory take(AgentMemory memory, PresenceInput input, PresenceOptions options) {
        AgentMemory seen = life(memory, takeOne(memory, input), input.at());
        TeamsView teams = seen.teams();
        return teams != null && Explanation.of(seen, options, input.at()) == null ? seen.withUnexplained(teams) : seen;
    }

    private static AgentMemory takeOne(AgentMemory memory, PresenceInput input) {
        if (input instanceof PresenceInput.AcdState state) {
            return acd(memory, state);
        } else if (input instanceof PresenceInput.TeamsState state) {
            return teams(memory, state);
        } else if (input instanceof PresenceInput.CallUp up) {
            return up(memory, up);
        } else if (input instanceof PresenceInput.CallGone gone) {
            Map<String, Instant> calls = new HashMap<>(memory.calls());
            calls.remove(gone.call());
            return memory.withCalls(calls, memory.teamsLeg());
        } else if (input instanceof PresenceInput.OperatorOrder order) {
            return memory.withOperator(order.at()).withTaken(null);
        } else if (input instanceof PresenceInput.TeamsResult result) {
            return teamsResult(memory, result);
        } else {
            return acdResult(memory, (PresenceInput.AcdResult) input);
        }
    }

    private static AgentMemory acd(AgentMemory memory, PresenceInput.AcdState seen) {
        Acd old = memory.acd();
        AcdWrite write = memory.toAcd();
        boolean changed = old == null || old.state() != seen.state() || !Objects.equals(old.reason(), seen.reason());
        boolean own = write != null
                && write.state() == seen.state()
                && !write.seen()
                && !write.overtaken()
                && write.written() != Written.FAILED
                && write.written() != Written.OBSERVED
                && ownReason(write, seen.reason());
        Instant humanAt = old == null ? null : old.humanAt();
        if (changed && old != null && !own && idle(seen.state()) && !afterCall(old.state(), seen.state())) {
            humanAt = seen.at();
        }
        Instant since = old != null && old.state() == seen.state() ? old.since() : seen.at();
        AgentMemory next = memory.withAcd(new Acd(seen.state(), seen.pending(), seen.reason(), since, humanAt));
        if (write != null) {
            next = next.withAcdWrite(moved(write, seen, own));
        }
        boolean callsOver = old != null && afterCall(old.state(), seen.state()) && idle(seen.state());
        if (callsOver || (seen.resync() && seen.state() != AgentState.BUSY)) {
            next = next.withCalls(Map.of(), false);
        }
        return next.withTaken(token(memory.taken(), old, seen, own));
    }

    /** The reason that comes back is the one that was sent, or none: ECMA-323 has no field for it. */
    private static boolean ownReason(AcdWrite write, @Nullable String reason) {
        return reason == null || reason.equals(write.reason());
    }

    private static boolean idle(AgentState state) {
        return state == AgentState.READY || state == AgentState.NOT_READY || state == AgentState.LOGGED_OFF;
    }

    /** The ACD itself moves an agent on when a call or its wrap-up ends. */
    private static boolean afterCall(AgentState from, AgentState to) {
        return to != AgentState.LOGGED_OFF && (from == AgentState.BUSY || from == AgentState.WORKING_AFTER_CALL);
    }

    private static AcdWrite moved(AcdWrite write, PresenceInput.AcdState seen, boolean own) {
        boolean opposite = idle(seen.state())
                && seen.state() != write.state()
                && !seen.at().isBefore(write.at());
        return new AcdWrite(
                write.state(),
                write.reason(),
                write.at(),
                write.cause(),
                write.written(),
                write.attempts(),
                write.seen() || own,
                write.overtaken() || opposite);
    }

    private static @Nullable Taken token(
            @Nullable Taken taken, @Nullable Acd old, PresenceInput.AcdState seen, boolean own) {
        if (taken == null) {
            return null;
        }
        return switch (seen.state()) {
            case BUSY, WORKING_AFTER_CALL -> taken;
            case LOGGED_OFF -> null;
            case READY -> seen.at().isBefore(taken.at()) ? taken : null;
            case NOT_READY -> {
                boolean foreign = seen.reason() != null && !seen.reason().equals(taken.reason());
                boolean repeated = old != null
                        && old.state() == AgentState.NOT_READY
                        && Objects.equals(old.reason(), seen.reason());
                yield foreign && !own && !repeated ? null : new Taken(taken.reason(), taken.at(), true);
            }
        };
    }

    private static AgentMemory teams(AgentMemory memory, PresenceInput.TeamsState seen) {
        TeamsView old = memory.teams();
        if (old != null
                && old.availability().equalsIgnoreCase(seen.availability())
                && old.activity().equalsIgnoreCase(seen.activity())) {
            return memory;
        }
        List<Shown> shown = new ArrayList<>(memory.shown());
        // Once Teams has shown something else after a session ended, its pair is no echo any more.
        shown.removeIf(s -> s.until() != null
                && seen.at().isAfter(s.until())
                && !s.pair().same(seen.availability(), seen.activity()));
        return memory.withTeams(new TeamsView(seen.availability(), seen.activity(), seen.at()))
                .withTeamsWrite(memory.toTeams(), shown);
    }

    private static AgentMemory up(AgentMemory memory, PresenceInput.CallUp up) {
        Map<String, Instant> calls = new HashMap<>(memory.calls());
        calls.values().removeIf(at -> at.plus(LONGEST_CALL).isBefore(up.at()));
        calls.putIfAbsent(up.call(), up.at());
        while (calls.size() > MOST_CALLS) {
            calls.entrySet().stream()
                    .min(Comparator.comparing(Map.Entry::getValue))
                    .ifPresent(oldest -> calls.remove(oldest.getKey()));
        }
        return memory.withCalls(calls, up.teams() || memory.teamsLeg());
    }

    private static AgentMemory life(AgentMemory before, AgentMemory after, Instant at) {
        if (after.live() && !before.live()) {
            return after.withLife(at, null);
        }
        if (!after.live() && before.live()) {
            return after.withCalls(after.calls(), false).withLife(after.liveSince(), at);
        }
        return after;
    }

    private static AgentMemory teamsResult(AgentMemory memory, PresenceInput.TeamsResult result) {
        TeamsWrite write = memory.toTeams();
        if (write == null || !Objects.equals(write.pair(), result.pair()) || result.written() == Written.SUPERSEDED) {
            return memory;
        }
        TeamsWrite known = new TeamsWrite(
                write.pair(),
                write.expiry(),
                write.at(),
                write.cause(),
                result.written(),
                write.attempts(),
                write.extras());
        List<Shown> shown = new ArrayList<>(memory.shown());
        boolean nothingShown = result.written() == Written.FAILED || result.written() == Written.OBSERVED;
        if (write.pair() != null && nothingShown) {
            Pair preferred = write.beside().shows();
            shown.removeIf(s -> s.until() == null
                    && (s.pair().equals(write.pair()) || s.pair().equals(preferred)));
        }
        return memory.withTeamsWrite(known, shown);
    }

    private static AgentMemory acdResult(AgentMemory memory, PresenceInput.AcdResult result) {
        AcdWrite write = memory.toAcd();
        if (write == null || write.state() != result.state() || write.written() != Written.SENT) {
            return memory;
        }
        AgentMemory next = memory.withAcdWrite(new AcdWrite(
                write.state(),
                write.reason(),
                write.at(),
                write.cause(),
                result.written(),
                write.attempts(),
                write.seen(),
                write.overtaken()));
        boolean nothingDone = result.written() == Written.FAILED || result.written() == Written.OBSERVED;
        return nothingDone && write.state() == AgentState.NOT_READY ? next.withTaken(null) : next;
    }
}
