package org.jackfield.twin.teams;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.twin.Faults;
import org.jackfield.twin.Json;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;
import org.jackfield.twin.http.Server;
import org.jspecify.annotations.Nullable;

/** Teams as a program sees it: Entra and Graph on one HTTP port. Thread-safe; every request has a thread of its own. */
public final class TeamsTwin implements AutoCloseable {
    private static final String SIDE = "teams";
    private static final int MAX_BATCH = 20;

    private final PresenceBook book;
    private final Windows windows;
    private final Faults faults;
    private final TwinLog log;
    private final Tokens tokens = new Tokens();
    private final Registrations apps;
    private final Routes graph = new Routes();
    private final Routes entra = new Routes();
    private final Random random = new Random(1);
    private final AtomicLong requests = new AtomicLong();
    private final Server server;

    /** The tenant's one app registration. */
    public record Registration(String tenant, String clientId, String secret, Set<String> roles) {}

    public TeamsTwin(int port, Registration registration, TwinClock clock, Faults faults, TwinLog log)
            throws IOException {
        this.faults = faults;
        this.log = log;
        this.book = new PresenceBook(clock);
        this.windows = new Windows(clock);
        this.apps = new Registrations(new AppRegistration(
                registration.tenant(), registration.clientId(), registration.secret(), registration.roles()));
        new Entra(apps, tokens, book, faults).routes(entra);
        new GraphPresence(book, faults, this::caller).routes(graph);
        this.server = new Server(SIDE, port, this::handle);
    }

    public int port() {
        return server.port();
    }

    public PresenceBook presence() {
        return book;
    }

    public Windows windows() {
        return windows;
    }

    /** Changes the application permissions that tokens from now on carry. */
    public void consent(Set<String> roles) {
        apps.consent(roles);
    }

    /** Registers a certificate with which the app may prove itself. */
    public void addCertificate(X509Certificate certificate) {
        apps.addCertificate(certificate);
    }

    /** Gives a user app roles, instead of those before. */
    public void assign(String user, Set<String> appRoles) {
        apps.assign(user, appRoles);
    }

    /** A delegated token for the app itself, as another app's page would present it. */
    public String tokenForApp(String user) {
        AppRegistration app = apps.app();
        return tokens.delegated(app, user, Set.of("access_as_user"), "api://" + app.clientId());
    }

    /** A delegated token, as if the user had signed in to the app. */
    public String delegatedToken(String user, Set<String> scopes) {
        return tokens.delegated(apps.app(), user, scopes);
    }

