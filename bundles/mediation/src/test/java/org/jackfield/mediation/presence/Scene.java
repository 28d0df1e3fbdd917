package org.jackfield.mediation.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.PresenceDecision.Request;
import org.jackfield.mediation.presence.PresenceDecision.Show;
import org.jackfield.mediation.presence.PresenceDecision.Step;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.plugin.Agent;

/** One agent, a clock, and both sides as they would answer; every write is kept with its time. */
final class Scene {
    static final Instant START = Instant.parse("2026-01-01T08:00:00Z");

    record Write(Instant at, PresenceDecision decision) {}

    final PresencePolicy policy;
    final Agent agent;
    final List<Write> toTeams = new ArrayList<>();
    final List<Write> toAcd = new ArrayList<>();
    AgentMemory memory = AgentMemory.EMPTY;
    Instant now = START;
    Instant checkAt;
    boolean acdObeys = true;
    boolean confirm = true;
    private int events;

    Scene() {
        this(PresenceOptions.defaults(), Agent.Endpoint.DESK);
    }

    Scene(PresenceOptions options, Agent.Endpoint endpoint) {
        policy = new PresencePolicy(options);
        agent = new Agent(
                "demo",
                "anna",
                "main",
                "4711",
                List.of("600"),
                "user-anna",
                "anna@demo.example",
                "+4930555711",
                endpoint);
    }

    Scene acd(AgentState state) {
        return acd(state, null);
    }

    Scene acd(AgentState state, String reason) {
        return see(new PresenceInput.AcdState(now, state, null, reason, false));
    }

    Scene teams(String availability, String activity) {
        return see(new PresenceInput.TeamsState(now, availability, activity));
    }

    Scene see(PresenceInput input) {
        memory = policy.observe(memory, input);
        String cause = "e" + events++;
        decide(cause);
        return this;
    }

    private void decide(String cause) {
        decideTeams(cause);
        decideAcd(cause);
    }

    void decideTeams(String cause) {
        Step step = policy.toTeams(memory, agent, now, cause);
        memory = step.memory();
        check(step);
        if (!(step.decision() instanceof PresenceDecision.Nothing)
                && !(step.decision() instanceof PresenceDecision.Stop)) {
            toTeams.add(new Write(now, step.decision()));
            if (confirm) {
                Pair pair = step.decision() instanceof Show show ? show.pair() : null;
                memory = policy.observe(memory, new PresenceInput.TeamsResult(now, pair, Written.DONE));
            }
        }
    }

    void decideAcd(String cause) {
        Step step = policy.toAcd(memory, agent, now, cause);
        memory = step.memory();
        check(step);
        if (step.decision() instanceof Request request) {
            toAcd.add(new Write(now, request));
            if (confirm) {
                memory = policy.observe(memory, new PresenceInput.AcdResult(now, request.state(), Written.DONE));
            }
            boolean free =
                    memory.acd().state() == AgentState.READY || memory.acd().state() == AgentState.NOT_READY;
            if (acdObeys && free) {
                see(new PresenceInput.AcdState(now, request.state(), null, null, false));
            }
        }
    }

    private void check(Step step) {
        if (step.checkAgainAt() != null
                && (checkAt == null || step.checkAgainAt().isBefore(checkAt))) {
            checkAt = step.checkAgainAt();
        }
    }

    /** Lets time pass, looking again whenever a decision asked for it. */
    Scene pass(Duration time) {
        Instant end = now.plus(time);
        int rounds = 0;
        while (checkAt != null && !checkAt.isAfter(end)) {
            if (++rounds > 10_000) {
                throw new AssertionError("looks again and again at " + checkAt);
            }
            now = checkAt.isAfter(now) ? checkAt : now;
            checkAt = null;
            decide("check" + events++);
            if (checkAt != null && !checkAt.isAfter(now)) {
                throw new AssertionError("asks to look again at " + checkAt + ", which is now");
            }
        }
        now = end;
        return this;
    }

    Scene seconds(long seconds) {
        return pass(Duration.ofSeconds(seconds));
    }

    List<String> teamsWrites() {
        return toTeams.stream().map(w -> text(w.decision())).toList();
    }

    List<String> acdWrites() {
        return toAcd.stream().map(w -> text(w.decision())).toList();
    }

    private static String text(PresenceDecision decision) {
        if (decision instanceof Show show) {
            return show.pair().toString();
        }
        if (decision instanceof Request request) {
            return request.state() + " " + request.reason();
        }
        return "clear";
    }

    AgentState acdState() {
        return memory.acd().state();
    }
}
