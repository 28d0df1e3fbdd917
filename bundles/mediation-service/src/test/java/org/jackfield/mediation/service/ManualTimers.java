package org.jackfield.mediation.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jackfield.plugin.Registration;

/** A clock that moves when told, and runs what is due on its way. For one thread. */
final class ManualTimers extends Clock implements Timers {
    private record Task(Instant at, long order, Duration pause, Runnable work) {}

    private final List<Task> tasks = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T08:00:00Z");
    private long order;

    @Override
    public synchronized Registration in(Duration wait, Runnable work) {
        Task task = new Task(now.plus(wait), order++, Duration.ZERO, work);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    @Override
    public synchronized void every(Duration pause, Runnable work) {
        tasks.add(new Task(now.plus(pause), order++, pause, work));
    }

    void pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Task due;
            synchronized (this) {
                due = tasks.stream()
                        .filter(task -> !task.at().isAfter(end))
                        .min(Comparator.comparing(Task::at).thenComparing(Task::order))
                        .orElse(null);
                if (due == null) {
                    now = end;
                    return;
                }
                tasks.remove(due);
                now = due.at().isAfter(now) ? due.at() : now;
                if (!due.pause().isZero()) {
                    tasks.add(new Task(now.plus(due.pause()), order++, due.pause(), due.work()));
                }
            }
            due.work().run();
        }
    }

    @Override
    public void close() {
        tasks.clear();
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
