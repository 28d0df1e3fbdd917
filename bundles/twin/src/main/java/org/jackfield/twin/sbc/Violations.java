package org.jackfield.twin.sbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.twin.TwinLog;

/** What the host did that Teams would not take, by the assertion it breaks. Thread-safe; keeps the first 10,000. */
public final class Violations {
    private static final int KEEP = 10_000;

    /**
     * One violation.
     *
     * @param rule an assertion such as {@code DR-58}, or the section of an RFC
     * @param message the start line of the message at fault, empty when one is missing
     */
    public record Violation(long n, String rule, String what, String message, String callId) {}

    private final List<Violation> found = new ArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final TwinLog log;

    public Violations(TwinLog log) {
        this.log = log;
    }

    public void add(String rule, String what, String message, String callId) {
        long n = count.incrementAndGet();
        log.note("sbc", "violation " + rule, "what", what, "message", message, "callId", callId);
        synchronized (found) {
            if (found.size() < KEEP) {
                found.add(new Violation(n, rule, what, message, callId));
            }
        }
    }

    public List<Violation> list() {
        synchronized (found) {
            return List.copyOf(found);
        }
    }

    public long count() {
        return count.get();
    }

    /** Starts a new list. */
    public void clear() {
        synchronized (found) {
            found.clear();
            count.set(0);
        }
    }
}
