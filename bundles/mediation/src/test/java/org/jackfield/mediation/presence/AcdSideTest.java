package org.jackfield.mediation.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jackfield.event.AgentState.BUSY;
import static org.jackfield.event.AgentState.LOGGED_OFF;
import static org.jackfield.event.AgentState.NOT_READY;
import static org.jackfield.event.AgentState.READY;
import static org.jackfield.event.AgentState.WORKING_AFTER_CALL;

import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.PresenceInput.Written;
import org.jackfield.plugin.Agent;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AcdSideTest {
    private static Scene ready() {
        return new Scene().acd(READY).teams("Available", "Available");
    }

    @ParameterizedTest
    @CsvSource({
        "Available, Available, 0, ",
        "AvailableIdle, Available, 0, ",
        "Busy, InACall, 5, NOT_READY TEAMS_CALL",
        "Busy, InAConferenceCall, 5, NOT_READY TEAMS_CALL",
        "Busy, InAMeeting, 0, NOT_READY TEAMS_BUSY",
        "Busy, Busy, 0, NOT_READY TEAMS_BUSY",
        "BusyIdle, Busy, 600, ",
        "DoNotDisturb, DoNotDisturb, 0, NOT_READY TEAMS_DND",
        "DoNotDisturb, Presenting, 0, NOT_READY TEAMS_DND",
        "Busy, Presenting, 0, NOT_READY TEAMS_DND",
        "DoNotDisturb, Focusing, 0, NOT_READY TEAMS_DND",
        "DoNotDisturb, UrgentInterruptionsOnly, 0, NOT_READY TEAMS_DND",
        "BeRightBack, BeRightBack, 30, NOT_READY TEAMS_AWAY",
        "BeRightBack, BeRightBack, 29, ",
        "Away, Away, 30, NOT_READY TEAMS_AWAY",
        "Away, Away, 29, ",
        "Offline, Offline, 600, ",
        "Offline, OffWork, 600, ",
        "PresenceUnknown, PresenceUnknown, 600, ",
        "SomethingNew, SomethingNew, 600, ",
    })
    void teamsStatesAskTheAcdAsTheTableSays(String availability, String activity, int after, String request) {
        var scene = ready().seconds(1).teams(availability, activity).seconds(after);
        assertThat(scene.acdWrites()).isEqualTo(request == null ? List.of() : List.of(request));
    }

    @Test
    void offlineCountsForAgentsWhoseCallsRingInTeams() {
        var scene = new Scene(PresenceOptions.defaults(), Agent.Endpoint.TEAMS).acd(READY);
        scene.teams("Offline", "Offline").seconds(59);
        assertThat(scene.acdWrites()).isEmpty();
        scene.seconds(1);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_OFFLINE");
    }

    @Test
    void aShortAbsenceAsksNothing() {
        var scene = ready().teams("Away", "Away")
                .seconds(20)
                .teams("Available", "Available")
                .seconds(120);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = AgentState.class,
            names = {"LOGGED_OFF"})
    void anAgentWhoIsLoggedOffIsLeftAlone(AgentState state) {
        var scene = new Scene().acd(state).teams("DoNotDisturb", "DoNotDisturb").seconds(600);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @Test
    @Conformance("ACD-35")
    void aCallOfTheAcdSeenInTeamsAsksNothing() {
        var scene = ready().acd(BUSY).seconds(3).teams("Busy", "InACall").seconds(300);
        scene.acd(WORKING_AFTER_CALL)
                .seconds(10)
                .acd(READY)
                .seconds(5)
                .teams("Available", "Available")
                .seconds(300);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @Test
    @Conformance("ACD-35")
    void aCallThatTeamsShowsBeforeTheAcdReportsItAsksNothing() {
        var scene = new Scene(PresenceOptions.defaults(), Agent.Endpoint.TEAMS).acd(READY);
        scene.teams("Available", "Available")
                .seconds(10)
                .teams("Busy", "InACall")
                .seconds(4);
        scene.see(new PresenceInput.CallUp(scene.now, "acd:1", true)).acd(BUSY).seconds(300);
        scene.see(new PresenceInput.CallGone(scene.now, "acd:1")).acd(READY).seconds(2);
        scene.teams("Available", "Available").seconds(300);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @Test
    void aTeamsCallThatGoesOnAfterTheAcdsOwnIsTakenForItselfInTheEnd() {
        var scene = ready().acd(BUSY)
                .seconds(3)
                .teams("Busy", "InACall")
                .seconds(60)
                .acd(READY)
                .seconds(80);
        assertThat(scene.acdWrites()).isEmpty();
        scene.seconds(20);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_CALL");
    }

    @Test
    @Conformance("ACD-36")
    void theEchoOfAnOwnWriteAsksNothingAndTheSameValueByTheUserDoes() {
        var scene =
                ready().acd(NOT_READY, "break").seconds(5).teams("Away", "Away").seconds(50);
        scene.acd(READY).seconds(40).teams("Available", "Available").seconds(60);
        assertThat(scene.acdWrites()).isEmpty();
        scene.teams("Away", "Away").seconds(31);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_AWAY");
    }

    @Test
    @Conformance("ACD-36")
    void theUsersOwnChoiceDuringTheEchoWindowCountsWhenItIsAnother() {
        var scene = ready().acd(NOT_READY, "break")
                .seconds(5)
                .teams("Away", "Away")
                .seconds(10)
                .acd(READY);
        scene.seconds(5).teams("DoNotDisturb", "DoNotDisturb");
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
    }

    @Test
    @Conformance("ACD-37")
    void doNotDisturbIsAboveTheAcdsIdleStates() {
        var scene = ready().seconds(5).teams("DoNotDisturb", "DoNotDisturb");
        assertThat(scene.acdState()).isEqualTo(NOT_READY);
        scene.seconds(5).acd(READY).seconds(5);
        assertThat(scene.acdState()).isEqualTo(NOT_READY);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND", "NOT_READY TEAMS_DND");
        assertThat(scene.teamsWrites()).isEmpty();
    }

    @Test
    void readyChosenAfterAnAutomaticAwayStays() {
        var scene = ready().seconds(5).teams("Away", "Away").seconds(31);
        assertThat(scene.acdState()).isEqualTo(NOT_READY);
        scene.acd(READY).seconds(300);
        assertThat(scene.acdState()).isEqualTo(READY);
        assertThat(scene.acdWrites()).hasSize(1);
    }

    @Test
    @Conformance("ACD-38")
    void readyIsGivenBackWhenTheHostTookIt() {
        var scene = ready().seconds(5).teams("DoNotDisturb", "DoNotDisturb").seconds(60);
        scene.teams("Available", "Available");
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND", "READY TEAMS_AVAILABLE");
        assertThat(scene.acdState()).isEqualTo(READY);
    }

    @Test
    @Conformance("ACD-38")
    void readyIsNotGivenBackWhenTheAgentWentNotReadyHimself() {
        var scene = ready().acd(NOT_READY, "break")
                .seconds(5)
                .teams("DoNotDisturb", "DoNotDisturb")
                .seconds(60);
        scene.teams("Available", "Available").seconds(300);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @Test
    @Conformance("ACD-38")
    void readyIsNotGivenBackWhenTheAgentChangedItSince() {
        var scene = ready().seconds(5).teams("DoNotDisturb", "DoNotDisturb").seconds(60);
        scene.acd(NOT_READY, "lunch")
                .seconds(60)
                .teams("Available", "Available")
                .seconds(300);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
        assertThat(scene.acdState()).isEqualTo(NOT_READY);
    }

    @Test
    @Conformance("ACD-38")
    void readyIsNotGivenBackAfterAnOperatorsOrder() {
        var scene = ready().seconds(5).teams("DoNotDisturb", "DoNotDisturb").seconds(60);
        scene.see(new PresenceInput.OperatorOrder(scene.now)).seconds(5);
        scene.teams("Available", "Available").seconds(300);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
    }

    @Test
    void anOperatorsOrderIsAboveWhatTeamsShowedBefore() {
        var scene = ready().seconds(5).teams("DoNotDisturb", "DoNotDisturb").seconds(60);
        scene.see(new PresenceInput.OperatorOrder(scene.now))
                .seconds(1)
                .acd(READY)
                .seconds(300);
        assertThat(scene.acdState()).isEqualTo(READY);
    }

    @Test
    void doNotDisturbDuringACallIsAskedForOnceAndHoldsAfterIt() {
        var scene = ready().acd(BUSY)
                .seconds(10)
                .teams("DoNotDisturb", "DoNotDisturb")
                .seconds(60);
        scene.see(new PresenceInput.AcdState(scene.now, WORKING_AFTER_CALL, NOT_READY, null, false))
                .seconds(10);
        scene.acd(NOT_READY, "TEAMS_DND").seconds(60).teams("Available", "Available");
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND", "READY TEAMS_AVAILABLE");
    }

    @Test
    void whatTeamsSetsByItselfDoesNotDisturbACall() {
        var scene = ready().acd(BUSY).seconds(10).teams("Away", "Away").seconds(600);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @Test
    void aRefusedRequestLeavesNoToken() {
        var scene = new Scene();
        scene.acdObeys = false;
        scene.confirm = false;
        scene.acd(READY).teams("DoNotDisturb", "DoNotDisturb");
        scene.see(new PresenceInput.AcdResult(scene.now, NOT_READY, Written.FAILED))
                .seconds(5);
        scene.teams("Available", "Available").seconds(600);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
    }

    @Test
    void anObservingLinkIsAskedOnce() {
        var scene = new Scene();
        scene.acdObeys = false;
        scene.confirm = false;
        scene.acd(READY).teams("DoNotDisturb", "DoNotDisturb");
        scene.see(new PresenceInput.AcdResult(scene.now, NOT_READY, Written.OBSERVED))
                .seconds(600);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
    }

    @Test
    void loggingOffEndsWhatTheHostRemembersOfReady() {
        var scene = ready().seconds(5)
                .teams("DoNotDisturb", "DoNotDisturb")
                .seconds(5)
                .acd(LOGGED_OFF)
                .seconds(5);
        scene.acd(NOT_READY).seconds(5).teams("Available", "Available").seconds(60);
        assertThat(scene.acdWrites()).containsExactly("NOT_READY TEAMS_DND");
    }
}
