package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Counts what went out in the last window, by seconds and priority. Not thread-safe. */
final class Usage {
    private final int window;
    private final Map<Priority, Column> columns = new EnumMap<>(Priority.class);
    private long newest;
    private int total;
    private int most;

    /** The counts of one priority. */
    private static final class Column {
        private final int[] seconds;
        private int total;

        Column(int window) {
            this.seconds = new int[window];
        }
    }

    Usage(Duration window) {
        this.window = (int) Math.max(1, window.toSeconds());
    }

    void add(Priority priority, Instant now) {
        change(priority, now, 1);
        most = Math.max(most, total);
    }

    /** Takes one back that was not needed. */
    void remove(Priority priority, Instant now) {
        change(priority, now, -1);
    }

    int total(Instant now) {
        move(now);
        return total;
    }

    /** The fullest that a window was since the start. */
    int most() {
        return most;
    }

    Map<Priority, Integer> byPriority(Instant now) {
        move(now);
        Map<Priority, Integer> by = new EnumMap<>(Priority.class);
        for (Priority priority : Priority.values()) {
            Column column = columns.get(priority);
            by.put(priority, column == null ? 0 : column.total);
        }
        return by;
    }

    private void change(Priority priority, Instant now, int by) {
        move(now);
        Column column = columns.computeIfAbsent(priority, p -> new Column(window));
        int slot = slot(newest);
        if (column.seconds[slot] + by >= 0) {
            column.seconds[slot] += by;
            column.total += by;
            total += by;
        }
    }

    private int slot(long second) {
        return (int) Math.floorMod(second, (long) window);
    }

    private void move(Instant now) {
        long second = now.getEpochSecond();
        long from = Math.max(newest + 1, second - window + 1);
        for (long each = from; each <= second; each++) {
            int slot = slot(each);
            for (Column column : columns.values()) {
                column.total -= column.seconds[slot];
                total -= column.seconds[slot];
                column.seconds[slot] = 0;
            }
        }
        newest = Math.max(newest, second);
    }
}
