package org.jackfield.mediation.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jackfield.event.AgentState;
import org.jackfield.plugin.Agent;
import org.jackfield.testkit.Conformance;

class PresencePropertiesTest {
    private static final List<Pair> TEAMS = List.of(
            new Pair("Available", "Available"),
            new Pair("Busy", "InACall"),
            new Pair("Busy", "InAMeeting"),
            new Pair("DoNotDisturb", "DoNotDisturb"),
            new Pair("DoNotDisturb", "Presenting"),
            new Pair("BeRightBack", "BeRightBack"),
            new Pair("Away", "Away"),
            new Pair("Offline", "Offline"));

    /** What happens next: the ACD's agent (0-4), Teams (5-12), time (13 and more). */
    @Provide
    Arbitrary<List<Integer>> stories() {
        return Arbitraries.integers().between(0, 20).list().ofMaxSize(120);
    }

    private static PresenceOptions disturbing() {
        PresenceOptions d = PresenceOptions.defaults();
        return new PresenceOptions(
                d.call(),
                d.callExpiry(),
                Pair.PRESENTING,
                d.wrapUpExpiry(),
                d.pause(),
                Pair.PRESENTING,
                d.pauseExpiry(),
                d.meetingReasons(),
                d.busyToAcd(),
                d.awayHold(),
                d.offlineHold(),
                d.offlineGroups(),
                d.echo(),
                d.callWindow(),
                d.writesToTeams(),
                d.writesToAcd(),
                d.spacingToAcd(),
                d.flapLimit(),
                d.circuit(),
                d.preferredGroups(),
                d.statusMessage(),
                d.confirm());
    }

    private static void tell(Scene scene, int what) {
        if (what < 5) {
            String reason = what == AgentState.NOT_READY.ordinal() ? "meeting" : null;
            scene.acd(AgentState.values()[what], reason);
        } else if (what < 13) {
            scene.teams(TEAMS.get(what - 5).availability(), TEAMS.get(what - 5).activity());
        } else {
            scene.seconds(1L << (what - 13));
        }
    }

    @Property(tries = 500)
    void neverDoNotDisturbWhileReady(@ForAll("stories") List<Integer> story, @ForAll Agent.Endpoint endpoint) {
        var scene = new Scene(disturbing(), endpoint);
        for (int what : story) {
            int before = scene.toTeams.size();
            tell(scene, what);
            boolean ready = scene.memory.acd() != null && scene.acdState() == AgentState.READY;
            for (var write : scene.toTeams.subList(before, scene.toTeams.size())) {
                if (ready && write.decision() instanceof PresenceDecision.Show show) {
                    assertThat(show.pair().doNotDisturb()).isFalse();
                }
            }
        }
    }

    @Property(tries = 500)
    @Conformance("ACD-39")
    void writesStayUnderTheLimitsWhateverHappens(
            @ForAll("stories") List<Integer> story, @ForAll Agent.Endpoint endpoint) {
        var scene = new Scene(PresenceOptions.defaults(), endpoint);
        story.forEach(what -> tell(scene, what));
        assertThat(mostInAMinute(scene.toTeams)).isLessThanOrEqualTo(20);
        assertThat(mostInAMinute(scene.toAcd)).isLessThanOrEqualTo(10);
    }

    @Property(tries = 60)
    @Conformance("ACD-39")
    void bothSidesTogglingEndAtTheHighestPriority(
            @ForAll @IntRange(min = 1, max = 900) int seconds, @ForAll boolean userDisturbed) {
        var scene = new Scene().acd(AgentState.READY);
        for (int i = 0; i < seconds; i++) {
            scene.acd(i % 2 == 0 ? AgentState.NOT_READY : AgentState.READY, i % 2 == 0 ? "break" : null);
            scene.teams(i % 2 == 0 ? "DoNotDisturb" : "Available", i % 2 == 0 ? "DoNotDisturb" : "Available");
            scene.seconds(1);
        }
        scene.acd(AgentState.READY);
        if (userDisturbed) {
            scene.teams("DoNotDisturb", "DoNotDisturb");
        } else {
            scene.teams("Available", "Available");
        }
        scene.pass(Duration.ofMinutes(30));
        assertThat(mostInAMinute(scene.toTeams)).isLessThanOrEqualTo(20);
        assertThat(mostInAMinute(scene.toAcd)).isLessThanOrEqualTo(10);
        assertThat(scene.acdState()).isEqualTo(userDisturbed ? AgentState.NOT_READY : AgentState.READY);
        assertThat(scene.memory.held()).isNull();
    }

    @Property(tries = 300)
    @Conformance("ACD-38")
    void readyIsAskedForOnlyWhenTheHostTookIt(@ForAll("stories") List<Integer> story) {
        var scene = new Scene();
        for (int what : story) {
            boolean taken = scene.memory.taken() != null;
            int before = scene.toAcd.size();
            tell(scene, what);
            for (var write : scene.toAcd.subList(before, scene.toAcd.size())) {
                PresenceDecision.Request request = (PresenceDecision.Request) write.decision();
                assertThat(request.state() != AgentState.READY || taken || what >= 13)
                        .isTrue();
            }
        }
    }

    @Property(tries = 300)
    void whenBothSidesRestNothingIsWritten(@ForAll("stories") List<Integer> story) {
        var scene = new Scene();
        story.forEach(what -> tell(scene, what));
        scene.pass(Duration.ofHours(1));
        int acd = scene.toAcd.size();
        Pair held = scene.memory.held();
        int teams = scene.toTeams.size();
        scene.pass(Duration.ofHours(3));
        assertThat(scene.toAcd).hasSize(acd);
        assertThat(scene.memory.held()).isEqualTo(held);
        assertThat(scene.toTeams).hasSize(teams);
    }

    @Property(tries = 300)
    void everySessionHasAnExpiry(@ForAll("stories") List<Integer> story) {
        var scene = new Scene();
        story.forEach(what -> tell(scene, what));
        for (var write : scene.toTeams) {
            if (write.decision() instanceof PresenceDecision.Show show) {
                assertThat(show.expiry()).isBetween(Duration.ofMinutes(5), Duration.ofHours(4));
                assertThat(Pair.SETTABLE).contains(show.pair());
            }
        }
    }

    private static long mostInAMinute(List<Scene.Write> writes) {
        long most = 0;
        for (var write : writes) {
            Instant end = write.at().plusSeconds(60);
            most = Math.max(
                    most,
                    writes.stream()
                            .filter(w -> !w.at().isBefore(write.at()) && w.at().isBefore(end))
                            .count());
        }
        return most;
    }
}
