package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jackfield.plugin.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one application may send to Graph, over all tenants and links: a line for each tenant and class of
 * request, served in turn so that none starves another, and one bound over all of them. Nothing waits in a thread. Safe
 * for any thread; requests start outside the lock.
 */
final class Budget {
    /** Every so many grants the one that has waited longest goes, so that nobody starves. */
    private static final int FAIR = 16;

    /** Failures in a row until a line closes for a while. */
    private static final int PATIENCE = 3;

    /** How long after a read another is expected, and writes leave it to that one to feel whether Graph is back. */
    private static final Duration READS_COME = Duration.ofSeconds(5);

    /** How long a request that feels the way is waited for, unless the gate says otherwise. */
    private static final Duration FEEL = Duration.ofSeconds(1);

    private final Timer timer;
    private final Backoff backoff;
    private final TokenBucket whole;
    private final List<Line> lines = new ArrayList<>();
    private int turn;
    private Instant wakesAt = Instant.MAX;

    private record Waiting(long number, Object owner, BooleanSupplier start) {}

    private record Granted(Line line, Priority priority, BooleanSupplier start) {}

    /** How a line stands, for operators. */
    record Standing(
            String tenant,
            String kind,
            Limit limit,
            int used,
            int most,
            Map<Priority, Integer> usedBy,
            Map<Priority, Integer> waitingBy,
            Duration paused) {}

    /** @param whole what the application may send to all tenants together */
    Budget(Timer timer, Backoff backoff, Limit whole) {
        this.timer = timer;
        this.backoff = backoff;
        this.whole = whole.bucket(timer.now());
    }

    synchronized Gate gate(String tenant, String kind, Limit limit) {
        return gate(tenant, kind, limit, FEEL);
    }

    /**
     * A gate to the line of {@code tenant} and {@code kind}; two gates of one line share its budget and its pauses, and
     * the stricter limit counts.
     *
     * @param feel after which time without an answer another request may feel whether Graph is back; the longest counts
     */
    synchronized Gate gate(String tenant, String kind, Limit limit, Duration feel) {
        for (Line line : lines) {
            if (line.tenant.equals(tenant) && line.kind.equals(kind)) {
                line.join(limit, timer.now());
                line.feel = feel.compareTo(line.feel) > 0 ? feel : line.feel;
                return new Gate(this, line);
            }
        }
        Line line = new Line(tenant, kind, limit, timer.now());
        line.owners = 1;
        line.feel = feel;
        lines.add(line);
        return new Gate(this, line);
    }

    synchronized List<Standing> standings() {
        Instant now = timer.now();
        return lines.stream().map(line -> line.standing(now)).toList();
    }

    /** The requests of one tenant and class. Guarded by the budget's lock. */
    static final class Line {
        private final String tenant;
        private final String kind;
        private final Map<Priority, ArrayDeque<Waiting>> queues = new EnumMap<>(Priority.class);
        private Limit limit;
        private TokenBucket bucket;
        private Usage usage;
        private int owners;
        private Instant pausedUntil = Instant.MIN;
        private boolean probing;
        private Duration feel = FEEL;
        private Instant probeSent = Instant.MIN;
        private Instant probeUntil = Instant.MIN;
        private Instant lastRead = Instant.MIN;
        private int failures;
        private long entered;
        private long granted;

        private Line(String tenant, String kind, Limit limit, Instant now) {
            this.tenant = tenant;
            this.kind = kind;
            this.limit = limit;
            this.bucket = limit.bucket(now);
            this.usage = new Usage(limit.window());
            for (Priority priority : Priority.values()) {
                queues.put(priority, new ArrayDeque<>());
            }
        }

        private void join(Limit other, Instant now) {
            Limit next = owners == 0 ? other : limit.stricter(other);
            owners++;
            if (!next.equals(limit)) {
                double left = bucket.available(now);
                limit = next;
                bucket = next.bucket(now);
                bucket.keepAtMost(left, now);
                usage = new Usage(next.window());
            }
        }

        private ArrayDeque<Waiting> queue(Priority priority) {
            return Objects.requireNonNull(queues.get(priority));
        }

        private void pauseUntil(Instant until) {
            if (until.isAfter(pausedUntil)) {
                pausedUntil = until;
            }
        }

        /** When the next request may go; never when there is none. */
        private Instant ready(Instant now) {
            if (next() == null) {
                return Instant.MAX;
            }
            Instant earliest = pausedUntil;
            if (probing && probeUntil.isAfter(earliest)) {
                earliest = probeUntil;
            }
            if (feeling() && queue(Priority.SWEEP).isEmpty()) {
                Instant patient = lastRead.plus(READS_COME);
                earliest = patient.isAfter(earliest) ? patient : earliest;
            }
            return now.isBefore(earliest) ? earliest : now.plus(bucket.untilNext(now));
        }

        /** Graph failed again and again: what is sent now may never be answered, which does least harm to a read. */
        private boolean feeling() {
            return probing && failures >= PATIENCE;
        }

