package org.jackfield.mediation.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.presence.PresenceDecision.Clear;
import org.jackfield.mediation.presence.PresenceDecision.Show;
import org.jackfield.plugin.Agent;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user's preferred presence and status message: opt-in, and never over a choice of the user's. */
class ExtrasTest {
    private static Scene optedIn() {
        return new Scene(PresenceOptions.defaults().beside(Set.of("600"), true), Agent.Endpoint.DESK);
    }

    private static Extras last(Scene scene) {
        PresenceDecision decision = scene.toTeams.get(scene.toTeams.size() - 1).decision();
        return decision instanceof Show show ? show.extras() : ((Clear) decision).extras();
    }

    @Test
    void nothingOfItIsWrittenByDefault() {
        Scene scene = new Scene().acd(AgentState.READY).acd(AgentState.NOT_READY, "break");

        assertThat(last(scene)).isEqualTo(Extras.NONE);
    }

    @Test
    void aBreakIsPreferredAndSaidForAGroupThatAskedForIt() {
        Scene scene = optedIn().teams("Available", "Available").acd(AgentState.READY);
        scene.acd(AgentState.NOT_READY, "lunch");
        assertThat(last(scene)).isEqualTo(new Extras("BeRightBack", "lunch"));

        scene.teams("BeRightBack", "BeRightBack").acd(AgentState.READY);
        assertThat(last(scene)).isEqualTo(Extras.NONE);
        assertThat(scene.acdWrites()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"DoNotDisturb,DoNotDisturb", "BeRightBack,BeRightBack", "Away,Away", "Busy,Busy", "Offline,OffWork"})
    @Conformance("ACD-37")
    void aChoiceOfTheUsersIsNeverOverwritten(String availability, String activity) {
        Scene scene = optedIn();
        scene.acdObeys = false;
        scene.acd(AgentState.NOT_READY, "early");
        scene.acd(AgentState.READY).seconds(300);
        scene.teams(availability, activity).seconds(300);
        scene.acd(AgentState.NOT_READY, "lunch");

        assertThat(scene.toTeams)
                .filteredOn(w -> w.at().isAfter(Scene.START.plusSeconds(299)))
                .allSatisfy(w -> {
                    Extras extras = w.decision() instanceof Show show ? show.extras() : ((Clear) w.decision()).extras();
                    assertThat(extras.preferred()).isEqualTo(Extras.LEAVE);
                });
    }

    @Test
    void whatTheUserChoseOverTheHostsStateIsLeftWhenTheBreakEnds() {
        Scene scene = optedIn().teams("Available", "Available").acd(AgentState.READY);
        scene.acd(AgentState.NOT_READY, "lunch")
                .teams("BeRightBack", "BeRightBack")
                .seconds(120);
        scene.teams("DoNotDisturb", "DoNotDisturb").seconds(120);
        scene.acd(AgentState.READY);

        assertThat(last(scene).preferred()).isEqualTo(Extras.LEAVE);
    }
}
