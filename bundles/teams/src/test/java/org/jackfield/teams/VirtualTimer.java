package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import org.jackfield.plugin.Registration;

/** Time that stands still until a test moves it; tasks run on the thread that moves it. */
final class VirtualTimer implements Timer {
    static final Instant START = Instant.parse("2026-01-01T08:00:00Z");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private Instant now = START;
    private long planned;

    private record Task(Instant at, long number, Runnable run) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized Registration after(Duration delay, Runnable run) {
        var task = new Task(now.plus(delay.isNegative() ? Duration.ZERO : delay), planned++, run);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    /** Lets time pass; whatever was planned for it runs at its own moment. */
    void pass(Duration time) {
        Instant end = now().plus(time);
        for (Task next = due(end); next != null; next = due(end)) {
            next.run().run();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized Task due(Instant end) {
        Task next = tasks.peek();
        if (next == null || next.at().isAfter(end)) {
            return null;
        }
        tasks.poll();
        now = next.at().isAfter(now) ? next.at() : now;
        return next;
    }
}
