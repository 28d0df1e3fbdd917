package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.PresenceBook;
import org.jspecify.annotations.Nullable;

/** Graph in memory: keeps what it was asked, answers at once unless told to wait or to fail. */
final class FakeApi implements PresenceApi {
    /** One request. */
    record Request(
            String operation,
            String user,
            @Nullable SessionPair pair,
            @Nullable Duration expiry,
            Instant at) {}

    private static final String SESSION = "host";

    final List<Request> requests = new ArrayList<>();
    /** False to remember nothing of what was asked. */
    boolean keep = true;

    long writes;
    /** When any request came, reads too. */
    final List<Instant> sent = new ArrayList<>();

    final List<List<String>> reads = new ArrayList<>();
    final Map<String, SessionPair> sessions = new HashMap<>();
    final Map<String, Seen> shown = new HashMap<>();
    final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    /** Gives the failure of a request, or null when it shall succeed. */
    Function<Request, @Nullable GraphFailure> fault = request -> null;

    /** How long a request takes. */
    Function<Request, Duration> latency = request -> Duration.ZERO;

    Function<List<String>, @Nullable GraphFailure> readFault = users -> null;
    /** How long a read takes. */
    Function<List<String>, Duration> readLatency = users -> Duration.ZERO;

    /** Where what is written takes effect and what is read is looked up, by the twin's rules; null for {@link #shown}. */
    @Nullable
    PresenceBook book;

    /** True to do what was asked also when the answer is a failure. */
    boolean doneAllTheSame;

    /** True to keep every answer back until {@link #answer}. */
    boolean slow;

    private final Timer timer;

    FakeApi(Timer timer) {
        this.timer = timer;
    }

    static GraphFailure failure(GraphFailure.Kind kind, int status, @Nullable Duration after) {
        return new GraphFailure(kind, status, "code" + status, "message", after, null);
    }

    @Override
    public CompletionStage<Receipt> set(String user, SessionPair pair, Duration expiry, @Nullable Instant from) {
        return answer(new Request("set", user, pair, expiry, timer.now()));
    }

    @Override
    public CompletionStage<Receipt> clear(String user, @Nullable Instant from) {
        return answer(new Request("clear", user, null, null, timer.now()));
    }

    private CompletionStage<Receipt> answer(Request request) {
        writes++;
        if (keep) {
            requests.add(request);
            sent.add(timer.now());
        }
        GraphFailure failure = fault.apply(request);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        Duration wait = latency.apply(request);
        if (slow) {
            waiting.add(gate);
        } else if (!wait.isZero()) {
            timer.after(wait, () -> gate.complete(null));
        } else {
            gate.complete(null);
        }
        CompletableFuture<Receipt> done = new CompletableFuture<>();
        gate.thenRun(() -> {
            if (failure != null) {
                if (doneAllTheSame) {
                    inBook(request);
                }
                done.completeExceptionally(failure);
                return;
            }
            inBook(request);
            if (!keep) {
                done.complete(new Receipt(200, "request-" + writes));
                return;
            }
            SessionPair before = request.pair() == null
                    ? sessions.remove(request.user())
                    : sessions.put(request.user(), request.pair());
            done.complete(
                    new Receipt(request.pair() == null && before == null ? 404 : 200, "request-" + requests.size()));
        });
        return done;
    }

    private void inBook(Request request) {
        SessionPair pair = request.pair();
        if (book != null && pair != null && request.expiry() != null) {
            book.setSession(request.user(), SESSION, new Pair(pair.availability(), pair.activity()), request.expiry());
        } else if (book != null) {
            book.clearSession(request.user(), SESSION);
        }
    }

    private @Nullable Seen seen(String user) {
        return book == null
                ? shown.get(user)
                : book.read(user, Duration.ZERO)
                        .map(p -> new Seen(user, p.availability(), p.activity(), p.sequenceNumber()))
                        .orElse(null);
    }

    final Map<String, PreferredPair> preferred = new HashMap<>();
    final Map<String, String> messages = new HashMap<>();

    @Override
    public CompletionStage<Receipt> prefer(
            String user, @Nullable PreferredPair pair, Duration expiry, @Nullable Instant from) {
        requests.add(new Request("prefer", user, null, expiry, timer.now()));
        if (pair == null) {
            preferred.remove(user);
        } else {
            preferred.put(user, pair);
        }
        return CompletableFuture.completedFuture(new Receipt(200, null));
    }

    @Override
    public CompletionStage<Receipt> say(String user, String message, Instant until, @Nullable Instant from) {
        requests.add(new Request("say", user, null, null, timer.now()));
        messages.put(user, message);
        return CompletableFuture.completedFuture(new Receipt(200, null));
    }

    @Override
    public CompletionStage<Seen> one(String user) {
        Seen seen = shown.get(user);
        return seen == null
                ? CompletableFuture.failedFuture(failure(GraphFailure.Kind.REFUSED, 404, null))
                : CompletableFuture.completedFuture(seen);
    }

    @Override
    public CompletionStage<Receipt> probe(String user) {
        return CompletableFuture.completedFuture(new Receipt(404, null));
    }

    /** Answers the oldest request that waits. */
    void answer() {
        waiting.remove(0).complete(null);
    }

    @Override
    public CompletionStage<List<Seen>> read(List<String> users) {
        if (keep) {
            reads.add(List.copyOf(users));
            sent.add(timer.now());
        }
        GraphFailure failure = readFault.apply(users);
        CompletableFuture<List<Seen>> done = new CompletableFuture<>();
        List<Seen> found = failure == null ? found(users) : List.of();
        Runnable end = () -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                done.complete(found);
            }
        };
        Duration wait = readLatency.apply(users);
        if (wait.isZero()) {
            end.run();
        } else {
            timer.after(wait, end);
        }
        return done;
    }

    private List<Seen> found(List<String> users) {
        List<Seen> found = new ArrayList<>();
        for (String user : users) {
            Seen seen = seen(user);
            if (seen != null) {
                // new strings for each read, as a parser makes them
                found.add(
                        keep
                                ? seen
                                : new Seen(
                                        user,
                                        new StringBuilder(seen.availability()).toString(),
                                        new StringBuilder(seen.activity()).toString(),
                                        new StringBuilder("A" + seen.sequenceNumber()).toString()));
            }
        }
        return found;
    }

    /** What Teams shows from now on. */
    void show(String user, String availability, String activity, @Nullable String sequence) {
        shown.put(user, new Seen(user, availability, activity, sequence));
    }
}
