package org.jackfield.teams;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import okhttp3.HttpUrl;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.SignIn;
import org.jspecify.annotations.Nullable;

/**
 * Sign-in with Entra: authorization code with PKCE, and on behalf of. Safe for any thread; nothing blocks.
 * The id token comes from Entra over the link's own connection, so its claims are checked and its signature need not be
 * (OpenID Connect Core 3.1.3.7).
 */
final class EntraSignIn implements SignIn {
    /** What a sign-in asks for beside what MSAL always does: nothing of Graph's. */
    private static final Set<String> WHO = Set.of("openid", "profile");

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Settings settings;
    private final EntraApp entra;
    private final Timer timer;

    EntraSignIn(Settings settings, EntraApp entra, Timer timer) {
        this.settings = settings;
        this.entra = entra;
        this.timer = timer;
    }

    @Override
    public String tenant() {
        return settings.id().tenant();
    }

    @Override
    public Attempt begin(URI redirect) {
        String state = random();
        String nonce = random();
        String verifier = random();
        HttpUrl address = HttpUrl.get(settings.login().toString())
                .newBuilder()
                .encodedPath("/" + settings.directoryId() + "/oauth2/v2.0/authorize")
                .addQueryParameter("client_id", settings.clientId())
                .addQueryParameter("response_type", "code")
                .addQueryParameter("response_mode", "query")
                .addQueryParameter("redirect_uri", redirect.toString())
                .addQueryParameter("scope", "openid profile offline_access")
                .addQueryParameter("state", state)
                .addQueryParameter("nonce", nonce)
                .addQueryParameter("code_challenge", challenge(verifier))
                .addQueryParameter("code_challenge_method", "S256")
                .build();
        return new Attempt(address.uri(), redirect, state, nonce, verifier);
    }

    @Override
    public CompletionStage<Person> finish(Attempt attempt, String code) {
        return person(entra.code(code, attempt.redirect(), attempt.verifier(), WHO), attempt.nonce());
    }

    @Override
    public CompletionStage<Person> byToken(String token) {
        return person(entra.onBehalfOf(token, WHO), null);
    }

    private CompletionStage<Person> person(CompletionStage<IAuthenticationResult> answer, @Nullable String nonce) {
        CompletableFuture<Person> done = new CompletableFuture<>();
        answer.whenComplete((result, error) -> {
            try {
                if (error != null) {
                    throw refusal(error);
                }
                done.complete(checked(result.idToken(), nonce));
            } catch (CommandException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static CommandException refusal(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof GraphFailure failure) {
            boolean later = failure.kind() != GraphFailure.Kind.NO_TOKEN;
            return new CommandException("signIn", failure.sentence(), later, failure);
        }
        return new CommandException("signIn", cause.toString(), true, cause);
    }

    private Person checked(@Nullable String token, @Nullable String nonce) throws CommandException {
        JsonObject claims = claims(token);
        expect("iss", text(claims, "iss"), entra.issuer());
        expect("aud", text(claims, "aud"), settings.clientId());
        expect("tid", text(claims, "tid"), settings.directoryId());
        if (nonce != null) {
            expect("nonce", text(claims, "nonce"), nonce);
        }
        JsonElement until = claims.get("exp");
        if (until == null || until.getAsLong() <= timer.now().getEpochSecond()) {
            throw new CommandException("signIn", "id token: expired (expected: a fresh one)", false, null);
        }
        Set<String> roles = new HashSet<>();
        if (claims.get("roles") != null && claims.get("roles").isJsonArray()) {
            claims.getAsJsonArray("roles").forEach(role -> roles.add(role.getAsString()));
        }
        return new Person(tenant(), text(claims, "oid"), text(claims, "preferred_username"), roles);
    }

    private static JsonObject claims(@Nullable String token) throws CommandException {
        try {
            String[] parts = (token == null ? "" : token).split("\\.", -1);
            String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return JsonParser.parseString(payload).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new CommandException("signIn", "id token: unreadable (expected: a JWT)", false, e);
        }
    }

    private static String text(JsonObject claims, String name) {
        JsonElement value = claims.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    private static void expect(String claim, String found, String expected) throws CommandException {
        if (!found.equalsIgnoreCase(expected)) {
            throw new CommandException("signIn", "id token: " + claim + " is not that of this sign-in", false, null);
        }
    }

    private static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String challenge(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
