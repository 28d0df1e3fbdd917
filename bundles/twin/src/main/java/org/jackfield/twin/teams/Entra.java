package org.jackfield.twin.teams;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jackfield.twin.Faults;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;

/** Entra ID: the token endpoint and the discovery documents that MSAL asks for. Thread-safe. */
final class Entra {
    private static final String LOGIN = "https://login.microsoftonline.com/";

    private final Registrations apps;
    private final Tokens tokens;
    private final Faults faults;

    Entra(Registrations apps, Tokens tokens, Faults faults) {
        this.apps = apps;
        this.tokens = tokens;
        this.faults = faults;
    }

    void routes(Routes routes) {
        routes.on("POST", "/{tenant}/oauth2/v2.0/token", this::token)
                .on("GET", "/common/discovery/instance", this::instance)
                .on("GET", "/{tenant}/v2.0/.well-known/openid-configuration", this::openid)
                .on("GET", "/{tenant}/discovery/v2.0/keys", request -> Answer.json(200, tokens.keySet()))
                .on("GET", "/{tenant}/discovery/keys", request -> Answer.json(200, tokens.keySet()));
    }

    private Answer token(Request request) {
        faults.take("entra.slow").ifPresent(TeamsTwin::pause);
        if (faults.strikes("entra.503")) {
            return Answer.json(503, Map.of("error", "temporarily_unavailable"));
        }
        var throttled = faults.take("entra.429");
        if (throttled.isPresent()) {
            double seconds = throttled.getAsDouble() > 0 ? throttled.getAsDouble() : 7;
            return Answer.json(429, Map.of("error", "temporarily_unavailable"))
                    .with("Retry-After", String.valueOf((long) seconds));
        }
        return echoed(request, grant(request.var("tenant"), request.form()));
    }

    private Answer grant(String tenant, Map<String, String> form) {
        AppRegistration known = apps.app();
        if (!tenant.equalsIgnoreCase(known.tenant())) {
            return refused(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
        }
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
        }
        if (!known.clientId().equals(form.get("client_id"))) {
            return refused(400, "unauthorized_client", 700016, "Application was not found in the directory.");
        }
        if (!known.hasSecret(form.getOrDefault("client_secret", ""))) {
            return refused(401, "invalid_client", 7000215, "Invalid client secret provided.");
        }
        String scope = form.getOrDefault("scope", "");
        if (!List.of(scope.split(" ", -1)).contains("https://graph.microsoft.com/.default")) {
            return refused(400, "invalid_scope", 1002012, "The scope of client credentials must end in /.default.");
        }
        return Answer.json(
                200,
                Map.of(
                        "token_type", "Bearer",
                        "expires_in", Tokens.LIFETIME.toSeconds(),
                        "ext_expires_in", Tokens.LIFETIME.toSeconds(),
                        "access_token", tokens.app(known)));
    }

    private Answer instance(Request request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_discovery_endpoint", LOGIN + apps.app().tenant() + "/v2.0/.well-known/openid-configuration");
        answer.put("api-version", "1.1");
        answer.put(
                "metadata",
                List.of(Map.of(
                        "preferred_network", "login.microsoftonline.com",
                        "preferred_cache", "login.windows.net",
                        "aliases", List.of("login.microsoftonline.com", "login.windows.net"))));
        return echoed(request, Answer.json(200, answer));
    }

    private Answer openid(Request request) {
        String base = LOGIN + request.var("tenant");
        return echoed(
                request,
                Answer.json(
                        200,
                        Map.of(
                                "issuer", base + "/v2.0",
                                "token_endpoint", base + "/oauth2/v2.0/token",
                                "authorization_endpoint", base + "/oauth2/v2.0/authorize",
                                "jwks_uri", base + "/discovery/v2.0/keys")));
    }

    private static Answer refused(int status, String error, int code, String sentence) {
        return Answer.json(
                status,
                Map.of(
                        "error",
                        error,
                        "error_description",
                        "AADSTS" + code + ": " + sentence,
                        "error_codes",
                        List.of(code),
                        "trace_id",
                        UUID.randomUUID().toString()));
    }

    private static Answer echoed(Request request, Answer answer) {
        String id = request.header("client-request-id");
        return id == null ? answer : answer.with("client-request-id", id);
    }
}
