package org.jackfield.teams;

import com.microsoft.graph.communications.getpresencesbyuserid.GetPresencesByUserIdPostRequestBody;
import com.microsoft.graph.core.requests.BaseGraphRequestAdapter;
import com.microsoft.graph.core.requests.middleware.GraphTelemetryHandler;
import com.microsoft.graph.models.BodyType;
import com.microsoft.graph.models.DateTimeTimeZone;
import com.microsoft.graph.models.ItemBody;
import com.microsoft.graph.models.Presence;
import com.microsoft.graph.models.PresenceStatusMessage;
import com.microsoft.graph.models.odataerrors.MainError;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import com.microsoft.graph.users.item.presence.PresenceRequestBuilder;
import com.microsoft.graph.users.item.presence.clearpresence.ClearPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setpresence.SetPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setstatusmessage.SetStatusMessagePostRequestBody;
import com.microsoft.graph.users.item.presence.setuserpreferredpresence.SetUserPreferredPresencePostRequestBody;
import com.microsoft.kiota.BaseRequestConfiguration;
import com.microsoft.kiota.PeriodAndDuration;
import com.microsoft.kiota.authentication.AccessTokenProvider;
import com.microsoft.kiota.authentication.AllowedHostsValidator;
import com.microsoft.kiota.authentication.BaseBearerTokenAuthenticationProvider;
import com.microsoft.kiota.http.middleware.ParametersNameDecodingHandler;
import com.microsoft.kiota.serialization.JsonSerializationWriter;
import com.microsoft.kiota.serialization.Parsable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * {@link PresenceApi} through Microsoft's Graph SDK.
 * The SDK blocks, so its calls run on the link's own executor; its retry handler, which sleeps, is left out. Each
 * request has a client-request-id of its own, where the SDK would give all the same. Writes that had to wait for a thread
 * go together, as one JSON batch.
 */
final class GraphPresence implements PresenceApi {
    /** The shortest time from one request of writes to the next. */
    private static final long GATHER_NANOS = Duration.ofMillis(10).toNanos();

    private final OkHttpClient client;
    private final BaseGraphRequestAdapter adapter;
    private final GraphServiceClient graph;
    private final String session;
    private final Tokens tokens;
    private final Executor executor;
    private final Timer timer;
    private final TeamsMeters meters;
    private final PresenceBatch batch;
    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean gathering = new AtomicBoolean();
    /** By {@link System#nanoTime}; written by the thread that gathers. */
    private volatile long lastSent = System.nanoTime() - GATHER_NANOS;

    /**
     * A write that waits for a thread.
     *
     * @param action of the presence resource, for example {@code setPresence}
     * @param body makes one for each use, since the SDK writes only what has changed since it last wrote it; null for none
     * @param single the same by the SDK alone
     */
    private record Write(
            String user,
            String action,
            @Nullable Supplier<Parsable> body,
            SdkCall<Receipt> single,
            @Nullable Instant from,
            CompletableFuture<Receipt> done) {
        PresenceBatch.Item item() throws IOException {
            String path = new HttpUrl.Builder()
                    .scheme("https")
                    .host("graph")
                    .addPathSegment("users")
                    .addPathSegment(user)
                    .addPathSegment("presence")
                    .addPathSegment(action)
                    .build()
                    .encodedPath();
            if (body == null) {
                return new PresenceBatch.Item(path, "");
            }
            try (var writer = new JsonSerializationWriter()) {
                writer.writeObjectValue(null, body.get());
                byte[] json = writer.getSerializedContent().readAllBytes();
                return new PresenceBatch.Item(path, new String(json, StandardCharsets.UTF_8));
            }
        }
    }

