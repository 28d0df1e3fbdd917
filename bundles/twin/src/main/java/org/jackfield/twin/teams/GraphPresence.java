package org.jackfield.twin.teams;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jackfield.twin.Faults;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;
import org.jspecify.annotations.Nullable;

/** Graph's presence operations, as strict as Graph documents them. Thread-safe. */
final class GraphPresence {
    private static final int MAX_IDS = 650;
    private static final Duration SHORTEST = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofHours(4);
    private static final Set<String> DAY_LONG = Set.of("Busy", "DoNotDisturb");

    private final PresenceBook book;
    private final Faults faults;
    private final Callers callers;

    /** Tells who sends a request; throws a {@link GraphError} with 401 when nobody can be told. */
    interface Callers {
        Tokens.Caller of(Request request);
    }

    GraphPresence(PresenceBook book, Faults faults, Callers callers) {
        this.book = book;
        this.faults = faults;
        this.callers = callers;
    }

    void routes(Routes routes) {
        for (String ns : List.of("", "microsoft.graph.")) {
            for (String owner : List.of("/v1.0/users/{id}", "/v1.0/me")) {
                routes.on("POST", owner + "/presence/" + ns + "setPresence", this::setPresence)
                        .on("POST", owner + "/presence/" + ns + "clearPresence", this::clearPresence)
                        .on("POST", owner + "/presence/" + ns + "setUserPreferredPresence", this::prefer)
                        .on("POST", owner + "/presence/" + ns + "clearUserPreferredPresence", this::unprefer)
                        .on("POST", owner + "/presence/" + ns + "setStatusMessage", this::message);
            }
            routes.on("POST", "/v1.0/communications/" + ns + "getPresencesByUserId", this::byUserId);
        }
        routes.on("GET", "/v1.0/me/presence", this::own)
                .on("GET", "/v1.0/users/{id}/presence", this::get)
                .on("GET", "/v1.0/communications/presences/{id}", this::one);
    }

    private Answer setPresence(Request request) {
        JsonNode body = json(request);
        String session = sessionId(body);
        String user = writable(request, "setpresence");
        Pair pair = pair(body, Pair.SESSION);
        Duration expiry = duration(body, SHORTEST);
        if (expiry.compareTo(SHORTEST) < 0 || expiry.compareTo(LONGEST) > 0) {
            throw GraphError.badRequest("expirationDuration: " + expiry + " (expected: PT5M to PT4H)");
        }
        book.setSession(user, session, pair, expiry);
        return Answer.empty(200);
    }

    private Answer clearPresence(Request request) {
        String session = sessionId(json(request));
        String user = writable(request, "clearpresence");
        if (!book.clearSession(user, session)) {
            throw new GraphError(404, "NotFound", "The session was not found.");
        }
        return Answer.empty(200);
    }

    private Answer prefer(Request request) {
        JsonNode body = json(request);
        String user = writable(request, "setuserpreferredpresence");
        Pair pair = pair(body, Pair.PREFERRED);
        Duration usual = DAY_LONG.contains(pair.availability()) ? Duration.ofDays(1) : Duration.ofDays(7);
        book.prefer(user, pair, duration(body, usual));
        return Answer.empty(200);
    }

    private Answer unprefer(Request request) {
        book.clearPreferred(writable(request, "clearuserpreferredpresence"));
        return Answer.empty(200);
    }

    private Answer message(Request request) {
        JsonNode status = json(request).path("statusMessage");
        String user = writable(request, "setstatusmessage");
        JsonNode text = status.path("message").path("content");
        if (!text.isTextual()) {
            throw GraphError.badRequest("statusMessage.message.content: missing (expected: a text)");
        }
        book.message(user, text.asText().isEmpty() ? null : text.asText());
        return Answer.empty(200);
    }

