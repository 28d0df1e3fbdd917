package org.jackfield.twin.teams;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.twin.Json;
import org.jspecify.annotations.Nullable;

/** Issues and checks the tenant's access tokens (JWS with RS256, RFC 7515). Thread-safe. */
final class Tokens {
    /** A token lives this long. */
    static final Duration LIFETIME = Duration.ofMinutes(60);

    private static final String AUDIENCE = "https://graph.microsoft.com";
    private static final String KEY_ID = "twin-1";

    /**
     * Who sends a Graph request.
     *
     * @param roles the application permissions of an app-only token, otherwise empty
     * @param scopes the delegated permissions, otherwise empty
     * @param user the user's object id in a delegated token
     */
    record Caller(
            String app,
            String tenant,
            Set<String> roles,
            Set<String> scopes,
            @Nullable String user) {}

    private static final int KEPT = 1_000;

    private final KeyPair keys;
    /** Claims of tokens whose signature has been checked: an application sends the same one for an hour. */
    private final Map<String, JsonNode> genuine = new ConcurrentHashMap<>();

    Tokens() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            this.keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make an RSA key", e);
        }
    }

    /** An app-only token (claim {@code roles}). */
    String app(AppRegistration app) {
        Map<String, Object> claims = claims(app);
        claims.put("roles", List.copyOf(new TreeSet<>(app.roles())));
        claims.put("idtyp", "app");
        claims.put("oid", app.clientId());
        return sign(claims);
    }

    /** A delegated token for Graph (claim {@code scp}). */
    String delegated(AppRegistration app, String user, Set<String> scopes) {
        return delegated(app, user, scopes, null);
    }

    /** @param audience whom the token is for, null for Graph */
    String delegated(AppRegistration app, String user, Set<String> scopes, @Nullable String audience) {
        Map<String, Object> claims = claims(app);
        claims.put("scp", String.join(" ", new TreeSet<>(scopes)));
        claims.put("oid", user);
        if (audience != null) {
            claims.put("aud", audience);
        }
        return sign(claims);
    }

    /** An id token (OpenID Connect Core 2): who signed in, and with which app roles. */
    String id(AppRegistration app, String user, String upn, Set<String> roles, @Nullable String nonce) {
        Map<String, Object> claims = claims(app);
        claims.put("aud", app.clientId());
        claims.put("iss", "https://login.microsoftonline.com/" + app.tenant() + "/v2.0");
        claims.put("oid", user);
        claims.put("sub", user);
        claims.put("preferred_username", upn);
        claims.put("name", upn);
        claims.put("ver", "2.0");
        if (!roles.isEmpty()) {
            claims.put("roles", List.copyOf(new TreeSet<>(roles)));
        }
        if (nonce != null) {
            claims.put("nonce", nonce);
        }
        return sign(claims);
    }

    /** A token of ours that somebody presents as an assertion. */
    record Assertion(String audience, String user) {}

    /** What is asserted, or empty when the token is foreign, changed or too old. */
    Optional<Assertion> assertion(String token) {
        return claimsOf(token)
                .map(claims -> new Assertion(
                        claims.path("aud").asText(), claims.path("oid").asText()));
    }

    /** The caller that a token speaks for, or empty when it is foreign, changed, for somebody else, or too old. */
    Optional<Caller> check(String token) {
        return claimsOf(token)
                .filter(claims -> claims.path("aud").asText().equals(AUDIENCE))
                .map(Tokens::caller);
    }

    private Optional<JsonNode> claimsOf(String token) {
        JsonNode claims = genuine.get(token);
        if (claims == null) {
            String[] parts = token.split("\\.", -1);
            if (parts.length != 3 || !signed(parts)) {
                return Optional.empty();
            }
            claims = Json.parse(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            if (genuine.size() >= KEPT) {
                genuine.clear();
            }
            genuine.put(token, claims);
        }
        boolean fresh = claims.path("exp").asLong() > Instant.now().getEpochSecond();
        return fresh ? Optional.of(claims) : Optional.empty();
    }

    /** The key set by which others check our tokens (RFC 7517). */
    Map<String, Object> keySet() {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        return Map.of(
                "keys",
                List.of(Map.of(
                        "kty",
                        "RSA",
                        "use",
                        "sig",
                        "kid",
                        KEY_ID,
                        "alg",
                        "RS256",
                        "n",
                        number(key.getModulus()),
                        "e",
                        number(key.getPublicExponent()))));
    }

    private static Caller caller(JsonNode claims) {
        List<String> roles = new ArrayList<>();
        claims.path("roles").forEach(role -> roles.add(role.asText()));
        String scp = claims.path("scp").asText("");
        Set<String> scopes = scp.isEmpty() ? Set.of() : Set.of(scp.split(" ", -1));
        return new Caller(
                claims.path("appid").asText(),
                claims.path("tid").asText(),
                Set.copyOf(roles),
                scopes,
                scopes.isEmpty() ? null : claims.path("oid").asText());
    }

    private static Map<String, Object> claims(AppRegistration app) {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", AUDIENCE);
        claims.put("iss", "https://sts.windows.net/" + app.tenant() + "/");
        claims.put("iat", now);
        claims.put("nbf", now);
        claims.put("exp", now + LIFETIME.toSeconds());
        claims.put("appid", app.clientId());
        claims.put("tid", app.tenant());
        claims.put("ver", "1.0");
        return claims;
    }

    private String sign(Map<String, Object> claims) {
        String head = encode(Json.text(Map.of("typ", "JWT", "alg", "RS256", "kid", KEY_ID)));
        String signed = head + "." + encode(Json.text(claims));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot sign with RSA", e);
        }
    }

    private boolean signed(String[] parts) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(keys.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return encode(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
