package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.AgentMemory;
import org.jackfield.mediation.presence.PresenceDecision;
import org.jackfield.mediation.presence.PresenceInput;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.mediation.presence.PresenceOptions;
import org.jackfield.mediation.presence.PresencePolicy;
import org.jackfield.plugin.Agent;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.PresenceBook;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Stories of one agent between the shipped presence rules and the twin's presence, which ranks and fades as Graph does:
 * the rules write through setPresence and clearPresence and see what a sweep every two seconds would read.
 */
class PresenceStoriesTest {
    private static final String USER = "11111111-0000-4000-8000-000000000001";
    private static final String APP = "app";

    private final TwinClock clock = new TwinClock(Clock.fixed(Instant.parse("2026-01-05T08:00:00Z"), ZoneOffset.UTC));
    private final PresenceBook teams = new PresenceBook(clock);
    private final PresencePolicy policy = new PresencePolicy(PresenceOptions.defaults());
    private final Agent anna =
            new Agent("demo", "anna", "main", "4711", List.of("600"), USER, null, null, Agent.Endpoint.DESK);
    private final List<String> toTeams = new ArrayList<>();
    private final List<String> toAcd = new ArrayList<>();
    private AgentMemory memory = AgentMemory.EMPTY;
    private String read = "";
    private int events;

    @BeforeEach
    void anOpenTeamsClientAndAReadyAgent() {
        teams.addUser(USER, null);
        acd(AgentState.READY, null);
        pass(10);
    }

    private String shown() {
        PresenceBook.Presence now = teams.read(USER, Duration.ZERO).orElseThrow();
        return now.availability() + "/" + now.activity();
    }

    private void acd(AgentState state, String reason) {
        see(new PresenceInput.AcdState(clock.instant(), state, null, reason, false));
    }

    private void choose(String availability, String activity) {
        teams.choose(USER, new Pair(availability, activity));
    }

    private void see(PresenceInput input) {
        memory = policy.observe(memory, input);
        decide();
    }

    private void decide() {
        String cause = "e" + events++;
        var step = policy.toTeams(memory, anna, clock.instant(), cause);
        memory = step.memory();
        if (step.decision() instanceof PresenceDecision.Show show) {
            teams.setSession(
                    USER, APP, new Pair(show.pair().availability(), show.pair().activity()), show.expiry());
            toTeams.add(show.pair().toString());
            done(show.pair());
        } else if (step.decision() instanceof PresenceDecision.Clear) {
            teams.clearSession(USER, APP);
            toTeams.add("clear");
            done(null);
        }
        var order = policy.toAcd(memory, anna, clock.instant(), cause);
        memory = order.memory();
        if (order.decision() instanceof PresenceDecision.Request request) {
            toAcd.add(request.state() + " " + request.reason());
            memory =
                    policy.observe(memory, new PresenceInput.AcdResult(clock.instant(), request.state(), Written.DONE));
            AgentState now = memory.acd() == null ? null : memory.acd().state();
            if (now == AgentState.READY || now == AgentState.NOT_READY) {
                acd(request.state(), null);
            }
        }
    }

    private void done(org.jackfield.mediation.presence.Pair pair) {
        memory = policy.observe(memory, new PresenceInput.TeamsResult(clock.instant(), pair, Written.DONE));
    }

    /** Time passes, and a sweep reads every two seconds; a decision that waits for a time is looked at then too. */
    private void pass(long seconds) {
        for (long i = 0; i < seconds; i += 2) {
            clock.advance(Duration.ofSeconds(2));
            String now = shown();
            if (!now.equals(read)) {
                read = now;
                String[] pair = now.split("/", -1);
                see(new PresenceInput.TeamsState(clock.instant(), pair[0], pair[1]));
            } else {
                decide();
            }
        }
    }

    private void call(String id) {
        see(new PresenceInput.CallUp(clock.instant(), id, false));
        acd(AgentState.BUSY, null);
    }

    private void hangUp(String id) {
        see(new PresenceInput.CallGone(clock.instant(), id));
    }

    @Test
    void teamsClosedWhileReadyShowsOfflineAndLeavesADeskAgentReady() {
        choose("Offline", "Offline");
        pass(300);

        assertThat(shown()).isEqualTo("Offline/Offline");
        assertThat(toTeams).isEmpty();
        assertThat(toAcd).isEmpty();
    }

    @Test
    @Conformance("ACD-35")
    void aPrivateCallThatOutlastsTheAcdCallMakesTheAgentNotReadyOnlyThen() {
        call("c1");
        pass(60);
        choose("Busy", "InACall"); // a call of her own, in Teams, while the ACD call is still up
        pass(60);
        assertThat(toAcd).isEmpty();

        hangUp("c1");
        acd(AgentState.READY, null);
        pass(80);
        assertThat(shown()).isEqualTo("Busy/InACall");
        assertThat(toAcd).isEmpty(); // within the echo window it may still be the host's own

        pass(60);
        assertThat(toAcd).containsExactly("NOT_READY TEAMS_CALL");
        choose("Available", "Available");
        pass(10);
        assertThat(toAcd).containsExactly("NOT_READY TEAMS_CALL", "READY TEAMS_AVAILABLE");
    }

    @Test
    @Conformance("ACD-37")
    void aManualDoNotDisturbBeforeWrapUpStaysOnTopAndKeepsTheAgentOutAfterIt() {
        call("c1");
        pass(20);
        choose("DoNotDisturb", "DoNotDisturb");
        pass(20);
        assertThat(shown()).isEqualTo("DoNotDisturb/DoNotDisturb");

        hangUp("c1");
        acd(AgentState.WORKING_AFTER_CALL, null);
        pass(20);
        assertThat(shown()).isEqualTo("DoNotDisturb/DoNotDisturb");
        acd(AgentState.READY, null);
        pass(20);

        assertThat(toAcd).last().isEqualTo("NOT_READY TEAMS_DND");
        assertThat(memory.acd().state()).isEqualTo(AgentState.NOT_READY);
        assertThat(shown()).isEqualTo("DoNotDisturb/DoNotDisturb");
    }

    @Test
    @Conformance("ACD-36")
    void aStaleInACallAfterTheClearIsAnEchoAndNoCall() {
        call("c1");
        pass(30);
        hangUp("c1");
        acd(AgentState.READY, null);
        assertThat(toTeams).containsExactly("Busy/InACall", "clear");
        // Teams goes on showing the call for a minute, as its clients poll
        see(new PresenceInput.TeamsState(clock.instant(), "Busy", "InACall"));
        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofSeconds(2));
            decide();
        }
        assertThat(toAcd).isEmpty();

        see(new PresenceInput.TeamsState(clock.instant(), "Available", "Available"));
        assertThat(toAcd).isEmpty();
        assertThat(memory.acd().state()).isEqualTo(AgentState.READY);
    }
}
