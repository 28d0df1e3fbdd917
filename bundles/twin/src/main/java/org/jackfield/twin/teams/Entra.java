package org.jackfield.twin.teams;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jackfield.twin.Faults;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;
import org.jspecify.annotations.Nullable;

/**
 * Entra ID: the token endpoint with the four grants that apps use, the sign-in page, and the discovery documents.
 * Thread-safe.
 */
final class Entra {
    private static final String LOGIN = "https://login.microsoftonline.com/";
    private static final String GRAPH = "https://graph.microsoft.com/";
    private static final Set<String> OIDC = Set.of("openid", "profile", "offline_access", "email");

    private final Registrations apps;
    private final Tokens tokens;
    private final PresenceBook users;
    private final Faults faults;
    private final SignInPage page;
    /** Refresh tokens with the user and scope that they stand for. */
    private final ConcurrentMap<String, Refresh> refreshes = new ConcurrentHashMap<>();

    private record Refresh(String user, String scope) {}

    Entra(Registrations apps, Tokens tokens, PresenceBook users, Faults faults) {
        this.apps = apps;
        this.tokens = tokens;
        this.users = users;
        this.faults = faults;
        this.page = new SignInPage(apps, users);
    }

    void routes(Routes routes) {
        page.routes(routes);
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
        try {
            return echoed(request, grant(request.var("tenant"), request.form()));
        } catch (EntraError e) {
            return echoed(request, e.answer());
        }
    }

    private Answer grant(String tenant, Map<String, String> form) {
        AppRegistration known = apps.app();
        if (!tenant.equalsIgnoreCase(known.tenant())) {
            throw new EntraError(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
        }
        if (!known.clientId().equals(form.get("client_id"))) {
            throw new EntraError(400, "unauthorized_client", 700016, "Application was not found in the directory.");
        }
        authenticate(known, tenant, form);
        return switch (form.getOrDefault("grant_type", "")) {
            case "client_credentials" -> application(known, form);
            case "authorization_code" -> {
                SignInPage.Grant grant = page.redeem(form);
                yield delegated(known, grant.user(), form.getOrDefault("scope", grant.scope()), grant.nonce());
            }
            case "refresh_token" -> {
                Refresh refresh = refreshes.get(form.getOrDefault("refresh_token", ""));
                if (refresh == null) {
                    throw EntraError.grant(70000, "The refresh token is not valid.");
                }
                yield delegated(known, refresh.user(), form.getOrDefault("scope", refresh.scope()), null);
            }
            case "urn:ietf:params:oauth:grant-type:jwt-bearer" -> onBehalfOf(known, form);
            default ->
                throw new EntraError(
                        400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
        };
    }

    private static void authenticate(AppRegistration app, String tenant, Map<String, String> form) {
        String assertion = form.get("client_assertion");
        if (assertion == null) {
            if (!app.hasSecret(form.getOrDefault("client_secret", ""))) {
                throw EntraError.client(7000215, "Invalid client secret provided.");
            }
            return;
        }
        if (!ClientAssertion.TYPE.equals(form.get("client_assertion_type"))) {
            throw EntraError.client(700030, "client_assertion_type (expected: " + ClientAssertion.TYPE + ").");
        }
        ClientAssertion.check(assertion, app, LOGIN + tenant + "/oauth2/v2.0/token", Instant.now());
    }

    private Answer application(AppRegistration app, Map<String, String> form) {
        if (!scopes(form).contains(GRAPH + ".default")) {
            throw new EntraError(
                    400, "invalid_scope", 1002012, "The scope of client credentials must end in /.default.");
        }
        return Answer.json(200, token(tokens.app(app), app.clientId()));
    }

    /** RFC 7523 as Entra uses it: somebody else's token for this app is exchanged for one for Graph. */
    private Answer onBehalfOf(AppRegistration app, Map<String, String> form) {
        if (!"on_behalf_of".equals(form.get("requested_token_use"))) {
            throw new EntraError(400, "invalid_request", 900144, "requested_token_use (expected: on_behalf_of).");
        }
        Tokens.Assertion assertion = tokens.assertion(form.getOrDefault("assertion", ""))
                .orElseThrow(() -> EntraError.grant(50013, "The assertion failed signature or time validation."));
        if (!Set.of(app.clientId(), "api://" + app.clientId()).contains(assertion.audience())) {
            throw EntraError.grant(
                    500131, "Assertion audience does not match the client app presenting the assertion.");
        }
        return delegated(app, assertion.user(), form.getOrDefault("scope", ""), null);
    }

    private Answer delegated(AppRegistration app, String user, String scope, @Nullable String nonce) {
        Set<String> asked = scopes(Map.of("scope", scope));
        String own = "api://" + app.clientId() + "/";
        boolean forApp = asked.stream().anyMatch(s -> s.startsWith(own));
        Set<String> granted = new TreeSet<>();
        for (String each : asked) {
            if (!OIDC.contains(each)) {
                granted.add(each.startsWith(GRAPH) ? each.substring(GRAPH.length()) : each.replace(own, ""));
            }
        }
        String access = tokens.delegated(app, user, granted, forApp ? own.substring(0, own.length() - 1) : null);
        Map<String, Object> answer = token(access, user);
        answer.put("scope", String.join(" ", asked));
        if (asked.contains("offline_access")) {
            String refresh = "1.A" + UUID.randomUUID();
            refreshes.put(refresh, new Refresh(user, scope));
            answer.put("refresh_token", refresh);
        }
        if (asked.contains("openid")) {
            answer.put(
                    "id_token",
                    tokens.id(app, user, users.upn(user), app.assigned().getOrDefault(user, Set.of()), nonce));
        }
        return Answer.json(200, answer);
    }

    private Map<String, Object> token(String access, String who) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token_type", "Bearer");
        answer.put("expires_in", Tokens.LIFETIME.toSeconds());
        answer.put("ext_expires_in", Tokens.LIFETIME.toSeconds());
        answer.put("access_token", access);
        String info = "{\"uid\":\"" + who + "\",\"utid\":\"" + apps.app().tenant() + "\"}";
        answer.put(
                "client_info",
                Base64.getUrlEncoder().withoutPadding().encodeToString(info.getBytes(StandardCharsets.UTF_8)));
        return answer;
    }

    private static Set<String> scopes(Map<String, String> form) {
        String scope = form.getOrDefault("scope", "").strip();
        return scope.isEmpty() ? Set.of() : new TreeSet<>(Arrays.asList(scope.split(" +", -1)));
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
        String tenant = request.var("tenant");
        if (!tenant.equalsIgnoreCase(apps.app().tenant())) {
            return new EntraError(400, "invalid_tenant", 90002, "Tenant '" + tenant + "' not found.").answer();
        }
        String base = LOGIN + tenant;
        boolean foreign = faults.isOn("entra.foreign-issuer");
        return echoed(
                request,
                Answer.json(
                        200,
                        Map.of(
                                "issuer",
                                foreign ? "https://sts.example.org/" + tenant + "/v2.0" : base + "/v2.0",
                                "token_endpoint",
                                base + "/oauth2/v2.0/token",
                                "authorization_endpoint",
                                base + "/oauth2/v2.0/authorize",
                                "jwks_uri",
                                base + "/discovery/v2.0/keys",
                                "cloud_instance_name",
                                "microsoftonline.com",
                                "msgraph_host",
                                "graph.microsoft.com")));
    }

    private static Answer echoed(Request request, Answer answer) {
        String id = request.header("client-request-id");
        return id == null ? answer : answer.with("client-request-id", id);
    }
}