    GraphPresence(
            Settings settings, OkHttpClient http, Tokens tokens, Executor executor, Timer timer, TeamsMeters meters) {
        this.session = settings.clientId();
        this.tokens = tokens;
        this.executor = executor;
        this.timer = timer;
        this.meters = meters;
        this.client = http.newBuilder()
                .addInterceptor(new GraphTelemetryHandler())
                .addInterceptor(new ParametersNameDecodingHandler())
                .addInterceptor(new WireMark.Look())
                .addNetworkInterceptor(new WireMark.Stamp(timer::now))
                .build();
        this.adapter = new BaseGraphRequestAdapter(
                new BaseBearerTokenAuthenticationProvider(new Bearer(tokens, settings.graph())),
                settings.graph() + "/v1.0",
                client);
        this.graph = new GraphServiceClient(adapter);
        this.batch = new PresenceBatch(client, settings.graph());
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
    public CompletionStage<Receipt> set(String user, SessionPair pair, Duration expiry, @Nullable Instant from) {
        var builder = presence(user).setPresence();
        return write(user, "setPresence", () -> body(pair, expiry), from, mark -> {
            builder.post(body(pair, expiry), mark::on);
            return mark.receipt();
        });
    }

    /** A new one for each use: the SDK writes only what has changed since it last wrote it. */
    private SetPresencePostRequestBody body(SessionPair pair, Duration expiry) {
        var body = new SetPresencePostRequestBody();
        body.setSessionId(session);
        body.setAvailability(pair.availability());
        body.setActivity(pair.activity());
        body.setExpirationDuration(PeriodAndDuration.ofDuration(expiry));
        return body;
    }

    @Override
    public CompletionStage<Receipt> clear(String user, @Nullable Instant from) {
        var builder = presence(user).clearPresence();
        return forgiving(write(user, "clearPresence", this::body, from, mark -> {
            builder.post(body(), mark::on);
            return mark.receipt();
        }));
    }

    private ClearPresencePostRequestBody body() {
        var body = new ClearPresencePostRequestBody();
        body.setSessionId(session);
        return body;
    }

    @Override
    public CompletionStage<Receipt> prefer(
            String user, @Nullable PreferredPair pair, Duration expiry, @Nullable Instant from) {
        if (pair == null) {
            var builder = presence(user).clearUserPreferredPresence();
            return forgiving(write(user, "clearUserPreferredPresence", null, from, mark -> {
                builder.post(mark::on);
                return mark.receipt();
            }));
        }
        var builder = presence(user).setUserPreferredPresence();
        return write(user, "setUserPreferredPresence", () -> body(pair, expiry), from, mark -> {
            builder.post(body(pair, expiry), mark::on);
            return mark.receipt();
        });
    }

    private static SetUserPreferredPresencePostRequestBody body(PreferredPair pair, Duration expiry) {
        var body = new SetUserPreferredPresencePostRequestBody();
        body.setAvailability(pair.availability());
        body.setActivity(pair.activity());
        body.setExpirationDuration(PeriodAndDuration.ofDuration(expiry));
        return body;
    }

    @Override
    public CompletionStage<Receipt> say(String user, String message, Instant until, @Nullable Instant from) {
        var builder = presence(user).setStatusMessage();
        return write(user, "setStatusMessage", () -> body(message, until), from, mark -> {
            builder.post(body(message, until), mark::on);
            return mark.receipt();
        });
    }

    private static SetStatusMessagePostRequestBody body(String message, Instant until) {
        var content = new ItemBody();
        content.setContent(message);
        content.setContentType(BodyType.Text);
        var status = new PresenceStatusMessage();
        status.setMessage(content);
        if (!message.isEmpty()) {
            var expiry = new DateTimeTimeZone();
            expiry.setDateTime(until.truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ""));
            expiry.setTimeZone("UTC");
            status.setExpiryDateTime(expiry);
        }
        var body = new SetStatusMessagePostRequestBody();
        body.setStatusMessage(status);
        return body;
    }

    @Override
    public CompletionStage<Seen> one(String user) {
        return send("getPresence", null, mark -> {
            Presence presence = presence(user).get(mark::on);
            String id = presence == null ? null : presence.getId();
            if (presence == null || id == null) {
                throw rubbish(mark.wire(), "no presence", null);
            }
            return Seen.of(id, presence.getAvailability(), presence.getActivity(), presence.getSequenceNumber());
        });
    }

    @Override
    public CompletionStage<Receipt> probe(String user) {
        var body = new ClearPresencePostRequestBody();
        body.setSessionId(UUID.randomUUID().toString());
        return forgiving(send("probe", null, mark -> {
            presence(user).clearPresence().post(body, mark::on);
            return mark.receipt();
        }));
    }

    /** What is not there need not be cleared. */
    private static CompletionStage<Receipt> forgiving(CompletionStage<Receipt> write) {
        CompletableFuture<Receipt> done = new CompletableFuture<>();
        write.whenComplete((receipt, error) -> {
            if (error instanceof GraphFailure failure && failure.status() == 404) {
                done.complete(new Receipt(404, failure.requestId()));
            } else if (error != null) {
                done.completeExceptionally(error);
            } else {
                done.complete(receipt);
            }
        });
        return done;
    }

    private CompletionStage<Receipt> write(
            String user,
            String action,
            @Nullable Supplier<Parsable> body,
            @Nullable Instant from,
            SdkCall<Receipt> single) {
        var write = new Write(user, action, body, single, from, new CompletableFuture<>());
        writes.add(write);
        again();
        return write.done();
    }

