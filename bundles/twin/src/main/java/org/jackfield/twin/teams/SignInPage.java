package org.jackfield.twin.teams;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;
import org.jackfield.twin.http.Routes;
import org.jspecify.annotations.Nullable;

/**
 * Entra's page on which a user signs in, and the codes it gives out (OAuth 2.0 authorization code with PKCE, RFC 7636).
 * It asks for the sign-in name only: the twin has no passwords. Thread-safe.
 */
final class SignInPage {
    private static final Duration CODE_LIFETIME = Duration.ofMinutes(10);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final List<String> KEPT = List.of(
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "response_mode");

    /** What a code was given for; it is good once. */
    record Grant(
            String user,
            String redirect,
            String scope,
            String challenge,
            @Nullable String nonce,
            Instant until) {}

    private final Registrations apps;
    private final PresenceBook users;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentMap<String, Grant> codes = new ConcurrentHashMap<>();

    SignInPage(Registrations apps, PresenceBook users) {
        this.apps = apps;
        this.users = users;
    }

    void routes(Routes routes) {
        routes.on("GET", "/{tenant}/oauth2/v2.0/authorize", this::ask)
                .on("POST", "/{tenant}/login", this::login)
                .on("GET", "/{tenant}/oauth2/v2.0/logout", request -> page(200, "<p id=\"out\">Signed out</p>"));
    }

    /** Uses up a code; refuses a wrong verifier or redirect. */
    Grant redeem(Map<String, String> form) {
        Grant grant = codes.remove(form.getOrDefault("code", ""));
        if (grant == null || grant.until().isBefore(Instant.now())) {
            throw EntraError.grant(54005, "The authorization code was already redeemed or has expired.");
        }
        if (!grant.redirect().equals(form.get("redirect_uri"))) {
            throw EntraError.grant(500112, "The reply address differs from that of the authorization request.");
        }
        if (!grant.challenge().equals(challenge(form.getOrDefault("code_verifier", "")))) {
            throw EntraError.grant(501481, "The code_verifier does not match the code_challenge.");
        }
        return grant;
    }

    private Answer ask(Request request) {
        Map<String, String> query = request.query();
        String fault = fault(request.var("tenant"), query);
        if (fault != null) {
            return page(400, "<p id=\"error\">" + escaped(fault) + "</p>");
        }
        StringBuilder form =
                new StringBuilder("<form method=\"post\" action=\"/" + escaped(request.var("tenant")) + "/login\">");
        for (String name : KEPT) {
            form.append("<input type=\"hidden\" name=\"")
                    .append(name)
                    .append("\" value=\"")
                    .append(escaped(query.getOrDefault(name, "")))
                    .append("\">");
        }
        form.append("<label>Sign-in name <input id=\"login\" name=\"login\" value=\"")
                .append(escaped(query.getOrDefault("login_hint", "")))
                .append("\"></label><button id=\"next\" type=\"submit\">Next</button></form>");
        return page(200, form.toString());
    }

    private @Nullable String fault(String tenant, Map<String, String> query) {
        AppRegistration app = apps.app();
        if (!tenant.equalsIgnoreCase(app.tenant())) {
            return "AADSTS90002: Tenant '" + tenant + "' not found.";
        }
        if (!app.clientId().equals(query.get("client_id"))) {
            return "AADSTS700016: Application was not found in the directory.";
        }
        if (!loopback(query.getOrDefault("redirect_uri", ""))) {
            return "AADSTS50011: The redirect URI is not registered for the application.";
        }
        if (!"code".equals(query.get("response_type"))) {
            return "AADSTS70007: response_type (expected: code).";
        }
        boolean pkce = "S256".equals(query.get("code_challenge_method"))
                && query.getOrDefault("code_challenge", "").length() == 43;
        return pkce ? null : "AADSTS9002325: Proof Key for Code Exchange is required.";
    }

    private Answer login(Request request) {
        Map<String, String> form = request.form();
        String fault = fault(request.var("tenant"), withType(form));
        var user = users.find(form.getOrDefault("login", ""));
        if (fault != null || user.isEmpty()) {
            String sentence = fault != null ? fault : "AADSTS50034: The user account does not exist in the directory.";
            return page(400, "<p id=\"error\">" + escaped(sentence) + "</p>");
        }
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        String code = "0.A" + HexFormat.of().formatHex(bytes);
        String nonce = form.getOrDefault("nonce", "");
        String redirect = form.getOrDefault("redirect_uri", "");
        codes.put(
                code,
                new Grant(
                        user.get(),
                        redirect,
                        form.getOrDefault("scope", ""),
                        form.getOrDefault("code_challenge", ""),
                        nonce.isEmpty() ? null : nonce,
                        Instant.now().plus(CODE_LIFETIME)));
        String to = redirect + (redirect.contains("?") ? "&" : "?") + "code=" + encoded(code) + "&state="
                + encoded(form.getOrDefault("state", ""));
        return Answer.empty(302).with("Location", to);
    }

    private static Map<String, String> withType(Map<String, String> form) {
        Map<String, String> more = new LinkedHashMap<>(form);
        more.put("response_type", "code");
        return more;
    }

    private static boolean loopback(String redirect) {
        try {
            String host = URI.create(redirect).getHost();
            return host != null && LOOPBACK.contains(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static String challenge(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    private static Answer page(int status, String body) {
        String html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in</title><body>" + body
                + "</body></html>";
        return new Answer(status, "text/html; charset=utf-8", html, Map.of(), null);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
