package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.PresenceBook;
import org.jackfield.twin.teams.TeamsTwin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole link against the twin, which is as strict as Graph documents itself. */
class TwinTest {
    private static final String DIRECTORY = "22222222-0000-4000-8000-000000000000";
    private static final String CLIENT = "33333333-0000-4000-8000-000000000000";

    private final Faults faults = new Faults();
    private final FakeEventBus bus = new FakeEventBus();
    private final FakeDirectory directory = new FakeDirectory();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Budgets budgets = new Budgets();
    private TeamsTwin twin;
    private TeamsLink link;

    @BeforeEach
    void start() throws Exception {
        var registration = new TeamsTwin.Registration(
                DIRECTORY, CLIENT, "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All"));
        twin = new TeamsTwin(0, registration, new TwinClock(), faults, new TwinLog());
        for (int i = 0; i < 20; i++) {
            twin.presence().addUser(user(i), null);
            // closed Teams clients: an open one shows Available, which hides the host's Away
            twin.presence().choose(user(i), new Pair("Offline", "Offline"));
            directory.with("a" + i, user(i));
        }
        String url = "http://127.0.0.1:" + twin.port();
        Map<String, Object> properties = Map.of(
                "service.pid",
                "org.jackfield.teams~main",
                "tenant",
                "demo",
                "directoryId",
                DIRECTORY,
                "clientId",
                CLIENT,
                "secretEnv",
                "TEAMS_SECRET",
                "graphUrl",
                url,
                "loginUrl",
                url,
                "timeout",
                "2s");
        link = new TeamsLink(
                SettingsReader.read(properties, name -> "s3cret", Path.of(".")), bus, directory, meters, budgets);
        await().until(() -> link.status().state() == Status.State.UP);
    }

    @AfterEach
    void stop() {
        link.close();
        twin.close();
        budgets.close();
    }

    private static String user(int number) {
        return "11111111-0000-4000-8000-%012d".formatted(number);
    }

    private CompletionStage<PresenceEvents.Applied> want(int agent, SessionPair pair, Event cause) {
        return link.execute(new Command<>(
                Teams.PRESENCE, Bench.want("a" + agent, user(agent), pair), cause, Duration.ofSeconds(8)));
    }

    private String shown(int agent) {
        PresenceBook.Presence now =
                twin.presence().read(user(agent), Duration.ZERO).orElseThrow();
        return now.availability() + "/" + now.activity();
    }

    @ParameterizedTest
    @EnumSource(SessionPair.class)
    @Conformance({"GR-01", "GR-07"})
    void eachPairIsTakenFromAnApplicationForAnyUser(SessionPair pair) throws Exception {
        PresenceEvents.Applied applied =
                want(0, pair, null).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(applied.outcome()).isEqualTo("applied");
        assertThat(shown(0)).isEqualTo(pair.toString());
    }

    @Test
    @Conformance("GR-05")
    void whatTheTwinHasForgottenIsClearedAllTheSame() throws Exception {
        want(0, SessionPair.AWAY, null).toCompletableFuture().get(10, TimeUnit.SECONDS);
        twin.presence().clearSession(user(0), CLIENT);

        var clear = new PresenceEvents.Intent("a0", user(0), null, null, null, "test");
        PresenceEvents.Applied applied = link.execute(new Command<>(Teams.PRESENCE, clear, null, Duration.ofSeconds(8)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(applied.outcome()).isEqualTo("applied");
        assertThat(applied.status()).isEqualTo(404);
    }

    @Test
    void whatAnAgentChoosesInTeamsIsSeenWithinASweep() {
        twin.presence().choose(user(3), new Pair("DoNotDisturb", "DoNotDisturb"));

        await().atMost(Duration.ofSeconds(6))
                .untilAsserted(() -> assertThat(bus.data(PresenceEvents.Observed.class))
                        .anyMatch(
                                o -> o.agent().equals("a3") && o.availability().equals("DoNotDisturb")));
    }

    @Test
    @Conformance("GR-09")
    void wordsThatNobodyKnowsAreEventsAndNoFault() {
        faults.set("teams.unknown-strings", true, 0, 0);

        await().atMost(Duration.ofSeconds(6))
                .until(() -> bus.data(PresenceEvents.Observed.class).stream()
                                .filter(o -> !o.availability().equals("Offline"))
                                .map(PresenceEvents.Observed::agent)
                                .distinct()
                                .count()
                        == 20);
        assertThat(link.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void everyFaultInTurnLosesNoIntentAndEndsInTheSameStateOnBothSides() throws Exception {
        List<CompletionStage<PresenceEvents.Applied>> last = new ArrayList<>();
        String[] turns = {"teams.429", "teams.503", "teams.504", "teams.rubbish", "entra.503"};
        for (int i = 0; i < 20; i++) {
            if (i % 4 == 0) {
                faults.set(turns[i / 4], true, 1, 1);
            }
            want(i, SessionPair.IN_A_CALL, null);
            want(i, SessionPair.PRESENTING, null);
            last.add(want(i, i % 2 == 0 ? SessionPair.AWAY : SessionPair.IN_A_CALL, null));
        }

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            for (int i = 0; i < 20; i++) {
                assertThat(shown(i)).isEqualTo(i % 2 == 0 ? "Away/Away" : "Busy/InACall");
            }
        });
        await().until(() -> bus.data(PresenceEvents.Applied.class).size() == 60);
        assertThat(bus.data(PresenceEvents.Applied.class))
                .extracting(PresenceEvents.Applied::outcome)
                .containsOnly("applied", "superseded");
    }

    @Test
    void anEventIsOnTheWireWithinMilliseconds() throws Exception {
        for (int i = 0; i < 60; i++) {
            Event cause = bus.publish(EventDraft.of(
                    "demo",
                    "/acd/demo/main",
                    Origin.ACD,
                    bus.now(),
                    new AgentEvents.StateChanged(
                            "a" + i % 20, "47", AgentState.BUSY, null, null, null, List.of(), false)));
            want(i % 20, i % 2 == 0 ? SessionPair.AWAY : SessionPair.IN_A_CALL, cause)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }

        var wire = meters.get("jackfield.teams.wire").timer().takeSnapshot();
        assertThat(wire.count()).isEqualTo(60);
        assertThat(wire.percentileValues()[0].value(TimeUnit.MILLISECONDS)).isLessThan(100);
    }

    @Test
    @Conformance("GR-39")
    void oneThrottledItemOfABatchIsRepeatedAloneAndTheOthersAreDone() {
        faults.set("teams.slow", true, 300, 0); // all threads wait, so that the rest goes together
        for (int i = 0; i < 20; i++) {
            want(i % 20, SessionPair.IN_A_CALL, null);
        }
        for (int i = 20; i < 60; i++) {
            directory.with("a" + i, user(i));
            twin.presence().addUser(user(i), null);
            twin.presence().choose(user(i), new Pair("Offline", "Offline"));
            want(i, SessionPair.IN_A_CALL, null);
        }
        faults.set("teams.item-429", true, 0, 1);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> bus.data(PresenceEvents.Applied.class).size() == 60);
        faults.set("teams.slow", false, 0, 0);

        assertThat(bus.data(PresenceEvents.Applied.class))
                .extracting(PresenceEvents.Applied::outcome)
                .containsOnly("applied");
        for (int i = 0; i < 60; i++) {
            assertThat(shown(i)).isEqualTo("Busy/InACall");
        }
        double batches = meters.get("jackfield.teams.batches").counter().count();
        double batched = meters.get("jackfield.teams.batched").counter().count();
        assertThat(batches).isPositive();
        assertThat(batched).isGreaterThan(batches);
        assertThat(meters.get("jackfield.teams.throttled").counter().count()).isEqualTo(1);
        assertThat(twin.windows().state().get("presence").toString()).contains("highest");
    }

    private <Q, A> A run(org.jackfield.plugin.Operation<Q, A> operation, Q argument) throws Exception {
        return link.execute(new Command<>(operation, argument, null, Duration.ofSeconds(20)))
                .toCompletableFuture()
                .get(25, TimeUnit.SECONDS);
    }

    @Test
    void onboardingTriesEachPermissionAndTellsWhatIsMissingAndHowToMendIt() throws Exception {
        Teams.Onboarding good = run(Teams.ONBOARD, new Teams.AskOnboarding());
        assertThat(good.needed()).containsExactly("Presence.Read.All", "Presence.ReadWrite.All");
        assertThat(good.checked()).hasSize(2).allMatch(Teams.Permission::granted);
        assertThat(good.remarks()).isEmpty();
        assertThat(good.consentLink())
                .isEqualTo("https://login.microsoftonline.com/" + DIRECTORY + "/v2.0/adminconsent?client_id=" + CLIENT
                        + "&scope=https://graph.microsoft.com/.default");
    }

    @Test
    @Conformance("GR-47")
    void aDiagnosisNamesTheLastWriteAndReadingAndWhyItDoesNotShow() throws Exception {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> bus.data(PresenceEvents.Observed.class).size() >= 20);
        want(0, SessionPair.AWAY, null).toCompletableFuture().get(10, TimeUnit.SECONDS);

        Teams.Diagnosis found = run(Teams.DIAGNOSE, new Teams.Diagnose("a0"));
        assertThat(found.held()).isEqualTo("Away/Away");
        assertThat(found.session()).isEqualTo(CLIENT);
        assertThat(found.lastWrite().status()).isEqualTo(200);
        assertThat(found.lastWrite().expiry()).isEqualTo(Duration.ofHours(1));
        assertThat(found.lastWrite().requestId()).matches("[0-9a-f-]{36}");
        assertThat(found.lastRead().source()).isEqualTo("poll");
        assertThat(found.lastRead().age()).isLessThan(Duration.ofSeconds(60));
        assertThat(found.hidden()).isNull();
    }

    @Test
    void theBudgetTellsWhatIsUsedByWhom() throws Exception {
        want(0, SessionPair.AWAY, null).toCompletableFuture().get(10, TimeUnit.SECONDS);

        Teams.Budget budget = run(Teams.BUDGET, new Teams.AskBudget());
        assertThat(budget.limit()).isEqualTo(1_500);
        assertThat(budget.allowed()).isEqualTo(1_050);
        assertThat(budget.usedBy().get("agent")).isPositive();
        assertThat(budget.usedBy().get("sweep")).isPositive();
        assertThat(budget.used()).isLessThanOrEqualTo(budget.most());
    }
}
