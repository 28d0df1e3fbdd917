package org.jackfield.protocol.csta;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that a test turns. */
final class ManualTimer implements CstaTimer {
    private final List<Task> tasks = new ArrayList<>();
    private long now;

    private record Task(long at, Runnable run) {}

    @Override
    public Cancel after(Duration delay, Runnable run) {
        var task = new Task(now + delay.toMillis(), run);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Turns the clock on, running what falls due in order. */
    void advance(Duration by) {
        long until = now + by.toMillis();
        while (true) {
            Task next = tasks.stream()
                    .filter(task -> task.at() <= until)
                    .min(Comparator.comparingLong(Task::at))
                    .orElse(null);
            if (next == null) {
                now = until;
                return;
            }
            tasks.remove(next);
            now = Math.max(now, next.at());
            next.run().run();
        }
    }

    long now() {
        return now;
    }
}
