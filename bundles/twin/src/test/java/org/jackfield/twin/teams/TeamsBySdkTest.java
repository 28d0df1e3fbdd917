package org.jackfield.twin.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.graph.communications.getpresencesbyuserid.GetPresencesByUserIdPostRequestBody;
import com.microsoft.graph.models.Presence;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import com.microsoft.graph.users.item.presence.clearpresence.ClearPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setpresence.SetPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setuserpreferredpresence.SetUserPreferredPresencePostRequestBody;
import com.microsoft.kiota.PeriodAndDuration;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.Faults;
import org.jackfield.twin.Json;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of Graph's presence, seen through Microsoft's own unmodified SDK. */
class TeamsBySdkTest {
    private static final String ANNA = "00000000-0000-0000-0000-000000004711";
    private static final String BEN = "00000000-0000-0000-0000-000000004712";
    private static final String APP = "11111111-1111-1111-1111-111111111111";

    private final TwinClock clock = new TwinClock(Clock.fixed(Instant.parse("2026-03-02T08:00:00Z"), ZoneOffset.UTC));
    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private TeamsTwin teams;
    private GraphServiceClient graph;

    @BeforeEach
    void start() throws IOException {
        teams = new TeamsTwin(
                0,
                new TeamsTwin.Registration(
                        "tenant-1", APP, "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All")),
                clock,
                faults,
                log);
        for (String user : List.of(ANNA, BEN)) {
            teams.presence().addUser(user, null);
            teams.presence().choose(user, Pair.OFFLINE);
        }
        graph = clientWith(Entras.appToken(teams.port(), "tenant-1", APP, "s3cret"));
    }

    @AfterEach
    void stop() {
        teams.close();
    }

    @Test
    @Conformance({"GR-01", "GR-37"})
    void onlyTheFivePairsAreTaken() {
        for (Pair pair : Pair.SESSION) {
            set(ANNA, "app", pair.availability(), pair.activity(), "PT1H");
            assertThat(shown(ANNA)).isEqualTo(pair);
        }
        for (Pair pair : List.of(
                new Pair("Busy", "Busy"),
                new Pair("Available", "InACall"),
                new Pair("BeRightBack", "BeRightBack"),
                new Pair("available", "available"))) {
            assertThatThrownBy(() -> set(ANNA, "app", pair.availability(), pair.activity(), "PT1H"))
                    .satisfies(e -> {
                        assertThat(((ODataError) e).getResponseStatusCode()).isEqualTo(400);
                        assertThat(((ODataError) e).getError().getCode()).isEqualTo("InvalidArgument");
                    });
        }
    }

    @Test
    @Conformance("GR-01")
    void missingSessionIdIsRefusedBeforeThePermissionIsLookedAt() {
        GraphServiceClient nobody = clientWith(teams.delegatedToken(ANNA, Set.of("User.Read")));
        SetPresencePostRequestBody body = new SetPresencePostRequestBody();
        body.setAvailability("Busy");
        body.setActivity("InACall");
        assertThatThrownBy(() ->
                        nobody.users().byUserId(ANNA).presence().setPresence().post(body))
                .isInstanceOf(ODataError.class)
                .hasMessageContaining("[SessionId]: The SessionId field is required.");
    }

    @Test
    @Conformance("GR-02")
    void expiryIsBetweenFiveMinutesAndFourHoursAndFiveMinutesByDefault() {
        assertThatThrownBy(() -> set(ANNA, "app", "Busy", "InACall", "PT4M59S")).isInstanceOf(ODataError.class);
        assertThatThrownBy(() -> set(ANNA, "app", "Busy", "InACall", "PT4H1S")).isInstanceOf(ODataError.class);
        set(ANNA, "app", "Busy", "InACall", "PT4H");
        set(ANNA, "app", "Busy", "InACall", null);
        clock.advance(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(shown(ANNA)).isEqualTo(new Pair("Busy", "InACall"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(shown(ANNA)).isEqualTo(Pair.OFFLINE);
    }

    @Test
    @Conformance("GR-03")
    void availableSessionFadesAfterFiveAndTenMinutes() {
        set(ANNA, "app", "Available", "Available", "PT4H");
        clock.advance(Duration.ofSeconds(4 * 60 + 59));
        assertThat(shown(ANNA)).isEqualTo(Pair.AVAILABLE);
        clock.advance(Duration.ofSeconds(2));
        assertThat(shown(ANNA)).isEqualTo(new Pair("Available", "AvailableInactive"));
        clock.advance(Duration.ofMinutes(5));
        assertThat(shown(ANNA)).isEqualTo(Pair.AWAY);
    }

    @Test
    @Conformance("GR-04")
    void busiestSessionWinsAndPreferredWinsOverSessionsButNeedsOne() {
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        set(ANNA, "other", "Available", "Available", "PT1H");
        assertThat(shown(ANNA)).isEqualTo(new Pair("Busy", "InACall"));

        SetUserPreferredPresencePostRequestBody preferred = new SetUserPreferredPresencePostRequestBody();
        preferred.setAvailability("DoNotDisturb");
        preferred.setActivity("DoNotDisturb");
        graph.users().byUserId(ANNA).presence().setUserPreferredPresence().post(preferred);
        assertThat(shown(ANNA)).isEqualTo(new Pair("DoNotDisturb", "DoNotDisturb"));

        clear(ANNA, "app");
        clear(ANNA, "other");
        assertThat(shown(ANNA)).isEqualTo(Pair.OFFLINE);

        set(ANNA, "app", "Away", "Away", "PT1H");
        graph.users().byUserId(ANNA).presence().clearUserPreferredPresence().post();
        assertThat(shown(ANNA)).isEqualTo(Pair.AWAY);
    }

    @Test
    @Conformance("GR-05")
    void clearingAnUnknownSessionIsNotFound() {
        assertThatThrownBy(() -> clear(ANNA, "nobody's"))
                .satisfies(e ->
                        assertThat(((ODataError) e).getResponseStatusCode()).isEqualTo(404));
    }

    @Test
    @Conformance({"GR-06", "GR-37"})
    void sixHundredAndFiftyUsersCanBeReadAtOnceButNotOneMore() {
        set(BEN, "app", "Busy", "InACall", "PT1H");
        List<Presence> all = read(ids(650));
        assertThat(all).hasSize(650);
        assertThat(all.get(0).getAvailability()).isEqualTo("Busy");
        assertThat(all.get(649).getAvailability()).isEqualTo("PresenceUnknown");
        assertThatThrownBy(() -> read(ids(651)))
                .satisfies(e ->
                        assertThat(((ODataError) e).getResponseStatusCode()).isEqualTo(400));
    }

    @Test
    @Conformance({"GR-07", "GR-36"})
    void delegatedCallersWriteOnlyThemselvesAndAppsNeedTheRole() {
        GraphServiceClient anna = clientWith(teams.delegatedToken(ANNA, Set.of("Presence.ReadWrite")));
        set(anna, ANNA, "app", "Busy", "InACall", "PT1H");
        assertThatThrownBy(() -> set(anna, BEN, "app", "Busy", "InACall", "PT1H"))
                .isInstanceOf(ODataError.class)
                .hasMessageContaining("Cannot set the presence of another user");

        teams.consent(Set.of("Presence.Read.All"));
        GraphServiceClient reader = clientWith(Entras.appToken(teams.port(), "tenant-1", APP, "s3cret"));
        assertThat(reader.users().byUserId(ANNA).presence().get().getActivity()).isEqualTo("InACall");
        assertThatThrownBy(() -> set(reader, ANNA, "app", "Away", "Away", "PT1H"))
                .satisfies(e ->
                        assertThat(((ODataError) e).getResponseStatusCode()).isEqualTo(403));
    }

    @Test
    void sequenceNumberRisesWithEveryVisibleChangeOnly() {
        String before = graph.users().byUserId(ANNA).presence().get().getSequenceNumber();
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        String busy = graph.users().byUserId(ANNA).presence().get().getSequenceNumber();
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        String renewed = graph.users().byUserId(ANNA).presence().get().getSequenceNumber();
        assertThat(busy).isGreaterThan(before);
        assertThat(renewed).isEqualTo(busy);
    }

    @Test
    void propagationDelayShowsPresenceAsItWas() {
        faults.set("teams.propagation", true, 10_000, 0);
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        clock.advance(Duration.ofSeconds(9));
        assertThat(shown(ANNA)).isEqualTo(Pair.OFFLINE);
        clock.advance(Duration.ofSeconds(1));
        assertThat(shown(ANNA)).isEqualTo(new Pair("Busy", "InACall"));
    }

    @Test
    @Conformance("GR-40")
    void fullWindowAnswers429UntilItSlides() {
        teams.windows().limit("presence", new Windows.Limit(3, Duration.ofSeconds(30)));
        faults.set("teams.slow", true, 0, 1);
        for (int i = 0; i < 3; i++) {
            shown(ANNA);
        }
        int port = teams.port();
        String token = teams.delegatedToken(ANNA, Set.of("Presence.Read"));
        // Limits are per app, whoever the user is; raw HTTP, because the SDK would wait and try again by itself.
        var answer = Entras.get(port, "/v1.0/users/" + ANNA + "/presence", token);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).contains("30");
        assertThat(answer.body()).contains("TooManyRequests");
        clock.advance(Duration.ofSeconds(30));
        assertThat(Entras.get(port, "/v1.0/users/" + ANNA + "/presence", token).statusCode())
                .isEqualTo(200);
    }

    @Test
    @Conformance("GR-38")
    void sdkWaitsForRetryAfterAndSaysThatItTriesAgain() {
        faults.set("teams.429", true, 1, 1);
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        assertThat(log.after(0, 100, e -> e.what().endsWith("setPresence")))
                .extracting(e -> e.detail().get("retry-attempt"))
                .containsExactly(null, "1");
    }

    @Test
    void faultsStrikeByNameAndAsOftenAsAsked() {
        String path = "/v1.0/users/" + ANNA + "/presence";
        String token = teams.delegatedToken(ANNA, Set.of("Presence.Read"));
        faults.set("teams.503", true, 0, 1);
        assertThat(Entras.get(teams.port(), path, token).statusCode()).isEqualTo(503);
        faults.set("teams.429", true, 2.128, 1);
        assertThat(Entras.get(teams.port(), path, token).headers().firstValue("Retry-After"))
                .contains("2.128");
        faults.set("teams.rubbish", true, 0, 1);
        assertThat(Entras.get(teams.port(), path, token).body()).startsWith("<html>");
        faults.set("teams.timeout", true, 10, 0); // for ever: the JDK's client tries a GET again by itself
        assertThatThrownBy(() -> Entras.get(teams.port(), path, token))
                .isInstanceOf(java.io.UncheckedIOException.class);
        faults.set("teams.timeout", false, 0, 0);
        faults.set("teams.unknown-strings", true, 0, 0);
        assertThat(Entras.get(teams.port(), path, token).body()).contains("Daydreaming");
        faults.set("teams.unknown-strings", false, 0, 0);
        assertThat(Entras.get(teams.port(), path, token).body()).contains("\"Offline\"");
    }

    @Test
    @Conformance("GR-39")
    void batchIsAtMostTwentyAndEachItemIsAnsweredByItself() {
        assertThat(batch(21).statusCode()).isEqualTo(400);
        var answer = Json.parse(batch(2).body());
        assertThat(answer.at("/responses/0/status").asInt()).isEqualTo(200);
        assertThat(answer.at("/responses/1/status").asInt()).isEqualTo(404);
    }

    @Test
    void foreignAndMissingTokensAreRefused() {
        assertThat(Entras.get(teams.port(), "/v1.0/users/" + ANNA + "/presence", "a.b.c")
                        .statusCode())
                .isEqualTo(401);
        String wrong = Entras.token(teams.port(), "tenant-1", APP, "guess").body();
        assertThat(wrong).contains("AADSTS7000215");
    }

    @Test
    void ownChoiceShowsAgainWhenTheSessionIsCleared() {
        teams.presence().choose(ANNA, new Pair("BeRightBack", "BeRightBack"));
        set(ANNA, "app", "Busy", "InACall", "PT1H");
        assertThat(shown(ANNA)).isEqualTo(new Pair("BeRightBack", "BeRightBack"));
        teams.presence().choose(ANNA, Pair.AVAILABLE);
        assertThat(shown(ANNA)).isEqualTo(new Pair("Busy", "InACall"));
        clear(ANNA, "app");
        assertThat(shown(ANNA)).isEqualTo(Pair.AVAILABLE);
        assertThat(teams.state()).containsKey("users").isInstanceOf(Map.class);
    }

    private java.net.http.HttpResponse<String> batch(int size) {
        String items = IntStream.range(0, size)
                .mapToObj(i -> "{\"id\":\"" + i + "\",\"method\":\"GET\",\"url\":\"/users/" + (i == 0 ? ANNA : "nobody")
                        + "/presence\"}")
                .collect(java.util.stream.Collectors.joining(","));
        String token = Entras.appToken(teams.port(), "tenant-1", APP, "s3cret");
        return Entras.send(java.net.http.HttpRequest.newBuilder(Entras.uri(teams.port(), "/v1.0/$batch"))
                .header("Authorization", "Bearer " + token)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"requests\":[" + items + "]}"))
                .build());
    }

    private GraphServiceClient clientWith(String token) {
        GraphServiceClient client =
                new GraphServiceClient((request, context) -> request.headers.add("Authorization", "Bearer " + token));
        client.getRequestAdapter().setBaseUrl("http://127.0.0.1:" + teams.port() + "/v1.0");
        return client;
    }

    private void set(String user, String session, String availability, String activity, String expiry) {
        set(graph, user, session, availability, activity, expiry);
    }

    private static void set(
            GraphServiceClient by, String user, String session, String availability, String activity, String expiry) {
        SetPresencePostRequestBody body = new SetPresencePostRequestBody();
        body.setSessionId(session);
        body.setAvailability(availability);
        body.setActivity(activity);
        if (expiry != null) {
            body.setExpirationDuration(PeriodAndDuration.ofDuration(Duration.parse(expiry)));
        }
        by.users().byUserId(user).presence().setPresence().post(body);
    }

    private void clear(String user, String session) {
        ClearPresencePostRequestBody body = new ClearPresencePostRequestBody();
        body.setSessionId(session);
        graph.users().byUserId(user).presence().clearPresence().post(body);
    }

    private Pair shown(String user) {
        Presence presence = graph.users().byUserId(user).presence().get();
        return new Pair(presence.getAvailability(), presence.getActivity());
    }

    private List<Presence> read(List<String> ids) {
        GetPresencesByUserIdPostRequestBody body = new GetPresencesByUserIdPostRequestBody();
        body.setIds(ids);
        return graph.communications().getPresencesByUserId().post(body).getValue();
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> i == 0 ? BEN : "u" + i).toList();
    }
}
