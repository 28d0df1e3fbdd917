package org.jackfield.teams;

import com.microsoft.graph.communications.getpresencesbyuserid.GetPresencesByUserIdPostRequestBody;
import com.microsoft.graph.core.requests.BaseGraphRequestAdapter;
import com.microsoft.graph.core.requests.middleware.GraphTelemetryHandler;
import com.microsoft.graph.models.Presence;
import com.microsoft.graph.models.odataerrors.MainError;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import com.microsoft.graph.users.item.presence.PresenceRequestBuilder;
import com.microsoft.graph.users.item.presence.clearpresence.ClearPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setpresence.SetPresencePostRequestBody;
import com.microsoft.kiota.BaseRequestConfiguration;
import com.microsoft.kiota.PeriodAndDuration;
import com.microsoft.kiota.authentication.AccessTokenProvider;
import com.microsoft.kiota.authentication.AllowedHostsValidator;
import com.microsoft.kiota.authentication.BaseBearerTokenAuthenticationProvider;
import com.microsoft.kiota.http.middleware.ParametersNameDecodingHandler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * {@link PresenceApi} through Microsoft's Graph SDK.
 * The SDK blocks, so its calls run on the link's own executor; its retry handler, which sleeps, is left out. Each
 * request has a client-request-id of its own, where the SDK would give all the same.
 */
final class GraphPresence implements PresenceApi {
    private final GraphServiceClient graph;
    private final String session;
    private final Tokens tokens;
    private final Executor executor;
    private final Timer timer;
    private final TeamsMeters meters;

    GraphPresence(
            Settings settings, OkHttpClient http, Tokens tokens, Executor executor, Timer timer, TeamsMeters meters) {
        this.session = settings.clientId();
        this.tokens = tokens;
        this.executor = executor;
        this.timer = timer;
        this.meters = meters;
        OkHttpClient client = http.newBuilder()
                .addInterceptor(new GraphTelemetryHandler())
                .addInterceptor(new ParametersNameDecodingHandler())
                .addInterceptor(new WireMark.Look())
                .addNetworkInterceptor(new WireMark.Stamp(timer::now))
                .build();
        var adapter = new BaseGraphRequestAdapter(
                new BaseBearerTokenAuthenticationProvider(new Bearer(tokens, settings.graph())),
                settings.graph() + "/v1.0",
                client);
        this.graph = new GraphServiceClient(adapter);
        adapter.setBaseUrl(settings.graph() + "/v1.0");
    }

    /** Gives the SDK the token that is there, for Graph's own host only. */
    private record Bearer(Tokens tokens, URI graph) implements AccessTokenProvider {
        @Override
        public String getAuthorizationToken(URI uri, @Nullable Map<String, Object> context) {
            return graph.getAuthority().equals(uri.getAuthority()) ? tokens.current() : "";
        }

        @Override
        public AllowedHostsValidator getAllowedHostsValidator() {
            return new AllowedHostsValidator(graph.getHost());
        }
    }

    @Override
    public CompletionStage<Integer> set(String user, SessionPair pair, Duration expiry, @Nullable Instant from) {
        return send("setPresence", from, mark -> {
            var body = new SetPresencePostRequestBody();
            body.setSessionId(session);
            body.setAvailability(pair.availability());
            body.setActivity(pair.activity());
            body.setExpirationDuration(PeriodAndDuration.ofDuration(expiry));
            presence(user).setPresence().post(body, mark::on);
            return mark.wire().status();
        });
    }

