package org.jackfield.teams;

import com.microsoft.aad.msal4j.IAuthenticationResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jackfield.plugin.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for the application itself, from MSAL's cache or from Entra.
 * One request to Entra at a time; one that fails is repeated by the timer (MSAL's own sleeping retry is off) until it
 * succeeds, or fails for good: then callers get the reason, and Entra is left alone for a minute.
 */
final class EntraTokens implements Tokens {
    /** A token is renewed when this much of it is left, while it still serves. */
    private static final Duration RENEW = Duration.ofMinutes(5);

    /** A token with less than this left is not used any more. */
    private static final Duration STALE = Duration.ofSeconds(30);

    private static final Duration REST = Duration.ofMinutes(1);

    private final EntraApp application;
    private final Timer timer;
    private final Backoff backoff;
    private final Consumer<GraphFailure> listener;
    private volatile Held held = new Held("", Instant.MIN);
    private @Nullable CompletableFuture<String> asking;
    private @Nullable GraphFailure refusal;
    private Instant restUntil = Instant.MIN;
    private boolean skipCache;

    private record Held(String token, Instant until) {}

    /** @param listener told of every failure, whether it is repeated or not; must not block */
    EntraTokens(EntraApp application, Timer timer, Backoff backoff, Consumer<GraphFailure> listener) {
        this.application = application;
        this.timer = timer;
        this.backoff = backoff;
        this.listener = listener;
    }

    @Override
    public String current() {
        return held.token();
    }

    @Override
    public CompletionStage<String> token() {
        Held now = held;
        Duration left = now.token().isEmpty() ? Duration.ZERO : Duration.between(timer.now(), now.until());
        if (left.compareTo(RENEW) > 0) {
            return CompletableFuture.completedFuture(now.token());
        }
        CompletionStage<String> fresh = fresh();
        return left.compareTo(STALE) > 0 ? CompletableFuture.completedFuture(now.token()) : fresh;
    }

    @Override
    public synchronized void reject(String token) {
        if (held.token().equals(token)) {
            held = new Held("", Instant.MIN);
            skipCache = true;
        }
    }

    private CompletionStage<String> fresh() {
        CompletableFuture<String> mine;
        synchronized (this) {
            if (asking != null) {
                return asking;
            }
            if (refusal != null && timer.now().isBefore(restUntil)) {
                return CompletableFuture.failedFuture(refusal);
            }
            mine = new CompletableFuture<>();
            asking = mine;
        }
        ask(mine, 1);
        return mine;
    }

    private void ask(CompletableFuture<String> waiting, int attempt) {
        boolean skip;
        synchronized (this) {
            skip = skipCache;
        }
        application.application(skip).whenComplete((result, error) -> {
            if (error == null) {
                granted(waiting, result);
            } else {
                failed(waiting, attempt, failure(error));
            }
        });
    }

    private void granted(CompletableFuture<String> waiting, IAuthenticationResult result) {
        synchronized (this) {
            held = new Held(result.accessToken(), result.expiresOnDate().toInstant());
            asking = null;
            refusal = null;
            skipCache = false;
        }
        waiting.complete(result.accessToken());
    }

    private void failed(CompletableFuture<String> waiting, int attempt, GraphFailure failure) {
        listener.accept(failure);
        if (failure.kind() != GraphFailure.Kind.NO_TOKEN) {
            Duration asked = failure.retryAfter();
            timer.after(asked == null ? backoff.delay(attempt) : asked, () -> ask(waiting, attempt + 1));
            return;
        }
        synchronized (this) {
            asking = null;
            refusal = failure;
            restUntil = timer.now().plus(REST);
        }
        waiting.completeExceptionally(failure);
    }

    private static GraphFailure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof GraphFailure failure
                ? failure
                : new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "internal", cause.toString(), null, cause);
    }
}
