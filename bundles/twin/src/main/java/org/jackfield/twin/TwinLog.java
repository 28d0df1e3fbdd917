package org.jackfield.twin;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the twin received and sent, in order, stamped with real time in microseconds.
 * Thread-safe and never blocking for long; keeps the newest entries.
 */
public final class TwinLog {
    /** How many entries are kept unless it is said otherwise. */
    public static final int KEEP = 40_000;

    private static final int LONGEST = 2_000;

    /** Whether the twin received or sent it, or noticed something by itself. */
    public enum Direction {
        IN,
        OUT,
        NOTE
    }

    /**
     * One line of the log.
     *
     * @param n rises by one from 1, without a gap
     * @param us microseconds since 1970
     * @param side {@code teams}, {@code acd}, {@code sbc} or {@code control}
     * @param what the request line, the CSTA element or a short word
     */
    public record Entry(long n, long us, String side, Direction direction, String what, Map<String, Object> detail) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final int keep;
    private long last;

    public TwinLog() {
        this(KEEP);
    }

    /** @param keep how many of the newest entries are kept */
    public TwinLog(int keep) {
        this.keep = keep;
    }

    /** Appends a line; {@code detail} is names and values in turn, null values are left out. */
    public long add(String side, Direction direction, String what, @Nullable Object... detail) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i + 1 < detail.length; i += 2) {
            Object value = detail[i + 1];
            if (value != null) {
                map.put(String.valueOf(detail[i]), shortened(value));
            }
        }
        synchronized (this) {
            Instant now = Instant.now();
            long us = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
            entries.addLast(new Entry(++last, us, side, direction, what, map));
            if (entries.size() > keep) {
                entries.removeFirst();
            }
            return last;
        }
    }

    private static Object shortened(Object value) {
        return value instanceof String text && text.length() > LONGEST ? text.substring(0, LONGEST) : value;
    }

    public void in(String side, String what, @Nullable Object... detail) {
        add(side, Direction.IN, what, detail);
    }

    public void out(String side, String what, @Nullable Object... detail) {
        add(side, Direction.OUT, what, detail);
    }

    public void note(String side, String what, @Nullable Object... detail) {
        add(side, Direction.NOTE, what, detail);
    }

    /** At most {@code limit} entries with a number above {@code after}, oldest first. */
    public synchronized List<Entry> after(long after, int limit, Predicate<Entry> which) {
        List<Entry> found = new ArrayList<>();
        // from the newest on: who follows the log asks for the last few of many
        Iterator<Entry> backwards = entries.descendingIterator();
        while (backwards.hasNext()) {
            Entry entry = backwards.next();
            if (entry.n() <= after) {
                break;
            }
            if (which.test(entry)) {
                found.add(entry);
            }
        }
        Collections.reverse(found);
        return found.size() > limit ? found.subList(0, limit) : found;
    }

    /** The number of the newest entry, 0 when there is none. */
    public synchronized long last() {
        return last;
    }
}