    public Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("requests", requests.get());
        state.put("limits", windows.state());
        state.put("roles", apps.app().roles());
        state.put("users", book.state());
        return state;
    }

    @Override
    public void close() {
        server.close();
    }

    private Answer handle(Request request) {
        boolean toGraph = request.path().startsWith("/v1.0/");
        long n = requests.incrementAndGet();
        log.in(
                SIDE,
                request.method() + " " + request.path(),
                "n",
                n,
                "body",
                toGraph ? request.body() : null,
                "items",
                isBatch(request) ? items(request) : null,
                "client-request-id",
                request.header("client-request-id"),
                "retry-attempt",
                request.header("Retry-Attempt"));
        Answer answer = toGraph
                ? graph(request).with("request-id", java.util.UUID.randomUUID().toString())
                : entra.answer(request).orElse(Answer.empty(404));
        log.out(
                SIDE,
                String.valueOf(answer.status()),
                "n",
                n,
                "retry-after",
                answer.headers().get("Retry-After"));
        return answer;
    }

    private Answer graph(Request request) {
        Answer fault = fault(request);
        if (fault != null) {
            return fault;
        }
        return isBatch(request) ? batch(request) : single(request);
    }

    private static boolean isBatch(Request request) {
        return request.path().equalsIgnoreCase("/v1.0/$batch");
    }

    /** What a batch asks for, one request line each; for the log, which shortens bodies. */
    private static List<String> items(Request request) {
        List<String> lines = new ArrayList<>();
        try {
            request.json()
                    .path("requests")
                    .forEach(item -> lines.add(item.path("method").asText() + " "
                            + item.path("url").asText()));
        } catch (RuntimeException e) {
            lines.add("no JSON"); // the answer says what is wrong with it
        }
        return lines;
    }

    private Answer single(Request request) {
        try {
            Tokens.Caller caller = caller(request);
            String kind = request.path().toLowerCase(java.util.Locale.ROOT).contains("presence") ? "presence" : "users";
            var wait = windows.take(caller.app(), caller.tenant(), kind);
            if (wait.isPresent()) {
                return GraphError.later(429, request, GraphError.seconds(wait.get()));
            }
            return graph.answer(request)
                    .orElseThrow(() -> new GraphError(404, "ResourceNotFound", "Invalid path: " + request.path()));
        } catch (GraphError e) {
            return e.answer(request);
        }
    }

    /** JSON batching: at most 20 requests, each metered by itself. */
    private Answer batch(Request request) {
        JsonNode items = request.json().path("requests");
        if (items.isEmpty() || items.size() > MAX_BATCH) {
            return new GraphError(
                            400, "BadRequest", "requests: " + items.size() + " (expected: 1 to " + MAX_BATCH + ")")
                    .answer(request);
        }
        List<Object> answers = new ArrayList<>();
        for (JsonNode item : items) {
            Answer answer = item(new Request(
                    item.path("method").asText(),
                    "/v1.0" + item.path("url").asText(),
                    Map.of(),
                    request.headers(),
                    item.has("body") ? Json.text(item.get("body")) : "",
                    Map.of()));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", item.path("id").asText());
            one.put("status", answer.status());
            one.put("headers", answer.headers());
            one.put("body", answer.body().isEmpty() ? null : Json.parse(answer.body()));
            answers.add(one);
        }
        return Answer.json(200, Map.of("responses", answers));
    }

    private Answer item(Request request) {
        if (faults.strikes("teams.item-429")) {
            return GraphError.later(429, request, 1);
        }
        Answer fault = faults.isOn("teams.random") ? atRandom(request, faults.value("teams.random")) : null;
        if (fault == null) {
            return single(request);
        }
        return fault.status() == 0 ? GraphError.later(504, request, 0) : fault;
    }

    private Tokens.Caller caller(Request request) {
        String authorization = request.header("Authorization");
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            throw new GraphError(401, "InvalidAuthenticationToken", "Access token is empty.");
        }
        return tokens.check(authorization.substring("Bearer ".length()))
                .orElseThrow(
                        () -> new GraphError(401, "InvalidAuthenticationToken", "Access token validation failure."));
    }

    private @Nullable Answer fault(Request request) {
        faults.take("teams.slow").ifPresent(TeamsTwin::pause);
        var tooMany = faults.take("teams.429");
        if (tooMany.isPresent()) {
            return GraphError.later(429, request, tooMany.getAsDouble() > 0 ? tooMany.getAsDouble() : 2);
        }
        var unavailable = faults.take("teams.503");
        if (unavailable.isPresent()) {
            return GraphError.later(503, request, unavailable.getAsDouble());
        }
        if (faults.strikes("teams.504")) {
            return GraphError.later(504, request, 0);
        }
        var silent = faults.take("teams.timeout");
        if (silent.isPresent()) {
            pause(silent.getAsDouble() > 0 ? silent.getAsDouble() : 60_000);
            return Answer.HANG_UP;
        }
        if (faults.strikes("teams.rubbish")) {
            return Answer.text(200, "<html>it works");
        }
        return faults.isOn("teams.random") && !isBatch(request)
                ? atRandom(request, faults.value("teams.random"))
                : null;
    }

    private @Nullable Answer atRandom(Request request, double share) {
        int which;
        synchronized (random) {
            which = random.nextDouble() < share ? random.nextInt(3) : 3;
        }
        return switch (which) {
            case 0 -> GraphError.later(429, request, 1);
            case 1 -> GraphError.later(503, request, 1);
            case 2 -> Answer.HANG_UP;
            default -> null;
        };
    }

    static void pause(double millis) {
        try {
            Thread.sleep(Duration.ofMillis((long) millis).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
