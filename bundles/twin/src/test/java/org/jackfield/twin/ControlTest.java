package org.jackfield.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control interface over HTTP, as tests and the demo use it. */
class ControlTest {
    private static final String ANNA = "11111111-1111-1111-1111-000000004711";

    @TempDir
    Path dir;

    private final HttpClient http = HttpClient.newHttpClient();
    private Twin twin;

    @BeforeEach
    void start() throws IOException {
        twin = new Twin(Options.free().with("secret-file", dir.resolve("secret").toString()));
    }

    @AfterEach
    void stop() {
        twin.close();
        twin.close();
    }

    @Test
    void secretFileIsMadeForItsOwnerOnly() throws IOException {
        Path file = dir.resolve("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file).strip()).hasSize(40).isEqualTo(twin.clientSecret());
    }

    @Test
    void keyOfAnAgentShowsInStateAndLog() throws Exception {
        JsonNode answer = post("/acd/agents/anna/state", "{\"state\":\"notReady\",\"reason\":\"break\"}", 200);
        assertThat(answer.path("outcome").asText()).isEqualTo("DONE");
        assertThat(get("/state").at("/acd/agents/0/reason").asText()).isEqualTo("break");
        assertThat(get("/log?side=acd").path("entries").findValuesAsText("what"))
                .contains("agent NOT_READY");
    }

    @Test
    void shiftPressesEveryAgentsKeysInTurnAndStops() throws Exception {
        int agents = get("/state").at("/acd/agents").size();
        post("/acd/agents/anna/state", "{\"state\":\"loggedOff\"}", 200);

        post("/acd/shift", "{\"states\":[\"notReady\",\"ready\"],\"rate\":500,\"presses\":" + (3 * agents) + "}", 200);

        await().untilAsserted(
                        () -> assertThat(get("/acd/shift").path("left").asInt()).isZero());
        assertThat(get("/acd/shift").path("refused").asInt())
                .as("anna is not logged on")
                .isEqualTo(3);
        List<String> states = new ArrayList<>();
        get("/state")
                .at("/acd/agents")
                .forEach(agent -> states.add(agent.path("state").asText()));
        assertThat(states).hasSize(agents).containsOnlyOnce("agentNull").contains("agentNotReady");
        assertThat(get("/log?side=acd").path("entries").findValuesAsText("what").stream()
                        .filter("agent NOT_READY"::equals))
                .hasSize(2 * (agents - 1));
        assertThat(post("/acd/shift", "{\"states\":[\"asleep\"],\"presses\":1}", 400)
                        .path("error")
                        .asText())
                .contains("asleep");
        assertThat(post("/acd/shift", "{\"states\":[\"ready\"],\"rate\":0,\"presses\":1}", 400)
                        .path("error")
                        .asText())
                .isEqualTo("rate: 0 (expected: 1-2000)");
    }

    @Test
    void logKeepsAsManyLinesAsItWasTold() {
        TwinLog log = new TwinLog(3);
        for (int i = 1; i <= 5; i++) {
            log.note("acd", "line " + i);
        }
        assertThat(log.after(0, 10, entry -> true))
                .extracting(TwinLog.Entry::what)
                .containsExactly("line 3", "line 4", "line 5");
        assertThatThrownBy(() -> Options.parse("--log", "0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("log: 0 (expected: 1000-1000000)");
    }

    @Test
    void ownChoiceOfAUserShows() throws Exception {
        post(
                "/teams/users/" + ANNA + "/presence",
                "{\"availability\":\"DoNotDisturb\",\"activity\":\"DoNotDisturb\"}",
                200);
        assertThat(get("/state").at("/teams/users/" + ANNA + "/availability").asText())
                .isEqualTo("DoNotDisturb");
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        assertThat(post("/faults", "{\"name\":\"acd.nonsense\"}", 400)
                        .path("error")
                        .asText())
                .contains("acd.nonsense (expected: one of");
        assertThat(post("/acd/agents/zoe/state", "{\"state\":\"ready\"}", 400)
                        .path("error")
                        .asText())
                .contains("zoe");
        assertThat(post("/acd/agents/anna/state", "{not json", 400)
                        .path("error")
                        .asText())
                .contains("no JSON");
        assertThat(post("/sbc/calls/call-9/refer", "{}", 409).path("error").asText())
                .contains("no agent leg");
        assertThat(post("/nowhere", "{}", 404).path("error").asText()).contains("nothing is served here");
    }

    @Test
    void timeMovesOnlyForward() throws Exception {
        assertThat(post("/clock/advance", "{\"duration\":\"PT5M\"}", 200)
                        .path("time")
                        .asText())
                .isGreaterThan(java.time.Instant.now().plusSeconds(200).toString());
        post("/clock/advance", "{\"seconds\":-1}", 400);
    }

    @Test
    void callWithoutAHostFailsAndSaysSo() throws Exception {
        String id = post("/sbc/calls", "{\"from\":\"+49170\",\"to\":\"+4930555600\"}", 200)
                .path("id")
                .asText();
        assertThat(get("/sbc/calls/" + id).path("state").asText()).isIn("calling", "failed");
        post("/sbc/calls/" + id + "/hangup", "{}", 200);
        await().untilAsserted(() ->
                assertThat(get("/sbc/calls/" + id).path("state").asText()).isIn("ended", "failed"));
    }

    @Test
    void optionsAreCheckedAllAtOnce() {
        assertThatThrownBy(() -> Options.parse("--control", "70000", "--trunk", "here", "--colour", "blue"))
                .hasMessageContaining("control: 70000 (expected: 0-65535)")
                .hasMessageContaining("trunk: here (expected: host:port)")
                .hasMessageContaining("--colour");
    }

    private JsonNode get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).build(), 200);
    }

    private JsonNode post(String path, String body, int status) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                status);
    }

    private JsonNode send(HttpRequest request, int status) throws Exception {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return Json.parse(answer.body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + twin.ports().get("control") + path);
    }
}