    @Override
    public CompletionStage<Integer> clear(String user, @Nullable Instant from) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        send("clearPresence", from, mark -> {
                    var body = new ClearPresencePostRequestBody();
                    body.setSessionId(session);
                    presence(user).clearPresence().post(body, mark::on);
                    return mark.wire().status();
                })
                .whenComplete((status, error) -> {
                    if (error instanceof GraphFailure failure && failure.status() == 404) {
                        done.complete(404);
                    } else if (error != null) {
                        done.completeExceptionally(error);
                    } else {
                        done.complete(status);
                    }
                });
        return done;
    }

    @Override
    public CompletionStage<List<Seen>> read(List<String> users) {
        return send("getPresencesByUserId", null, mark -> {
            var body = new GetPresencesByUserIdPostRequestBody();
            body.setIds(new ArrayList<>(users));
            var answer = graph.communications().getPresencesByUserId().post(body, mark::on);
            List<Presence> presences = answer == null ? null : answer.getValue();
            if (presences == null) {
                throw rubbish(mark.wire(), "no list of presences", null);
            }
            return presences.stream()
                    .filter(p -> p != null && p.getId() != null)
                    .map(GraphPresence::seen)
                    .toList();
        });
    }

    /** Loads the SDK's classes before the first agent waits for them; sends nothing. */
    void warmUp() {
        var body = new SetPresencePostRequestBody();
        body.setSessionId(session);
        body.setExpirationDuration(PeriodAndDuration.ofDuration(SessionPair.SHORTEST));
        presence("0").setPresence().toPostRequestInformation(body);
        var clear = new ClearPresencePostRequestBody();
        clear.setSessionId(session);
        presence("0").clearPresence().toPostRequestInformation(clear);
    }

    private PresenceRequestBuilder presence(String user) {
        return graph.users().byUserId(user).presence();
    }

    private static Seen seen(Presence presence) {
        String availability = presence.getAvailability();
        String activity = presence.getActivity();
        return new Seen(
                presence.getId(),
                availability == null ? "PresenceUnknown" : availability,
                activity == null ? "PresenceUnknown" : activity,
                presence.getSequenceNumber());
    }

    /** What one request carries. */
    private record Mark(WireMark wire, String clientRequestId) {
        void on(BaseRequestConfiguration configuration) {
            configuration.options.add(wire);
            configuration.headers.add("client-request-id", clientRequestId);
        }
    }

    @FunctionalInterface
    private interface SdkCall<T> {
        T run(Mark mark) throws GraphFailure;
    }

    private <T> CompletionStage<T> send(String operation, @Nullable Instant from, SdkCall<T> call) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            executor.execute(() -> run(operation, from, call, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(
                    new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "closed", "the link is closed", null, e));
        }
        return done;
    }

    private <T> void run(String operation, @Nullable Instant from, SdkCall<T> call, CompletableFuture<T> done) {
        var mark = new Mark(
                new WireMark(!operation.startsWith("get")), UUID.randomUUID().toString());
        String token = tokens.current();
        T answer;
        try {
            answer = call.run(mark);
            if (mark.wire().odd()) {
                throw rubbish(mark.wire(), "neither nothing nor JSON", null);
            }
        } catch (GraphFailure e) {
            finish(operation, from, mark.wire(), done, null, e);
            return;
        } catch (RuntimeException e) {
            GraphFailure failure = failure(e, mark.wire());
            if (failure.kind() == GraphFailure.Kind.UNAUTHORIZED) {
                tokens.reject(token);
            }
            finish(operation, from, mark.wire(), done, null, failure);
            return;
        }
        finish(operation, from, mark.wire(), done, answer, null);
    }

    private <T> void finish(
            String operation,
            @Nullable Instant from,
            WireMark wire,
            CompletableFuture<T> done,
            @Nullable T answer,
            @Nullable GraphFailure failure) {
        meters.requested(operation, wire.status(), failure);
        if (from != null && wire.sent() != null) {
            meters.onWire(Duration.between(from, wire.sent()));
        }
        if (failure != null) {
            done.completeExceptionally(failure);
        } else {
            done.complete(answer);
        }
    }

    private GraphFailure failure(RuntimeException e, WireMark wire) {
        int status = wire.status();
        Duration after = RetryAfter.of(wire.retryAfter(), timer.now());
        if (status == 0) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "unreachable", cause.toString(), after, e);
        }
        if (status < 300) {
            return rubbish(wire, e.toString(), e);
        }
        GraphFailure.Kind kind = kind(status);
        MainError error = e instanceof ODataError odata ? odata.getError() : null;
        String code = error == null || error.getCode() == null ? "http" : error.getCode();
        String message = error == null || error.getMessage() == null ? "no reason given" : error.getMessage();
        String id = wire.requestId() == null ? "" : " (request-id " + wire.requestId() + ")";
        return new GraphFailure(kind, status, code, message + id, after, e);
    }

    private static GraphFailure.Kind kind(int status) {
        if (status == 429) {
            return GraphFailure.Kind.THROTTLED;
        }
        if (status == 401) {
            return GraphFailure.Kind.UNAUTHORIZED;
        }
        boolean passing = status >= 500 || status == 408 || status < 400;
        return passing ? GraphFailure.Kind.UNAVAILABLE : GraphFailure.Kind.REFUSED;
    }

    private static GraphFailure rubbish(WireMark wire, String found, @Nullable Throwable cause) {
        return new GraphFailure(
                GraphFailure.Kind.RUBBISH,
                wire.status(),
                "rubbish",
                "answer: " + found + " (expected: a Graph answer)",
                null,
                cause);
    }
}