    private Answer byUserId(Request request) {
        Permissions.demand("POST /communications/getpresencesbyuserid", callers.of(request));
        JsonNode ids = json(request).path("ids");
        if (!ids.isArray() || ids.isEmpty()) {
            throw GraphError.badRequest("ids: missing (expected: 1 to " + MAX_IDS + " user ids)");
        }
        if (ids.size() > MAX_IDS) {
            throw GraphError.badRequest("ids: " + ids.size() + " (expected: 1 to " + MAX_IDS + " user ids)");
        }
        List<Object> found = new ArrayList<>();
        for (JsonNode id : ids) {
            found.add(shown(book.read(id.asText(), propagation()).orElseGet(() -> unknown(id.asText()))));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("@odata.context", "https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.presence)");
        answer.put("value", found);
        return Answer.json(200, answer);
    }

    private Answer get(Request request) {
        Tokens.Caller caller = callers.of(request);
        Permissions.demand("GET /users/{id}/presence", caller);
        String user = existing(request.var("id"));
        boolean other = caller.user() != null && !caller.user().equals(user);
        if (other && !caller.scopes().contains("Presence.Read.All")) {
            throw new GraphError(403, "Forbidden", "Presence.Read shows the own presence only.");
        }
        return Answer.json(200, shown(book.read(user, propagation()).orElseThrow()));
    }

    private Answer one(Request request) {
        Permissions.demand("GET /communications/presences/{id}", callers.of(request));
        String user = existing(request.var("id"));
        return Answer.json(200, shown(book.read(user, propagation()).orElseThrow()));
    }

    private Answer own(Request request) {
        Tokens.Caller caller = callers.of(request);
        Permissions.demand("GET /me/presence", caller);
        return Answer.json(200, shown(book.read(me(caller), propagation()).orElseThrow()));
    }

    private static String me(Tokens.Caller caller) {
        String user = caller.user();
        if (user == null) {
            throw GraphError.badRequest("/me request is only valid with delegated authentication flow.");
        }
        return user;
    }

    /** The user whom the caller may write: any with an application permission, only oneself with a delegated one. */
    private String writable(Request request, String action) {
        Tokens.Caller caller = callers.of(request);
        Permissions.demand("POST /users/{id}/presence/" + action, caller);
        String user = request.vars().containsKey("id") ? existing(request.var("id")) : me(caller);
        if (caller.user() != null && !caller.user().equals(user)) {
            throw new GraphError(403, "Forbidden", "Cannot set the presence of another user.");
        }
        return user;
    }

    private String existing(String idOrUpn) {
        return book.find(idOrUpn)
                .orElseThrow(() ->
                        new GraphError(404, "Request_ResourceNotFound", "Resource '" + idOrUpn + "' does not exist."));
    }

    private Duration propagation() {
        return Duration.ofMillis((long) faults.value("teams.propagation"));
    }

    private Map<String, Object> shown(PresenceBook.Presence presence) {
        boolean odd = faults.isOn("teams.unknown-strings");
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", presence.id());
        shown.put("availability", odd ? "Daydreaming" : presence.availability());
        shown.put("activity", odd ? "OnTheMoon" : presence.activity());
        shown.put("sequenceNumber", presence.sequenceNumber());
        String message = presence.message();
        Object content = message == null ? null : Map.of("content", message, "contentType", "text");
        shown.put("statusMessage", content == null ? null : Map.of("message", content));
        return shown;
    }

    private static PresenceBook.Presence unknown(String id) {
        return new PresenceBook.Presence(id, Pair.UNKNOWN.availability(), Pair.UNKNOWN.activity(), "A0", null);
    }

    private static JsonNode json(Request request) {
        try {
            return request.json();
        } catch (IllegalArgumentException e) {
            throw new GraphError(400, "BadRequest", "Unable to read JSON request payload.");
        }
    }

    /** Checked before anything else, even before the permission (seen in the field). */
    private static String sessionId(JsonNode body) {
        String session = body.path("sessionId").asText("");
        if (session.isEmpty()) {
            throw GraphError.badRequest("[SessionId]: The SessionId field is required.");
        }
        return session;
    }

    private static Pair pair(JsonNode body, Set<Pair> allowed) {
        Pair pair = new Pair(
                body.path("availability").asText(""), body.path("activity").asText(""));
        if (!allowed.contains(pair)) {
            throw GraphError.badRequest("availability, activity: " + pair + " (expected: one of " + allowed + ")");
        }
        return pair;
    }

    private static Duration duration(JsonNode body, Duration usual) {
        @Nullable JsonNode given = body.get("expirationDuration");
        if (given == null || given.isNull()) {
            return usual;
        }
        try {
            return Duration.parse(given.asText());
        } catch (DateTimeParseException e) {
            throw GraphError.badRequest("expirationDuration: " + given.asText() + " (expected: ISO 8601)");
        }
    }
}