        private Granted grant(Instant now) {
            Priority priority = Objects.requireNonNull(next());
            boolean taken = bucket.take(now);
            if (!taken) {
                throw new IllegalStateException("a line was ready without a token");
            }
            Waiting first = Objects.requireNonNull(queue(priority).poll());
            if (probing) {
                probeSent = now;
                probeUntil = now.plus(feel);
            }
            if (priority == Priority.SWEEP) {
                lastRead = now;
            }
            granted++;
            usage.add(priority, now);
            return new Granted(this, priority, first.start());
        }

        private @Nullable Priority next() {
            if (feeling() && !queue(Priority.SWEEP).isEmpty()) {
                return Priority.SWEEP;
            }
            Priority best = null;
            long oldest = Long.MAX_VALUE;
            boolean byAge = granted % FAIR == FAIR - 1;
            for (Priority priority : Priority.values()) {
                Waiting head = queue(priority).peek();
                if (head != null && (best == null || (byAge && head.number() < oldest))) {
                    best = priority;
                    oldest = head.number();
                }
            }
            return best;
        }

        private Standing standing(Instant now) {
            Map<Priority, Integer> waiting = new EnumMap<>(Priority.class);
            queues.forEach((priority, queue) -> waiting.put(priority, queue.size()));
            Duration paused = now.isBefore(pausedUntil) ? Duration.between(now, pausedUntil) : Duration.ZERO;
            return new Standing(
                    tenant, kind, limit, usage.total(now), usage.most(), usage.byPriority(now), waiting, paused);
        }
    }

    void enter(Line line, Object owner, Priority priority, BooleanSupplier start) {
        synchronized (this) {
            line.queue(priority).add(new Waiting(line.entered++, owner, start));
        }
        drain();
    }

    void answered(Line line) {
        synchronized (this) {
            line.failures = 0;
            line.probing = false;
            line.probeUntil = Instant.MIN;
        }
        drain();
    }

    void throttled(Line line, Duration pause) {
        synchronized (this) {
            line.pauseUntil(timer.now().plus(pause));
            line.probing = true;
            line.probeUntil = Instant.MIN;
        }
        drain();
    }

    /** @param sent when the request was; the pause is counted from then, so that one without an answer adds none */
    void failed(Line line, Instant sent) {
        synchronized (this) {
            line.failures++;
            if (!sent.isBefore(line.probeSent)) {
                line.probeUntil = Instant.MIN;
            }
            if (line.failures >= PATIENCE) {
                line.pauseUntil(sent.plus(backoff.delay(line.failures - PATIENCE + 1)));
                line.probing = true;
            }
        }
        drain();
    }

    synchronized int failures(Line line) {
        return line.failures;
    }

    synchronized int waiting(Line line, Priority priority) {
        return line.queue(priority).size();
    }

    synchronized double available(Line line) {
        return line.bucket.available(timer.now());
    }

    synchronized int used(Line line) {
        return line.usage.total(timer.now());
    }

    synchronized Standing standing(Line line) {
        return line.standing(timer.now());
    }

    void leave(Line line, Object owner) {
        synchronized (this) {
            line.queues.values().forEach(queue -> queue.removeIf(w -> w.owner() == owner));
            line.owners = Math.max(0, line.owners - 1);
            // what it had under way will never be answered
            line.probeUntil = Instant.MIN;
        }
        drain();
    }

    Instant now() {
        return timer.now();
    }

    private void drain() {
        for (Granted next = grant(); next != null; next = grant()) {
            if (!next.start().getAsBoolean()) {
                giveBack(next);
            }
        }
    }

    private synchronized void giveBack(Granted granted) {
        granted.line().bucket.giveBack();
        granted.line().usage.remove(granted.priority(), timer.now());
        granted.line().probeUntil = Instant.MIN;
        whole.giveBack();
    }

    private synchronized @Nullable Granted grant() {
        Instant now = timer.now();
        Instant earliest = Instant.MAX;
        int size = lines.size();
        for (int i = 0; i < size; i++) {
            int at = (turn + i) % size;
            Line line = lines.get(at);
            Instant ready = line.ready(now);
            if (!ready.isAfter(now)) {
                if (!whole.take(now)) {
                    earliest = now.plus(whole.untilNext(now));
                    break;
                }
                turn = (at + 1) % size;
                return line.grant(now);
            }
            earliest = ready.isBefore(earliest) ? ready : earliest;
        }
        if (!earliest.equals(Instant.MAX)) {
            wake(earliest);
        }
        return null;
    }

    private void wake(Instant at) {
        if (!at.isBefore(wakesAt)) {
            return;
        }
        wakesAt = at;
        timer.after(Duration.between(timer.now(), at), () -> {
            synchronized (this) {
                if (wakesAt.equals(at)) {
                    wakesAt = Instant.MAX;
                }
            }
            drain();
        });
    }
}
