package org.jackfield.teams;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.TeamsTwin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault that the twin's Entra and Graph can have, by its name, with what the link makes of it. */
@Tag("faults")
class FaultsByNameTest {
    private static final String DIRECTORY = "22222222-0000-4000-8000-000000000000";
    private static final String CLIENT = "33333333-0000-4000-8000-000000000000";
    private static final int AGENTS = 20;

    /**
     * What a fault leads to.
     *
     * @param value of the fault
     * @param state of the event {@code link.changed}, null when the link stays up
     * @param says a part of its sentence
     * @param counter that goes up
     * @param status the tag {@code status} of the counter, empty for any
     */
    private record Reaction(double value, String state, String says, String counter, String status) {}

    private static final String REQUESTS = "jackfield.teams.requests";
    private static final String THROTTLED = "jackfield.teams.throttled";
    private static final String NO_TOKEN = "jackfield.teams.token.failures";
    private static final String OBSERVED = "jackfield.teams.observed";

    private static final Map<String, Reaction> REACTIONS = Map.ofEntries(
            entry("entra.503", new Reaction(0, "down", "Entra gave no token: 503", NO_TOKEN, "")),
            entry("entra.429", new Reaction(1, "down", "Entra gave no token: 429", NO_TOKEN, "")),
            entry("entra.slow", new Reaction(1_800, "down", "Entra gave no token", NO_TOKEN, "")),
            entry("entra.foreign-issuer", new Reaction(0, "down", "issuer: https://sts.example.org/", NO_TOKEN, "")),
            entry("teams.429", new Reaction(1, "degraded", "asked for a pause of 1 s (429)", THROTTLED, "")),
            entry("teams.item-429", new Reaction(0, "degraded", "asked for a pause of 1 s (429)", THROTTLED, "")),
            entry("teams.503", new Reaction(1, "degraded", "Graph does not answer: 503", REQUESTS, "503")),
            entry("teams.504", new Reaction(0, "degraded", "Graph does not answer: 504", REQUESTS, "504")),
            entry("teams.timeout", new Reaction(1_800, "degraded", "Graph does not answer", REQUESTS, "none")),
            entry("teams.rubbish", new Reaction(0, "degraded", "Graph's answer makes no sense", REQUESTS, "200")),
            entry("teams.random", new Reaction(1, "degraded", "Graph", REQUESTS, "")),
            entry("teams.slow", new Reaction(300, null, "", REQUESTS, "200")),
            entry("teams.propagation", new Reaction(2_000, null, "", OBSERVED, "")),
            entry("teams.unknown-strings", new Reaction(0, null, "", OBSERVED, "")));

