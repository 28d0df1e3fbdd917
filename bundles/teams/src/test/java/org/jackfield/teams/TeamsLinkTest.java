package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.FakeEventBus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole link over HTTP: MSAL, the Graph SDK and everything around them as in the host. */
class TeamsLinkTest {
    private static final String SECRET = "s3cret-that-nobody-may-see";

    private final GraphServer server = new GraphServer();
    private final FakeEventBus bus = new FakeEventBus();
    private final FakeDirectory directory = new FakeDirectory().with("anna", Bench.ANNA);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Object> properties = new HashMap<>(Map.of(
            "service.pid", "org.jackfield.teams~main",
            "tenant", "demo",
            "directoryId", "22222222-0000-4000-8000-000000000000",
            "clientId", "33333333-0000-4000-8000-000000000000",
            "secretEnv", "TEAMS_SECRET",
            "graphUrl", server.url(),
            "loginUrl", server.url(),
            "timeout", "2s"));
    private final Budgets budgets = new Budgets();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
        server.close();
        budgets.close();
    }

    private TeamsLink link() {
        var link = new TeamsLink(
                SettingsReader.read(properties, name -> SECRET, Path.of(".")), bus, directory, meters, budgets);
        toClose.add(link);
        return link;
    }

    private TeamsLink linkThatIsUp() {
        TeamsLink link = link();
        await().until(() -> link.status().state() == Status.State.UP);
        return link;
    }

    private static PresenceEvents.Applied presence(TeamsLink link, PresenceEvents.Intent intent, @Nullable Event cause)
            throws Exception {
        return link.execute(new Command<>(Teams.PRESENCE, intent, cause, Duration.ofSeconds(8)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static PresenceEvents.Applied busy(TeamsLink link) throws Exception {
        return presence(link, Bench.want(SessionPair.IN_A_CALL), null);
    }

    @Test
    void setPresenceGoesOutAsGraphDocumentsIt() throws Exception {
        assertThat(busy(linkThatIsUp()).outcome()).isEqualTo("applied");

        GraphServer.Request request = server.to("setPresence").get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path())
                .matches("/v1\\.0/users/" + Bench.ANNA + "/presence/(microsoft\\.graph\\.)?setPresence");
        assertThat(request.header("Authorization")).isEqualTo("Bearer " + GraphServer.TOKEN);
        assertThat(request.header("Content-Type")).startsWith("application/json");
        assertThat(request.body())
                .contains("\"availability\":\"Busy\"")
                .contains("\"activity\":\"InACall\"")
                .contains("\"expirationDuration\":\"PT1H\"")
                .contains("\"sessionId\":\"33333333-0000-4000-8000-000000000000\"");
    }

    @Test
    void clearPresenceNamesTheSameSession() throws Exception {
        TeamsLink link = linkThatIsUp();
        busy(link);
        assertThat(presence(link, Bench.clear(), null).status()).isEqualTo(200);

        assertThat(server.to("clearPresence").get(0).body())
                .isEqualTo("{\"sessionId\":\"33333333-0000-4000-8000-000000000000\"}");
    }

    @Test
    @Conformance("GR-05")
    void aSessionThatGraphDoesNotKnowIsCleared() throws Exception {
        TeamsLink link = linkThatIsUp();
        busy(link);
        server.graph = r -> r.path().contains("clearPresence") ? GraphServer.Answer.error(404, "NotFound") : null;

        PresenceEvents.Applied applied = presence(link, Bench.clear(), null);

        assertThat(applied.outcome()).isEqualTo("applied");
        assertThat(applied.status()).isEqualTo(404);
        assertThat(link.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void theSweepPublishesWhatTeamsShows() {
        linkThatIsUp();

        await().untilAsserted(() -> assertThat(bus.data(PresenceEvents.Observed.class))
                .containsExactly(new PresenceEvents.Observed("anna", Bench.ANNA, "Away", "BeRightBack", "A1")));
        assertThat(server.to("getPresencesByUserId").get(0).body()).isEqualTo("{\"ids\":[\"" + Bench.ANNA + "\"]}");
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() throws Exception {
        TeamsLink link = linkThatIsUp();
        for (int i = 0; i < 5; i++) {
            busy(link);
        }

        assertThat(server.to("/v1.0/"))
                .extracting(r -> r.header("client-request-id"))
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @Test
    @Conformance("GR-32")
    void oneTokenServesManyRequests() throws Exception {
        TeamsLink link = linkThatIsUp();
        for (int i = 0; i < 10; i++) {
            busy(link);
        }

        assertThat(server.to("/oauth2/v2.0/token")).hasSize(1);
        assertThat(server.to("/oauth2/v2.0/token").get(0).body())
                .contains("grant_type=client_credentials")
                .contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default");
    }

    @Test
    @Conformance("GR-33")
    void a503OfEntraIsSurvivedInAboutASecond() {
        var tries = new AtomicInteger();
        server.entra = r -> tries.incrementAndGet() == 1 ? GraphServer.Answer.empty(503) : null;

        linkThatIsUp();

        List<GraphServer.Request> tokens = server.to("/oauth2/");
        assertThat(tokens).hasSize(2);
        assertThat(Duration.between(tokens.get(0).at(), tokens.get(1).at()))
                .isBetween(Duration.ofMillis(700), Duration.ofSeconds(3));
    }

    @Test
    @Conformance("GR-33")
    void a429OfEntraIsWaitedForAsItSays() {
        var tries = new AtomicInteger();
        server.entra = r -> tries.incrementAndGet() == 1
                ? GraphServer.Answer.json(429, "{\"error\":\"temporarily_unavailable\"}")
                        .with("Retry-After", "3")
                : null;

        linkThatIsUp();

        List<GraphServer.Request> tokens = server.to("/oauth2/");
        assertThat(tokens).hasSize(2);
        assertThat(Duration.between(tokens.get(0).at(), tokens.get(1).at()))
                .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    @Test
    @Conformance("GR-38")
    void a429OfGraphIsWaitedForAsItSaysAndRepeatedUnderANewId() throws Exception {
        TeamsLink link = linkThatIsUp();
        var tries = new AtomicInteger();
        server.graph = r -> r.path().contains("setPresence") && tries.incrementAndGet() == 1
                ? GraphServer.Answer.error(429, "TooManyRequests").with("Retry-After", "2")
                : null;

        long start = System.nanoTime();
        PresenceEvents.Applied applied = busy(link);
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(applied.outcome()).isEqualTo("applied");
        assertThat(took).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
        List<GraphServer.Request> sets = server.to("setPresence");
        assertThat(sets).hasSize(2);
        assertThat(sets.get(0).header("client-request-id"))
                .isNotEqualTo(sets.get(1).header("client-request-id"));
        assertThat(meters.counter("jackfield.teams.throttled", "tenant", "demo", "link", "teams:main")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aTokenThatGraphDoesNotTakeIsReplaced() throws Exception {
        TeamsLink link = linkThatIsUp();
        var tries = new AtomicInteger();
        server.graph = r -> r.path().contains("setPresence") && tries.incrementAndGet() == 1
                ? GraphServer.Answer.error(401, "InvalidAuthenticationToken")
                : null;

        assertThat(busy(link).outcome()).isEqualTo("applied");
        assertThat(server.to("/oauth2/")).hasSize(2);
    }

    @Test
    void aWrongSecretIsSaidWithItsRemedyAndEntraIsLeftAlone() {
        server.entra = r -> GraphServer.Answer.json(
                401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret.\"}");

        TeamsLink link = link();

        await().until(() -> link.status().state() == Status.State.DOWN);
        assertThat(link.status().detail()).isEqualTo(Status.Detail.AUTHENTICATION);
        assertThat(link.status().sentence()).contains("AADSTS7000215").contains("check directoryId, clientId");
        assertThat(server.to("/oauth2/").size()).isLessThanOrEqualTo(2);
    }

    @Test
    void aRefusedWriteFailsWithGraphsOwnWords() {
        TeamsLink link = linkThatIsUp();
        server.graph = r -> r.path().contains("setPresence") ? GraphServer.Answer.error(403, "Forbidden") : null;

        assertThatThrownBy(() -> busy(link)).cause().isInstanceOfSatisfying(CommandException.class, e -> {
            assertThat(e.code()).isEqualTo("Forbidden");
            assertThat(e).hasMessageContaining("because");
        });
        assertThat(bus.data(PresenceEvents.Applied.class))
                .extracting(PresenceEvents.Applied::outcome, PresenceEvents.Applied::status)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("failed", 403));
        await().untilAsserted(() -> assertThat(link.status().sentence()).contains("Presence.ReadWrite.All"));
    }

    @Test
    void rubbishOfAnyKindIsNeitherSuccessNorTheEnd() throws Exception {
        TeamsLink link = linkThatIsUp();
        bus.events();
        List<GraphServer.Answer> rubbish = List.of(
                new GraphServer.Answer(200, "text/html", "<html>sign in</html>", Map.of(), Duration.ZERO),
                GraphServer.Answer.json(200, "{\"value\":"),
                GraphServer.Answer.json(200, "{\"value\":null}"),
                GraphServer.Answer.json(200, "[1,2,3]"),
                GraphServer.Answer.json(200, "{\"value\":[{\"availability\":\"Busy\"},null]}"),
                new GraphServer.Answer(502, "text/html", "<h1>Bad gateway</h1>", Map.of(), Duration.ZERO),
                GraphServer.Answer.empty(500));
        var next = new AtomicInteger();
        int before = server.to("getPresences").size();
        server.graph = r -> {
            int i = next.getAndIncrement();
            return i < rubbish.size() ? rubbish.get(i) : null;
        };

        await().atMost(Duration.ofSeconds(40))
                .until(() -> next.get() > rubbish.size() && link.status().state() == Status.State.UP);

        assertThat(server.to("getPresences").size()).isGreaterThan(before + rubbish.size());
        assertThat(bus.data(PresenceEvents.Observed.class))
                .extracting(PresenceEvents.Observed::availability)
                .as("an answer without the user's id tells nothing about the user but that Graph does not know it")
                .isSubsetOf("Away", "PresenceUnknown");
        assertThat(busy(link).outcome()).isEqualTo("applied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>sign in</html>", "OK", "{\"value\":", "[1,2,3]"})
    void aSuccessThatGraphWouldNotSendIsNotTakenForOne(String body) throws Exception {
        TeamsLink link = linkThatIsUp();
        var tries = new AtomicInteger();
        server.graph = r -> r.path().contains("setPresence") && tries.incrementAndGet() == 1
                ? new GraphServer.Answer(200, "application/json", body, Map.of(), Duration.ZERO)
                : null;

        assertThat(busy(link).outcome()).isEqualTo("applied");
        assertThat(server.to("setPresence")).hasSize(2);
    }

    @Test
    void aSlowGraphIsGivenUpAfterTheTimeoutAndTheWriteIsKept() throws Exception {
        TeamsLink link = linkThatIsUp();
        var tries = new AtomicInteger();
        server.graph = r -> r.path().contains("setPresence") && tries.incrementAndGet() == 1
                ? new GraphServer.Answer(200, "application/json", "", Map.of(), Duration.ofSeconds(4))
                : null;

        long start = System.nanoTime();
        assertThat(busy(link).outcome()).isEqualTo("applied");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
        assertThat(server.to("setPresence")).hasSize(2);
    }

    @Test
    void theTimeFromTheEventToTheWireIsMeasured() throws Exception {
        TeamsLink link = linkThatIsUp();
        busy(link);
        Event cause = bus.publish(EventDraft.of(
                "demo",
                "/acd/demo/main",
                Origin.ACD,
                java.time.Instant.now(),
                new AgentEvents.StateChanged("anna", "4711", AgentState.BUSY, null, null, null, List.of(), false)));

        presence(link, Bench.want(SessionPair.AWAY), cause);

        var wire = meters.get("jackfield.teams.wire").timer();
        assertThat(wire.count()).isEqualTo(1);
        assertThat(wire.max(TimeUnit.MILLISECONDS)).isBetween(0.0, 2_000.0);
    }

    @Test
    void aFaultyConfigurationIsALinkThatIsDownAndSaysWhy() {
        properties.put("limit", "0");
        properties.put("clientId", "me");

        TeamsLink link = link();

        assertThat(link.status().state()).isEqualTo(Status.State.DOWN);
        assertThat(link.status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
        assertThat(link.status().sentence())
                .contains("clientId: \"me\" (expected: a GUID)")
                .contains("limit: \"0\" (expected: 30-100000)")
                .endsWith("in etc/org.jackfield.teams-main.cfg");
        assertThat(meters.find("jackfield.input.refused").counter().count()).isEqualTo(2);
        assertThatThrownBy(() -> busy(link)).cause().hasMessageContaining("clientId");
    }

    @Test
    void neitherSecretNorTokenIsLoggedPublishedOrShown() throws Exception {
        PrintStream before = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            TeamsLink link = linkThatIsUp();
            busy(link);
            var tries = new AtomicInteger();
            server.graph = r -> switch (tries.incrementAndGet() % 3) {
                case 0 -> GraphServer.Answer.error(401, "InvalidAuthenticationToken");
                case 1 -> GraphServer.Answer.error(500, "x");
                default -> null;
            };
            presence(link, Bench.want(SessionPair.AWAY), null);
            assertThat(link.status().sentence()).doesNotContain(SECRET).doesNotContain(GraphServer.TOKEN);
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET).doesNotContain(GraphServer.TOKEN);
        assertThat(bus.events().toString()).doesNotContain(SECRET).doesNotContain(GraphServer.TOKEN);
        assertThat(meters.getMetersAsString()).doesNotContain(SECRET).doesNotContain(GraphServer.TOKEN);
    }

    @Test
    void comingUpIsOnTheBusOnce() {
        linkThatIsUp();

        assertThat(bus.data(LinkEvents.Changed.class))
                .extracting(LinkEvents.Changed::link, LinkEvents.Changed::state)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("teams:main", "up"));
    }

    @Test
    void aClosedLinkLeavesNoThreadBehind() throws Exception {
        TeamsLink link = linkThatIsUp();
        busy(link);
        link.close();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.isAlive() && t.getName().startsWith("teams-main")));
    }

    @Test
    void afterTheKillSwitchTheLinkComesUpSoThatWhatIsWantedIsDecidedAgain() throws Exception {
        TeamsLink link = linkThatIsUp();
        busy(link);
        for (boolean on : new boolean[] {true, false}) {
            link.execute(new Command<>(
                            Teams.KILL_SWITCH, new Teams.KillSwitch(on, "drill"), null, Duration.ofSeconds(8)))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }

        assertThat(bus.data(PresenceEvents.Applied.class))
                .extracting(PresenceEvents.Applied::outcome)
                .containsSubsequence("applied", "observed");
        assertThat(bus.data(LinkEvents.Changed.class))
                .extracting(LinkEvents.Changed::state)
                .endsWith("degraded", "up");
    }
}
