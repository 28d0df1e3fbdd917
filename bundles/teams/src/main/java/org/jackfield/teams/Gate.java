package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jackfield.plugin.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests to Graph through: within the budget, the most important first, none while Graph asked for a pause, and
 * one at a time to feel whether a Graph that failed is back. Nothing waits in a thread. Safe for any thread.
 */
final class Gate implements AutoCloseable {
    /** Every so many grants the one that has waited longest goes, so that nobody starves. */
    private static final int FAIR = 16;

    /** Failures in a row until the gate closes for a while. */
    private static final int PATIENCE = 3;

    private final Timer timer;
    private final TokenBucket bucket;
    private final Backoff backoff;
    private final Map<Priority, ArrayDeque<Waiting>> queues = new EnumMap<>(Priority.class);
    private Instant pausedUntil = Instant.MIN;
    private Instant wakesAt = Instant.MAX;
    private boolean probing;
    private boolean probeUnderWay;
    private boolean closed;
    private int failures;
    private long entered;
    private long granted;

    private record Waiting(long number, BooleanSupplier start) {}

    Gate(Timer timer, TokenBucket bucket, Backoff backoff) {
        this.timer = timer;
        this.bucket = bucket;
        this.backoff = backoff;
        for (Priority priority : Priority.values()) {
            queues.put(priority, new ArrayDeque<>());
        }
    }

    /**
     * Calls {@code start} once it may send one request: now, on this thread, or later on another.
     *
     * @param start must not block; false when it had nothing to send after all
     */
    void enter(Priority priority, BooleanSupplier start) {
        synchronized (this) {
            queue(priority).add(new Waiting(entered++, start));
        }
        drain();
    }

    /** Graph answered and was well. */
    void answered() {
        synchronized (this) {
            failures = 0;
            probing = false;
            probeUnderWay = false;
        }
        drain();
    }

    /** Graph asked for a pause (429, or 503 with Retry-After). */
    void throttled(Duration pause) {
        synchronized (this) {
            pauseUntil(timer.now().plus(pause));
            probing = true;
            probeUnderWay = false;
        }
        drain();
    }

    /** Graph failed or could not be reached. */
    void failed() {
        synchronized (this) {
            failures++;
            probeUnderWay = false;
            if (failures >= PATIENCE) {
                pauseUntil(timer.now().plus(backoff.delay(failures - PATIENCE + 1)));
                probing = true;
            }
        }
        drain();
    }

    /** Failures in a row. */
    synchronized int failures() {
        return failures;
    }

    synchronized int waiting(Priority priority) {
        return queue(priority).size();
    }

    /** How many requests could go right now. */
    synchronized double available() {
        return bucket.available(timer.now());
    }

    @Override
    public synchronized void close() {
        closed = true;
        queues.values().forEach(ArrayDeque::clear);
    }

    private ArrayDeque<Waiting> queue(Priority priority) {
        return queues.computeIfAbsent(priority, p -> new ArrayDeque<>());
    }

    private void pauseUntil(Instant until) {
        if (until.isAfter(pausedUntil)) {
            pausedUntil = until;
        }
    }

    private void drain() {
        for (Waiting next = grant(); next != null; next = grant()) {
            if (!next.start().getAsBoolean()) {
                synchronized (this) {
                    bucket.giveBack();
                    probeUnderWay = false;
                }
            }
        }
    }

    private synchronized @Nullable Waiting grant() {
        ArrayDeque<Waiting> queue = next();
        if (closed || queue == null || (probing && probeUnderWay)) {
            return null;
        }
        Instant now = timer.now();
        if (now.isBefore(pausedUntil)) {
            wake(pausedUntil);
            return null;
        }
        if (!bucket.take(now)) {
            wake(now.plus(bucket.untilNext(now)));
            return null;
        }
        probeUnderWay = probing;
        granted++;
        return queue.poll();
    }

    private @Nullable ArrayDeque<Waiting> next() {
        ArrayDeque<Waiting> best = null;
        Waiting oldest = null;
        for (ArrayDeque<Waiting> queue : queues.values()) {
            Waiting head = queue.peek();
            if (head != null && best == null) {
                best = queue;
                oldest = head;
            } else if (head != null
                    && oldest != null
                    && granted % FAIR == FAIR - 1
                    && head.number() < oldest.number()) {
                best = queue;
                oldest = head;
            }
        }
        return best;
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
