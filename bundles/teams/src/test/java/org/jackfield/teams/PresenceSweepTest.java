package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jackfield.teams.Bench.ANNA;
import static org.jackfield.teams.Bench.BEN;

import java.time.Duration;
import java.util.List;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

class PresenceSweepTest {
    private final Bench bench = new Bench();

    private List<String> observed() {
        return bench.bus.data(PresenceEvents.Observed.class).stream()
                .map(o -> o.agent() + " " + o.availability() + "/" + o.activity())
                .toList();
    }

    @Test
    void onlyDifferencesArePublishedWithOriginTeams() {
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.api.show(BEN, "Away", "Away", "1");
        bench.sweep.start();
        assertThat(observed()).containsExactly("anna Available/Available", "ben Away/Away");
        assertThat(bench.bus.events().get(0).origin()).isEqualTo(Origin.TEAMS);

        bench.timer.pass(Duration.ofSeconds(10));
        assertThat(bench.api.reads).hasSize(6);
        assertThat(observed()).hasSize(2);

        bench.api.show(BEN, "DoNotDisturb", "DoNotDisturb", "2");
        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(observed()).hasSize(3).endsWith("ben DoNotDisturb/DoNotDisturb");
        assertThat(bench.health.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void upperAndLowerCaseAreNoDifference() {
        bench.api.show(ANNA, "DoNotDisturb", "Presenting", "1");
        bench.sweep.start();
        bench.api.show(ANNA, "doNotDisturb", "presenting", "2");
        bench.timer.pass(Duration.ofSeconds(2));

        assertThat(observed()).filteredOn(o -> o.startsWith("anna")).hasSize(1);
    }

    @Test
    void aRestartedHostPublishesOnlyWhatChangedMeanwhile() {
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.api.show(BEN, "Away", "Away", "1");
        bench.sweep.start();
        bench.sweep.close();
        bench.api.show(BEN, "Busy", "InACall", "2");

        bench.sweep().start();

        assertThat(observed()).hasSize(3).endsWith("ben Busy/InACall");
    }

    @Test
    @Conformance("GR-06")
    void agentsAreReadBy650AndWhomGraphDoesNotKnowIsUnknown() {
        for (int i = 0; i < 649; i++) {
            bench.directory.with("a" + i, "99999999-0000-4000-8000-%012d".formatted(i));
        }
        bench.api.show(ANNA, "Available", "Available", "1");

        bench.sweep.start();

        assertThat(bench.api.reads).extracting(List::size).containsExactly(650, 1);
        assertThat(observed()).hasSize(651).contains("anna Available/Available", "ben PresenceUnknown/PresenceUnknown");
    }

    @Test
    @Conformance("GR-08")
    void anAnswerFromBeforeTheLastOneIsDropped() {
        bench.api.show(ANNA, "Busy", "InACall", "A5");
        bench.sweep.start();
        bench.api.show(ANNA, "Available", "Available", "A4");
        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(observed()).filteredOn(o -> o.startsWith("anna")).containsExactly("anna Busy/InACall");

        bench.api.show(ANNA, "Available", "Available", "A6");
        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(observed()).filteredOn(o -> o.startsWith("anna")).endsWith("anna Available/Available");
    }

    @Test
    @Conformance("GR-09")
    void wordsThatNobodyKnowsArePassedOnAsTheyCame() {
        bench.api.show(ANNA, "Levitating", "InAnotherDimension", null);

        bench.sweep.start();

        assertThat(observed()).contains("anna Levitating/InAnotherDimension");
    }

    @Test
    void oneUserWhomGraphRefusesDoesNotHideTheOthers() {
        bench.directory.with("zoe", "not-a-guid");
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.api.show(BEN, "Away", "Away", "1");
        bench.api.readFault =
                users -> users.contains("not-a-guid") ? FakeApi.failure(GraphFailure.Kind.REFUSED, 400, null) : null;

        bench.sweep.start();
        assertThat(observed()).containsExactlyInAnyOrder("anna Available/Available", "ben Away/Away");
        assertThat(bench.registry
                        .counter("jackfield.input.refused", "place", "teams:main", "reason", "user")
                        .count())
                .isEqualTo(1);

        bench.api.reads.clear();
        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(bench.api.reads).containsExactly(List.of(ANNA, BEN));
    }

    @Test
    void whenGraphRefusesEverybodyTheUsersAreNotToBlame() {
        bench.api.readFault = users -> FakeApi.failure(GraphFailure.Kind.REFUSED, 404, null);
        bench.sweep.start();
        assertThat(bench.sweep.leftOut()).isZero();
        assertThat(bench.health.status().state()).isEqualTo(Status.State.DEGRADED);
        assertThat(bench.health.status().sentence()).contains("404").contains("check graphUrl");

        bench.api.readFault = users -> null;
        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(bench.health.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void anOutageIsCaughtUpWithinOneSweepAfterIt() {
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.sweep.start();
        bench.api.readFault = users -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 503, null);
        bench.timer.pass(Duration.ofMinutes(10));
        assertThat(bench.health.status().state()).isEqualTo(Status.State.DOWN);
        assertThat(bench.health.status().sentence())
                .contains("Graph does not answer")
                .contains("503");
        bench.api.show(ANNA, "Busy", "InACall", "2");
        bench.api.readFault = users -> null;

        bench.timer.pass(Duration.ofSeconds(32));

        assertThat(observed()).endsWith("anna Busy/InACall");
        assertThat(bench.health.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void rubbishChangesNobodysPresence() {
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.api.show(BEN, "Away", "Away", "1");
        bench.sweep.start();
        bench.api.readFault = users -> FakeApi.failure(GraphFailure.Kind.RUBBISH, 200, null);

        bench.timer.pass(Duration.ofMinutes(10));

        assertThat(observed()).hasSize(2);
        assertThat(bench.health.status().detail()).isEqualTo(Status.Detail.PROTOCOL);
    }

    @Test
    void aMissingPermissionIsNamedWithItsRemedy() {
        bench.api.readFault = users -> FakeApi.failure(GraphFailure.Kind.REFUSED, 403, null);

        bench.sweep.start();

        assertThat(bench.health.status().state()).isEqualTo(Status.State.DEGRADED);
        assertThat(bench.health.status().sentence()).contains("grant Presence.Read.All");
    }

    @Test
    void aFullSpoolOnlyDelaysWhatWasSeen() {
        bench.api.show(ANNA, "Available", "Available", "1");
        bench.bus.full(true);
        bench.sweep.start();
        bench.bus.full(false);
        bench.timer.pass(Duration.ofSeconds(2));

        assertThat(observed()).contains("anna Available/Available");
    }
}
