package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one way to Graph: a token first, then the gate, then the request; gate and health learn how it went before the
 * caller does, so that what the caller sends next already obeys. Nothing blocks; safe for any thread.
 */
final class GraphDesk {
    /** The pause when Graph says 429 without Retry-After. */
    private static final Duration UNNAMED = Duration.ofSeconds(5);

    private final Tokens tokens;
    private final Gate gate;
    private final LinkHealth health;
    /** When the latest request was sent that Graph has answered well. */
    private Instant answered = Instant.MIN;

    private volatile Runnable recovered = () -> {};

    GraphDesk(Tokens tokens, Gate gate, LinkHealth health) {
        this.tokens = tokens;
        this.gate = gate;
        this.health = health;
    }

    /** Calls {@code listener} whenever Graph answers again after it had failed; it must not block. */
    void whenBack(Runnable listener) {
        recovered = listener;
    }

    /**
     * @param request makes the request once it may be sent; null when there is nothing to send any more, and then {@code
     *     done} is not called
     * @param done called once with the answer or the failure
     */
    <T> void call(
            Priority priority,
            String operation,
            Supplier<@Nullable CompletionStage<T>> request,
            BiConsumer<@Nullable T, @Nullable GraphFailure> done) {
        tokens.token().whenComplete((token, error) -> {
            if (error != null) {
                GraphFailure failure = failure(error);
                done.accept(null, failure);
            } else {
                gate.enter(priority, () -> start(operation, request, done));
            }
        });
    }

    private <T> boolean start(
            String operation,
            Supplier<@Nullable CompletionStage<T>> request,
            BiConsumer<@Nullable T, @Nullable GraphFailure> done) {
        Instant sent = gate.now();
        CompletionStage<T> under = request.get();
        if (under == null) {
            return false;
        }
        under.whenComplete((answer, error) -> {
            if (error == null) {
                answered(sent);
                boolean back = gate.failures() > 0;
                gate.answered();
                if (back) {
                    recovered.run();
                }
                health.answered(!operation.startsWith("get"));
                done.accept(answer, null);
            } else {
                GraphFailure failure = failure(error);
                if (!overtaken(failure, sent)) {
                    report(operation, failure, sent);
                }
                done.accept(null, failure);
            }
        });
        return true;
    }

    private synchronized void answered(Instant sent) {
        answered = sent.isAfter(answered) ? sent : answered;
    }

    private synchronized boolean answeredAfter(Instant sent) {
        return answered.isAfter(sent);
    }

    /** True for a request without an answer when a later one has got its own: it says nothing about Graph now. */
    private boolean overtaken(GraphFailure failure, Instant sent) {
        return failure.status() == 0 && failure.kind() == GraphFailure.Kind.UNAVAILABLE && answeredAfter(sent);
    }

    private void report(String operation, GraphFailure failure, Instant sent) {
        health.failed(operation, failure);
        Duration asked = failure.retryAfter();
        switch (failure.kind()) {
            case THROTTLED -> gate.throttled(jittered(asked == null ? UNNAMED : asked));
            case UNAVAILABLE, RUBBISH, NO_TOKEN -> {
                if (asked == null) {
                    gate.failed(sent);
                } else {
                    gate.throttled(jittered(asked));
                }
            }
            case UNAUTHORIZED -> gate.failed(sent);
            case REFUSED -> gate.answered();
        }
    }

    /** A little later than asked, so that not all of Graph's clients come back in the same moment. */
    private static Duration jittered(Duration asked) {
        return asked.plusMillis(ThreadLocalRandom.current().nextLong(1, 250));
    }

    private static GraphFailure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof GraphFailure failure
                ? failure
                : new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "internal", cause.toString(), null, cause);
    }
}