    private void again() {
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException e) {
            for (Write write = writes.poll(); write != null; write = writes.poll()) {
                write.done().completeExceptionally(closed(e));
            }
        }
    }

    private static GraphFailure closed(RejectedExecutionException e) {
        return new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "closed", "the link is closed", null, e);
    }

    /**
     * Sends what waits for a thread: one write by itself at once, several together. While writes come quickly, one thread
     * lets some gather, for a request costs both sides several times what one more item in it does.
     */
    private void drain() {
        if (writes.isEmpty() || !gathering.compareAndSet(false, true)) {
            return; // the thread that gathers takes this one's write along
        }
        long wait = lastSent + GATHER_NANOS - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
        if (!writes.isEmpty()) {
            lastSent = System.nanoTime();
        }
        gathering.set(false); // before the queue is emptied: what comes from now on has a thread of its own
        List<Write> taken = new ArrayList<>(PresenceBatch.MOST);
        while (taken.size() < PresenceBatch.MOST) {
            Write next = writes.poll();
            if (next == null) {
                break;
            }
            taken.add(next);
        }
        if (taken.size() == PresenceBatch.MOST) {
            again();
        }
        if (taken.size() == 1) {
            Write only = taken.get(0);
            run(only.action(), only.from(), only.single(), only.done());
        } else if (!taken.isEmpty()) {
            try {
                together(taken);
            } catch (RuntimeException e) {
                taken.forEach(write -> write.done().completeExceptionally(unreachable(e)));
            }
        }
    }

    private void together(List<Write> some) {
        String token = tokens.current();
        List<PresenceBatch.Item> items = new ArrayList<>(some.size());
        try {
            for (Write write : some) {
                items.add(write.item());
            }
        } catch (IOException e) {
            some.forEach(write -> write.done().completeExceptionally(unreachable(e)));
            return;
        }
        PresenceBatch.Answer answer = batch.send(items, token);
        meters.batched(some.size());
        boolean rejected = false;
        for (int i = 0; i < some.size(); i++) {
            Write write = some.get(i);
            GraphFailure failure = answer.failure() != null
                    ? unreachable(answer.failure())
                    : failure(answer.results().get(i));
            int status = answer.failure() != null ? 0 : answer.results().get(i).status();
            String requestId =
                    answer.failure() != null ? null : answer.results().get(i).requestId();
            rejected |= failure != null && failure.kind() == GraphFailure.Kind.UNAUTHORIZED;
            var receipt = new Receipt(status, requestId);
            finish(write.action(), write.from(), answer.wire().sent(), status, write.done(), receipt, failure);
        }
        if (rejected) {
            tokens.reject(token);
        }
    }

    private static GraphFailure unreachable(Exception e) {
        return new GraphFailure(GraphFailure.Kind.UNAVAILABLE, 0, "unreachable", e.toString(), null, e);
    }

    /** Null for a success. */
    private @Nullable GraphFailure failure(GraphAnswer.Result result) {
        int status = result.status();
        if (status >= 200 && status < 300) {
            return null;
        }
        GraphFailure.Kind kind = status == 0 ? GraphFailure.Kind.RUBBISH : kind(status);
        return new GraphFailure(
                        kind,
                        status,
                        result.code(),
                        result.message(),
                        RetryAfter.of(result.retryAfter(), timer.now()),
                        null)
                .of(result.requestId());
    }

    /** The request is the SDK's, its answer is not: as objects of the SDK it would cost the heap more than all else. */
    @Override
    public CompletionStage<List<Seen>> read(List<String> users) {
        return send("getPresencesByUserId", null, mark -> {
            var body = new GetPresencesByUserIdPostRequestBody();
            body.setIds(new ArrayList<>(users));
            var request = graph.communications().getPresencesByUserId().toPostRequestInformation(body, mark::on);
            Request ready = adapter.convertToNativeRequest(request);
            try (Response response = client.newCall(ready).execute()) {
                GraphFailure failure = response.isSuccessful() ? null : failure(GraphAnswer.failed(response));
                if (failure != null) {
                    throw failure;
                }
                ResponseBody answer = response.body();
                if (answer == null) {
                    throw rubbish(mark.wire(), "no list of presences", null);
                }
                return GraphAnswer.presences(answer.charStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
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

    /** What one request carries. */
    private record Mark(WireMark wire, String clientRequestId) {
        Receipt receipt() {
            return new Receipt(wire.status(), wire.requestId());
        }

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
            done.completeExceptionally(closed(e));
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
            failed(operation, from, mark, token, done, e);
            return;
        } catch (RuntimeException e) {
            failed(operation, from, mark, token, done, failure(e, mark.wire()));
            return;
        }
        finish(operation, from, mark.wire().sent(), mark.wire().status(), done, answer, null);
    }

    private <T> void failed(
            String operation,
            @Nullable Instant from,
            Mark mark,
            String token,
            CompletableFuture<T> done,
            GraphFailure failure) {
        if (failure.kind() == GraphFailure.Kind.UNAUTHORIZED) {
            tokens.reject(token);
        }
        finish(operation, from, mark.wire().sent(), mark.wire().status(), done, null, failure);
    }

    private <T> void finish(
            String operation,
            @Nullable Instant from,
            @Nullable Instant sent,
            int status,
            CompletableFuture<T> done,
            @Nullable T answer,
            @Nullable GraphFailure failure) {
        meters.requested(operation, status, failure);
        if (from != null && sent != null) {
            meters.onWire(Duration.between(from, sent));
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
        return new GraphFailure(kind, status, code, message + id, after, e).of(wire.requestId());
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
