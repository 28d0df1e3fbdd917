package org.jackfield.twin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;
import org.jackfield.twin.http.Server;
import org.jackfield.twin.scenario.Play;
import org.jackfield.twin.scenario.Scenarios;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.Windows;

/** The control interface of the twin, JSON over HTTP on loopback; the README lists it. */
final class Control implements AutoCloseable {
    private static final int PAGE = 10_000;

    private final Twin twin;
    private final Routes routes = new Routes();
    private final Server server;

    Control(int port, Twin twin) throws IOException {
        this.twin = twin;
        common();
        teams();
        acd();
        sbc();
        scenarios();
        this.server = new Server("control", port, this::handle);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private Answer handle(Request request) {
        try {
            return routes.answer(request)
                    .orElseGet(
                            () -> refused(404, request.method() + " " + request.path() + ": nothing is served here"));
        } catch (IllegalArgumentException e) {
            return refused(400, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            return refused(409, String.valueOf(e.getMessage()));
        }
    }

    private void common() {
        routes.on("GET", "/state", request -> Answer.json(200, state()))
                .on("GET", "/log", this::log)
                .on("GET", "/faults", request -> Answer.json(200, faults()))
                .on("POST", "/faults", this::setFault)
                .on("POST", "/clock/advance", this::advance);
    }

    private void teams() {
        routes.on("POST", "/teams/users/{id}/presence", this::choose)
                .on("POST", "/teams/users/{id}/roles", this::assign)
                .on("POST", "/teams/limits", this::limit)
                .on("POST", "/teams/consent", this::consent)
                .on("POST", "/teams/token", this::token);
    }

    private void acd() {
        routes.on("POST", "/acd/agents/{id}/state", this::press)
                .on("POST", "/acd/shift", this::shift)
                .on("GET", "/acd/shift", request -> Answer.json(200, twin.acd().shift()))
                .on("POST", "/acd/calls/{id}/transfer", this::transfer)
                .on("POST", "/acd/routes", this::ownCall);
    }

    private void sbc() {
        routes.on("POST", "/sbc/calls", this::place)
                .on("GET", "/sbc/calls/{id}", this::call)
                .on("POST", "/sbc/calls/{id}/hangup", this::hangUp)
                .on("POST", "/sbc/calls/{id}/refer", this::refer)
                .on("POST", "/sbc/calls/{id}/replace", this::replace)
                .on("GET", "/sbc/refers/{id}", this::referState)
                .on("POST", "/sbc/numbers/{number}", this::behave)
                .on("POST", "/sbc/options", this::ping)
                .on("GET", "/violations", this::violations)
                .on("DELETE", "/violations", this::forgetViolations);
    }

    private void scenarios() {
        routes.on("GET", "/scenarios", request -> Answer.json(200, Scenarios.titles()))
                .on("POST", "/scenarios", this::play)
                .on("GET", "/scenarios/{id}", this::played);
    }

    private Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("time", twin.clock().instant().toString());
        state.put("ports", twin.ports());
        state.put("faults", twin.faults().active());
        state.put("log", twin.log().last());
        state.put("teams", twin.teams().state());
        state.put("acd", twin.acd().state());
        state.put("sbc", twin.sbc().state());
        return state;
    }

    private Answer log(Request request) {
        long after = Long.parseLong(request.query().getOrDefault("after", "0"));
        int limit = Integer.parseInt(request.query().getOrDefault("limit", String.valueOf(PAGE)));
        String side = request.query().getOrDefault("side", "");
        List<TwinLog.Entry> entries =
                twin.log().after(after, limit, entry -> side.isEmpty() || side.equals(entry.side()));
        return Answer.stream(Map.of("last", twin.log().last(), "entries", entries));
    }

    private Map<String, Object> faults() {
        return Map.of("on", twin.faults().active(), "known", Faults.KNOWN);
    }

    private Answer setFault(Request request) {
        JsonNode body = request.json();
        String name = text(body, "name");
        boolean on = body.path("on").asBoolean(true);
        twin.faults()
                .set(
                        name,
                        on,
                        body.path("value").asDouble(0),
                        body.path("times").asInt(0));
        twin.log()
                .note(
                        "control",
                        "fault " + name + (on ? " on" : " off"),
                        "value",
                        body.path("value").asDouble(0));
        return Answer.json(200, twin.faults().active());
    }

    private Answer advance(Request request) {
        JsonNode body = request.json();
        Duration by = body.has("seconds")
                ? Duration.ofMillis((long) (body.get("seconds").asDouble() * 1000))
                : duration(text(body, "duration"));
        return Answer.json(200, Map.of("time", twin.clock().advance(by).toString()));
    }

    private Answer choose(Request request) {
        JsonNode body = request.json();
        String user = twin.teams()
                .presence()
                .find(request.var("id"))
                .orElseThrow(() -> new IllegalArgumentException("user: " + request.var("id") + " is unknown"));
        Pair pair = new Pair(text(body, "availability"), text(body, "activity"));
        twin.teams().presence().choose(user, pair);
        twin.log()
                .note(
                        "teams",
                        "user chose",
                        "user",
                        user,
                        "availability",
                        pair.availability(),
                        "activity",
                        pair.activity());
        return Answer.json(
                200, twin.teams().presence().read(user, Duration.ZERO).orElseThrow());
    }

    private Answer assign(Request request) {
        String user = twin.teams()
                .presence()
                .find(request.var("id"))
                .orElseThrow(() -> new IllegalArgumentException("user: " + request.var("id") + " is unknown"));
        Set<String> roles = strings(request.json().path("roles"));
        twin.teams().assign(user, roles);
        return Answer.json(200, Map.of("user", user, "roles", roles));
    }

    private Answer limit(Request request) {
        JsonNode body = request.json();
        twin.teams()
                .windows()
                .limit(
                        body.path("class").asText("presence"),
                        new Windows.Limit(
                                body.path("requests").asInt(1_500),
                                Duration.ofSeconds(body.path("windowSeconds").asLong(30))));
        return Answer.json(200, twin.teams().windows().state());
    }

    private Answer consent(Request request) {
        twin.teams().consent(strings(request.json().path("roles")));
        return Answer.json(200, twin.teams().state());
    }

    private Answer token(Request request) {
        JsonNode body = request.json();
        String token = twin.teams().delegatedToken(text(body, "user"), strings(body.path("scopes")));
        return Answer.json(200, Map.of("access_token", token));
    }

    private Answer press(Request request) {
        JsonNode body = request.json();
        String reason = body.path("reason").asText("");
        return Answer.json(
                200, twin.acd().press(request.var("id"), text(body, "state"), reason.isEmpty() ? null : reason));
    }

    private Answer shift(Request request) {
        JsonNode body = request.json();
        List<String> states = new ArrayList<>();
        body.path("states").forEach(state -> states.add(state.asText()));
        return Answer.json(
                200,
                twin.acd()
                        .shift(
                                states,
                                body.path("rate").asInt(1),
                                body.path("presses").asInt(0)));
    }

    private Answer transfer(Request request) {
        JsonNode body = request.json();
        String call = twin.acd().transfer(request.var("id"), text(body, "agent"), text(body, "to"));
        return Answer.json(200, Map.of("call", call));
    }

    private Answer ownCall(Request request) {
        JsonNode body = request.json();
        twin.acd()
                .ownCall(
                        text(body, "pilot"),
                        text(body, "from"),
                        body.path("talkMs").asLong(1_000));
        return Answer.json(200, Map.of());
    }

    private Answer place(Request request) {
        JsonNode body = request.json();
        String id = twin.sbc()
                .place(
                        text(body, "from"),
                        text(body, "to"),
                        body.path("talkMs").asLong(0),
                        body.path("hangup").asText("caller"),
                        body.path("uui").asText(""));
        return Answer.json(200, Map.of("id", id));
    }

    private Answer call(Request request) {
        return twin.sbc()
                .call(request.var("id"))
                .map(view -> Answer.json(200, view))
                .orElseGet(() -> refused(404, "call: " + request.var("id") + " is unknown"));
    }

    private Answer hangUp(Request request) {
        twin.sbc().hangUp(request.var("id"));
        return Answer.json(200, Map.of("id", request.var("id")));
    }

    private Answer refer(Request request) {
        JsonNode body = request.json();
        String id = twin.sbc()
                .refer(
                        request.var("id"),
                        body.path("referTo").asText(""),
                        body.path("referredBy").asText(""),
                        body.path("outcome").asInt(200));
        return Answer.json(200, Map.of("id", id));
    }

    private Answer replace(Request request) {
        String id = twin.sbc()
                .replace(request.var("id"), request.json().path("more").asText(""));
        return Answer.json(200, Map.of("id", id));
    }

    private Answer referState(Request request) {
        return twin.sbc()
                .referState(request.var("id"))
                .map(view -> Answer.json(200, view))
                .orElseGet(() -> refused(404, "refer: " + request.var("id") + " is unknown"));
    }

    private Answer behave(Request request) {
        JsonNode body = request.json();
        twin.sbc()
                .behave(
                        request.var("number"),
                        body.path("status").asInt(200),
                        body.path("ringMs").asLong(-1),
                        body.path("talkMs").asLong(0));
        return Answer.json(200, Map.of("number", request.var("number")));
    }

    private Answer ping(Request request) {
        twin.sbc().ping();
        return Answer.json(200, Map.of());
    }

    private Answer violations(Request request) {
        return Answer.json(
                200,
                Map.of(
                        "count", twin.sbc().violations().count(),
                        "violations", twin.sbc().violations().list()));
    }

    private Answer forgetViolations(Request request) {
        twin.sbc().violations().clear();
        return Answer.json(200, Map.of());
    }

    private Answer play(Request request) {
        JsonNode body = request.json();
        String id = twin.scenarios()
                .start(
                        twin.peers(
                                body.path("dnis").asText(""),
                                body.path("expert").asText("")),
                        Play.ids(body.path("only").asText("")),
                        body.path("seed").asLong(1));
        return Answer.json(200, Map.of("id", id));
    }

    private Answer played(Request request) {
        Map<String, Object> view = twin.scenarios().view(request.var("id"));
        return view == null ? refused(404, "run: " + request.var("id") + " is unknown") : Answer.json(200, view);
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> strings = new TreeSet<>();
        array.forEach(item -> strings.add(item.asText()));
        return strings;
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException("duration: " + text + " (expected: ISO 8601 such as PT5M)", e);
        }
    }

    private static String text(JsonNode body, String name) {
        String value = body.path(name).asText("");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + ": missing");
        }
        return value;
    }

    private static Answer refused(int status, String reason) {
        return Answer.json(status, Map.of("error", reason));
    }
}
