package org.jackfield.mediation.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jackfield.event.AgentState.BUSY;
import static org.jackfield.event.AgentState.LOGGED_OFF;
import static org.jackfield.event.AgentState.NOT_READY;
import static org.jackfield.event.AgentState.READY;
import static org.jackfield.event.AgentState.WORKING_AFTER_CALL;

import java.time.Duration;
import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.plugin.Agent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TeamsSideTest {
    @Test
    void aBreakShowsAwayAndComingBackGivesTheSessionUp() {
        var scene = new Scene().acd(READY).acd(NOT_READY, "break").seconds(60).acd(READY);
        assertThat(scene.teamsWrites()).containsExactly("Away/Away", "clear");
    }

    @Test
    void nothingIsWrittenWhileThereIsNothingToSay() {
        var scene = new Scene().acd(LOGGED_OFF).acd(READY).seconds(3600).acd(LOGGED_OFF);
        assertThat(scene.teamsWrites()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DESK, BUSY, , Busy/InACall",
        "DESK, WORKING_AFTER_CALL, , Busy/InACall",
        "DESK, NOT_READY, , Away/Away",
        "DESK, NOT_READY, lunch, Away/Away",
        "DESK, NOT_READY, Meeting, Busy/InAConferenceCall",
        "DESK, NOT_READY, training, Busy/InAConferenceCall",
        "BOTH, BUSY, , Busy/InACall",
        "TEAMS, BUSY, , ",
        "TEAMS, WORKING_AFTER_CALL, , ",
        "TEAMS, NOT_READY, break, Away/Away",
    })
    void acdStatesAreShownAsTheTableSays(Agent.Endpoint endpoint, AgentState state, String reason, String shown) {
        var scene = new Scene(PresenceOptions.defaults(), endpoint).acd(READY).acd(state, reason);
        assertThat(scene.teamsWrites()).isEqualTo(shown == null ? List.of() : List.of(shown));
    }

    @Test
    void wrapUpKeepsTheSessionOfTheCall() {
        var scene = new Scene()
                .acd(READY)
                .acd(BUSY)
                .seconds(120)
                .acd(WORKING_AFTER_CALL)
                .seconds(20)
                .acd(READY);
        assertThat(scene.teamsWrites()).containsExactly("Busy/InACall", "clear");
    }

    @Test
    void aCallAnsweredInTheTeamsClientIsNotWritten() {
        var scene = new Scene(PresenceOptions.defaults(), Agent.Endpoint.BOTH).acd(READY);
        scene.see(new PresenceInput.CallUp(scene.now, "c1", true)).acd(BUSY);
        assertThat(scene.teamsWrites()).isEmpty();
    }

    @Test
    void aLongCallIsWrittenOnceTheLinkRenewsIt() {
        var scene = new Scene().acd(READY).acd(BUSY).pass(Duration.ofHours(3));
        assertThat(scene.teamsWrites()).containsExactly("Busy/InACall");
    }

    @Test
    void afterARestartWhatIsStillWantedIsWrittenAgain() {
        var scene = new Scene().acd(READY).acd(NOT_READY, "break").seconds(60);
        scene.memory = AgentMemory.EMPTY.over(scene.memory.reassert(true));
        scene.decideTeams("restart");
        scene.decideTeams("restart again");
        assertThat(scene.teamsWrites()).containsExactly("Away/Away", "Away/Away");
        scene.memory = AgentMemory.EMPTY.over(scene.memory.reassert(true));
        scene.acd(READY);
        assertThat(scene.teamsWrites()).containsExactly("Away/Away", "Away/Away", "clear");
    }

    @Test
    void whatAKillSwitchWithdrewIsWrittenAgainWhenTheLinkMayWrite() {
        var scene = new Scene().acd(READY).acd(NOT_READY, "break").seconds(60);
        scene.see(new PresenceInput.TeamsResult(scene.now, Pair.AWAY, Written.OBSERVED))
                .seconds(60);
        assertThat(scene.memory.held()).isNull();
        scene.memory = scene.memory.reassert(false);
        scene.decideTeams("up");
        assertThat(scene.teamsWrites()).containsExactly("Away/Away", "Away/Away");
    }

    @Test
    void aPendingStateIsNotShown() {
        var scene = new Scene().acd(READY);
        scene.see(new PresenceInput.AcdState(scene.now, BUSY, NOT_READY, null, false));
        assertThat(scene.teamsWrites()).containsExactly("Busy/InACall");
    }

    @Test
    void aNotReadyThatTeamsCausedIsNotShownInTeams() {
        var scene = new Scene().acd(READY).teams("Available", "Available").teams("DoNotDisturb", "DoNotDisturb");
        assertThat(scene.acdState()).isEqualTo(NOT_READY);
        assertThat(scene.teamsWrites()).isEmpty();
    }

    @Test
    void theSameEventAgainBeforeAResultGetsTheSameDecisionAgain() {
        var scene = new Scene();
        scene.confirm = false;
        scene.memory = scene.policy.observe(
                scene.memory, new PresenceInput.AcdState(scene.now, NOT_READY, null, "break", false));
        scene.decideTeams("e1");
        scene.decideTeams("e1");
        scene.decideTeams("e2");
        assertThat(scene.teamsWrites()).containsExactly("Away/Away", "Away/Away");
        scene.memory =
                scene.policy.observe(scene.memory, new PresenceInput.TeamsResult(scene.now, Pair.AWAY, Written.DONE));
        scene.decideTeams("e1");
        assertThat(scene.teamsWrites()).hasSize(2);
    }

    @Test
    void aWriteThatFailedIsMadeAgainLaterAndLater() {
        var scene = new Scene();
        scene.confirm = false;
        scene.acd(NOT_READY, "break").seconds(10);
        scene.see(new PresenceInput.TeamsResult(scene.now, Pair.AWAY, Written.FAILED));
        scene.pass(Duration.ofMinutes(5));
        assertThat(scene.toTeams.stream()
                        .map(w -> Duration.between(Scene.START, w.at()).toSeconds()))
                .containsExactly(0L, 30L, 90L, 210L);
    }

    @Test
    void anObservingLinkIsAskedOncePerChange() {
        var scene = new Scene();
        scene.confirm = false;
        for (int i = 0; i < 3; i++) {
            scene.acd(NOT_READY, "break");
            scene.see(new PresenceInput.TeamsResult(scene.now, Pair.AWAY, Written.OBSERVED))
                    .seconds(60);
        }
        assertThat(scene.teamsWrites()).containsExactly("Away/Away");
        assertThat(scene.memory.held()).isNull();
    }

    @Test
    void theCircuitOpensWhenTheAcdKeepsToggling() {
        var scene = new Scene();
        boolean stopped = false;
        for (int second = 0; second < 400; second++) {
            scene.memory = scene.policy.observe(
                    scene.memory,
                    new PresenceInput.AcdState(scene.now, second % 2 == 0 ? NOT_READY : READY, null, null, false));
            var step = scene.policy.toTeams(scene.memory, scene.agent, scene.now, "e" + second);
            scene.memory = step.memory();
            stopped |= step.decision() instanceof PresenceDecision.Stop;
            scene.now = scene.now.plusSeconds(1);
        }
        assertThat(stopped).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Agent.Endpoint.class)
    void afterTheCircuitTheLastStateIsShown(Agent.Endpoint endpoint) {
        var scene = new Scene(PresenceOptions.defaults(), endpoint).acd(READY);
        for (int second = 0; second < 400; second++) {
            scene.acd(second % 2 == 0 ? NOT_READY : READY).seconds(1);
        }
        scene.acd(NOT_READY, "break").pass(Duration.ofMinutes(20));
        assertThat(scene.memory.held()).isEqualTo(Pair.AWAY);
    }
}
