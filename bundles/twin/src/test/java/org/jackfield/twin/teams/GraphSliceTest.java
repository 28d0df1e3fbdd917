package org.jackfield.twin.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.graph.OpenApiSlice;
import org.jackfield.testkit.graph.PermissionTable;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.junit.jupiter.api.Test;

/** The twin's answers and permissions, held against what Microsoft publishes; skipped without those files. */
class GraphSliceTest {
    private static final String ANNA = "00000000-0000-0000-0000-000000004711";
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Call(String method, String path, String body) {}

    @Test
    @Conformance("GR-45")
    void everyAnswerIsAsTheDescriptionOfGraphSays() throws Exception {
        OpenApiSlice slice = OpenApiSlice.given();
        assumeTrue(slice != null, "-D" + OpenApiSlice.PROPERTY + " names no file");
        var faults = new Faults();
        List<String> wrong = new ArrayList<>();
        try (var teams = new TeamsTwin(
                0,
                new TeamsTwin.Registration(
                        "tenant-1", "app-1", "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All")),
                new TwinClock(),
                faults,
                new TwinLog())) {
            teams.presence().addUser(ANNA, "anna@example.org");
            String app = Entras.appToken(teams.port(), "tenant-1", "app-1", "s3cret");
            String anna = teams.delegatedToken(ANNA, Set.of("Presence.ReadWrite", "Presence.Read"));
            for (String token : List.of(app, anna, "a.b.c")) {
                for (Call call : calls()) {
                    wrong.addAll(sent(slice, teams, call, token));
                }
            }
            for (String fault : List.of("teams.429", "teams.503", "teams.504", "teams.unknown-strings")) {
                faults.set(fault, true, 1, 1);
                wrong.addAll(sent(slice, teams, calls().get(0), app));
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Call> calls() {
        String users = "/users/" + ANNA + "/presence";
        String session = "{\"sessionId\":\"s\",\"availability\":\"Busy\",\"activity\":\"InACall\"}";
        String preferred = "{\"availability\":\"Away\",\"activity\":\"Away\"}";
        String message = "{\"statusMessage\":{\"message\":{\"content\":\"x\",\"contentType\":\"text\"}}}";
        return List.of(
                new Call("GET", users, ""),
                new Call("GET", "/users/nobody/presence", ""),
                new Call("GET", "/me/presence", ""),
                new Call("GET", "/communications/presences/" + ANNA, ""),
                new Call("POST", "/communications/getPresencesByUserId", "{\"ids\":[\"" + ANNA + "\",\"x\"]}"),
                new Call("POST", "/communications/getPresencesByUserId", "{}"),
                new Call("POST", users + "/setStatusMessage", message),
                new Call("POST", users + "/setPresence", session),
                new Call("POST", users + "/setPresence", "{}"),
                new Call("POST", users + "/clearPresence", "{\"sessionId\":\"s\"}"),
                new Call("POST", users + "/clearPresence", "{\"sessionId\":\"s\"}"),
                new Call("POST", users + "/setUserPreferredPresence", preferred),
                new Call("POST", users + "/clearUserPreferredPresence", ""),
                new Call("POST", "/me/presence/setPresence", session));
    }

    private static List<String> sent(OpenApiSlice slice, TeamsTwin teams, Call call, String token) throws Exception {
        var publisher = call.body().isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(call.body());
        var answer = Entras.send(HttpRequest.newBuilder(Entras.uri(teams.port(), "/v1.0" + call.path()))
                .header("Authorization", "Bearer " + token)
                .method(call.method(), publisher)
                .build());
        Object body = answer.body().isEmpty() ? null : JSON.readValue(answer.body(), Object.class);
        return slice.answer(call.method(), call.path(), answer.statusCode(), body);
    }

    @Test
    @Conformance({"GR-36", "GR-46"})
    void theTwinAcceptsThePermissionsThatMicrosoftNames() {
        PermissionTable table = PermissionTable.given();
        assumeTrue(table != null, "-D" + PermissionTable.PROPERTY + " names no file");
        Permissions.all().forEach((operation, need) -> {
            String[] parts = operation.split(" ", -1);
            if (!parts[1].equals("/communications/presences/{id}")) { // the table has the collection only
                assertThat(need.application())
                        .as(operation)
                        .isEqualTo(new TreeSet<>(table.accepted(parts[0], parts[1], "Application")));
                assertThat(need.delegated())
                        .as(operation)
                        .isEqualTo(new TreeSet<>(table.accepted(parts[0], parts[1], "DelegatedWork")));
            }
        });
    }
}
