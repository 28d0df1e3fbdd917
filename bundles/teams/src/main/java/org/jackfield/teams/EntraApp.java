package org.jackfield.teams;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.MsalException;
import com.microsoft.aad.msal4j.OnBehalfOfParameters;
import com.microsoft.aad.msal4j.UserAssertion;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.OkHttpClient;

/**
 * The application as Entra knows it: one MSAL object with its cache, asked on the link's own threads.
 * Nothing blocks the caller; stages fail with {@link GraphFailure}. Before the first request the directory's discovery
 * document is read, and an issuer that is not the configured cloud's ends everything (OpenID Connect Discovery 4.3).
 */
final class EntraApp {
    private final ConfidentialClientApplication application;
    private final EntraHttp http;
    private final Executor executor;
    private final Timer timer;
    private final Set<String> scopes;
    private final String directory;
    private final String issuer;
    private volatile boolean known;

    /** One blocking request. */
    @FunctionalInterface
    private interface Asking {
        CompletableFuture<IAuthenticationResult> ask();
    }

    EntraApp(Settings settings, OkHttpClient client, Executor executor, Timer timer) {
        this.http = new EntraHttp(client, settings.login());
        this.executor = executor;
        this.timer = timer;
        this.scopes = Set.of(settings.cloud().scope());
        this.directory = settings.directoryId();
        this.issuer = settings.cloud().login() + "/" + directory.toLowerCase(Locale.ROOT) + "/v2.0";
        try {
            var builder = ConfidentialClientApplication.builder(settings.clientId(), credential(settings.credential()))
                    .authority(settings.cloud().login() + "/" + directory + "/")
                    .instanceDiscovery(false)
                    .validateAuthority(false)
                    .disableInternalRetries()
                    .httpClient(http)
                    .executorService(new DirectExecutor());
            if (settings.tokens() != null && settings.tokenKey() != null) {
                builder.setTokenCacheAccessAspect(new TokenStore(
                        settings.tokens(), TokenStore.key(settings.tokenKey()), directory + "/" + settings.clientId()));
            }
            this.application = builder.build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("directoryId: " + directory + " (expected: a GUID)", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "tokenKeyFile: " + settings.tokenKey()
                            + " (expected: a file of 32 bytes, or a folder to make it in)",
                    e);
        }
    }

    private static IClientCredential credential(Credential credential) {
        if (credential instanceof Credential.Certificate certificate) {
            return ClientCredentialFactory.createFromCertificateChain(certificate.key(), certificate.chain());
        }
        return ClientCredentialFactory.createFromSecret(((Credential.Secret) credential).value());
    }

    /** The issuer of this directory's tokens, version 2.0. */
    String issuer() {
        return issuer;
    }

    /** A token for the application itself (client credentials, RFC 6749 section 4.4). */
    CompletionStage<IAuthenticationResult> application(boolean skipCache) {
        var parameters =
                ClientCredentialParameters.builder(scopes).skipCache(skipCache).build();
        return run(() -> application.acquireToken(parameters));
    }

    /** What a user's sign-in gave (authorization code, RFC 6749 section 4.1, with the PKCE verifier of RFC 7636). */
    CompletionStage<IAuthenticationResult> code(String code, URI redirect, String verifier, Set<String> wanted) {
        var parameters = AuthorizationCodeParameters.builder(code, redirect)
                .scopes(wanted)
                .codeVerifier(verifier)
                .build();
        return run(() -> application.acquireToken(parameters));
    }

    /** A token in the name of a user who has one for this application (on behalf of, RFC 7523). */
    CompletionStage<IAuthenticationResult> onBehalfOf(String assertion, Set<String> wanted) {
        var parameters = OnBehalfOfParameters.builder(wanted, new UserAssertion(assertion))
                .build();
        return run(() -> application.acquireToken(parameters));
    }

    private CompletionStage<IAuthenticationResult> run(Asking asking) {
        CompletableFuture<IAuthenticationResult> done = new CompletableFuture<>();
        try {
            executor.execute(() -> answer(asking, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(
                    new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "closed", "the link is closed", null, e));
        }
        return done;
    }

    private void answer(Asking asking, CompletableFuture<IAuthenticationResult> done) {
        http.begin();
        IAuthenticationResult result;
        try {
            checkIssuer();
            result = asking.ask().join();
        } catch (GraphFailure e) {
            done.completeExceptionally(e);
            return;
        } catch (CompletionException e) {
            done.completeExceptionally(failure(e.getCause() == null ? e : e.getCause()));
            return;
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(failure(e));
            return;
        }
        done.complete(result);
    }

    private void checkIssuer() throws GraphFailure, IOException {
        if (known) {
            return;
        }
        String body = http.get("/" + directory + "/v2.0/.well-known/openid-configuration");
        if (http.seen().status() != 200) {
            throw new GraphFailure(
                    kind(http.seen().status()), http.seen().status(), "discovery", firstLine(body), after(), null);
        }
        String found = issuer(body);
        if (!found.equalsIgnoreCase(issuer)) {
            throw new GraphFailure(
                    GraphFailure.Kind.NO_TOKEN,
                    0,
                    "foreignIssuer",
                    "issuer: " + found + " (expected: " + issuer + ", of the configured cloud and directory)",
                    null,
                    null);
        }
        known = true;
    }

    private static String issuer(String body) throws GraphFailure {
        try {
            JsonObject document = JsonParser.parseString(body).getAsJsonObject();
            return document.get("issuer").getAsString();
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new GraphFailure(
                    GraphFailure.Kind.RUBBISH, 200, "discovery", "no issuer in the discovery document", null, e);
        }
    }

    private GraphFailure failure(Throwable cause) {
        int status = http.seen().status();
        String code = cause instanceof MsalException msal && msal.errorCode() != null ? msal.errorCode() : "entra";
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new GraphFailure(kind(status), status, code, firstLine(message), after(), cause);
    }

    private @org.jspecify.annotations.Nullable Duration after() {
        return RetryAfter.of(http.seen().retryAfter(), timer.now());
    }

    private static GraphFailure.Kind kind(int status) {
        if (status == 429) {
            return GraphFailure.Kind.THROTTLED;
        }
        if (status >= 400 && status < 500 && status != 408) {
            return GraphFailure.Kind.NO_TOKEN;
        }
        return status >= 200 && status < 300 ? GraphFailure.Kind.RUBBISH : GraphFailure.Kind.UNAVAILABLE;
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }
}