    private final Faults faults = new Faults();
    private final FakeEventBus bus = new FakeEventBus();
    private final FakeDirectory directory = new FakeDirectory();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Budgets budgets = new Budgets();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        budgets.close();
    }

    static Stream<String> names() {
        return Faults.KNOWN.keySet().stream().filter(n -> n.startsWith("entra.") || n.startsWith("teams."));
    }

    @Test
    void everyFaultOfEntraAndGraphIsListedHere() {
        assertThat(REACTIONS.keySet()).containsExactlyInAnyOrderElementsOf(names().toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void theFaultIsCaughtCountedToldAndMended(String name) throws Exception {
        Reaction reaction = REACTIONS.get(name);
        boolean entra = name.startsWith("entra.");
        TeamsTwin twin = twin();
        if (entra) {
            faults.set(name, true, reaction.value(), 0);
        }
        TeamsLink link = link(twin);
        if (!entra) {
            await().until(() -> link.status().state() == Status.State.UP);
        }
        int told = entra ? 0 : bus.data(LinkEvents.Changed.class).size();
        double before = count(reaction);
        plant(name, reaction);
        List<CompletionStage<PresenceEvents.Applied>> intents = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            intents.add(link.execute(new Command<>(
                    Teams.PRESENCE,
                    Bench.want("a" + i, user(i), SessionPair.IN_A_CALL),
                    null,
                    Duration.ofSeconds(60))));
        }

        if (reaction.state() != null) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(
                                    bus.data(LinkEvents.Changed.class).stream().skip(told))
                            .anyMatch(e -> e.state().equals(reaction.state())
                                    && e.sentence().contains(reaction.says())));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> count(reaction) > before);
        if (name.equals("entra.foreign-issuer")) {
            return; // nothing is ever sent to another issuer
        }
        seen(name, twin);
        faults.set(name, false, 0, 0);

        for (CompletionStage<PresenceEvents.Applied> intent : intents) {
            assertThat(intent.toCompletableFuture().get(60, TimeUnit.SECONDS).outcome())
                    .isEqualTo("applied");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> link.status().state() == Status.State.UP);
        if (reaction.state() == null) {
            assertThat(bus.data(LinkEvents.Changed.class))
                    .as("the link stayed up")
                    .hasSize(told);
        }
    }

    /** An item fails only in a batch, and a batch is made of writes that wait for a thread. */
    private void plant(String name, Reaction reaction) {
        boolean item = name.equals("teams.item-429");
        if (item) {
            faults.set("teams.slow", true, 500, 1);
        }
        faults.set(name, true, reaction.value(), item ? 1 : 0);
    }

    private void seen(String name, TeamsTwin twin) {
        var late = await().atMost(Duration.ofSeconds(30));
        switch (name) {
            case "teams.slow" ->
                late.until(() -> meters.get("jackfield.teams.sweep").timer().max(TimeUnit.MILLISECONDS) >= 300);
            case "teams.unknown-strings" ->
                late.untilAsserted(() -> assertThat(bus.data(PresenceEvents.Observed.class))
                        .anyMatch(o -> o.availability().equals("Daydreaming")
                                && o.activity().equals("OnTheMoon")));
            case "teams.propagation" -> {
                long chosen = System.nanoTime();
                twin.presence().choose(user(0), new Pair("DoNotDisturb", "DoNotDisturb"));
                late.until(() -> bus.data(PresenceEvents.Observed.class).stream()
                        .anyMatch(
                                o -> o.agent().equals("a0") && o.availability().equals("DoNotDisturb")));
                assertThat(Duration.ofNanos(System.nanoTime() - chosen)).isGreaterThan(Duration.ofMillis(1_900));
            }
            default -> {}
        }
    }

    private double count(Reaction reaction) {
        return meters.find(reaction.counter()).counters().stream()
                .filter(c -> reaction.status().isEmpty()
                        || reaction.status().equals(c.getId().getTag("status")))
                .mapToDouble(Counter::count)
                .sum();
    }

    private TeamsTwin twin() throws Exception {
        var registration = new TeamsTwin.Registration(
                DIRECTORY, CLIENT, "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All"));
        var twin = new TeamsTwin(0, registration, new TwinClock(), faults, new TwinLog());
        open.add(twin);
        for (int i = 0; i < AGENTS; i++) {
            twin.presence().addUser(user(i), null);
            directory.with("a" + i, user(i));
        }
        return twin;
    }

    private TeamsLink link(TeamsTwin twin) {
        String url = "http://127.0.0.1:" + twin.port();
        Map<String, Object> properties = Map.ofEntries(
                entry("service.pid", "org.jackfield.teams~main"),
                entry("tenant", "demo"),
                entry("directoryId", DIRECTORY),
                entry("clientId", CLIENT),
                entry("secretEnv", "TEAMS_SECRET"),
                entry("graphUrl", url),
                entry("loginUrl", url),
                entry("concurrency", "1"),
                entry("timeout", "1s"));
        var link = new TeamsLink(
                SettingsReader.read(properties, key -> "s3cret", Path.of(".")), bus, directory, meters, budgets);
        open.add(0, link);
        return link;
    }

    private static String user(int number) {
        return "11111111-0000-4000-8000-%012d".formatted(number);
    }
}
