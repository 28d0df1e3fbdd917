package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Lets one link's requests of one class through to Graph: within the budget, the most important first, none while Graph
 * asked for a pause, and one at a time, first of all a read, to feel
 * whether a Graph that failed is back. Safe for any thread; nothing waits.
 */
final class Gate implements AutoCloseable {
    private final Budget budget;
    private final Budget.Line line;
    private volatile boolean closed;

    Gate(Budget budget, Budget.Line line) {
        this.budget = budget;
        this.line = line;
    }

    /**
     * Calls {@code start} once it may send one request: now, on this thread, or later on another.
     *
     * @param start must not block; false when it had nothing to send after all
     */
    void enter(Priority priority, BooleanSupplier start) {
        if (closed) {
            return;
        }
        budget.enter(line, this, priority, start);
    }

    /** Graph answered and was well. */
    void answered() {
        budget.answered(line);
    }

    /** Graph asked for a pause (429, or 503 with Retry-After). */
    void throttled(Duration pause) {
        budget.throttled(line, pause);
    }

    /**
     * Graph failed or could not be reached.
     *
     * @param sent when the request was
     */
    void failed(Instant sent) {
        budget.failed(line, sent);
    }

    Instant now() {
        return budget.now();
    }

    /** Failures in a row. */
    int failures() {
        return budget.failures(line);
    }

    int waiting(Priority priority) {
        return budget.waiting(line, priority);
    }

    /** How many requests could go right now. */
    double available() {
        return budget.available(line);
    }

    /** How many requests went in the last window, of all links that share the line. */
    int used() {
        return budget.used(line);
    }

    Budget.Standing standing() {
        return budget.standing(line);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        budget.leave(line, this);
    }
}
