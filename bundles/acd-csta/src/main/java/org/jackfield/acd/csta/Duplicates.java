package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells a transition that another monitor reports again from one that happens again (ECMA-269 6.1.1.6 lets the device,
 * the group and the agent be monitored at once). Used on the lane only.
 *
 * @param <K> what one report says
 */
final class Duplicates<K> {
    private static final int SCOPES = 20_000;
    private static final int PER_SCOPE = 64;

    private final long windowNanos;
    private final BiPredicate<K, K> same;
    private final Map<String, ArrayDeque<Seen<K>>> scopes = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ArrayDeque<Seen<K>>> eldest) {
            return size() > SCOPES;
        }
    };

    private static final class Seen<K> {
        final K report;
        final long at;
        final String monitor;
        /** The other monitors that told it; null while there is none. */
        private @Nullable Set<String> others;

        Seen(K report, long at, String monitor) {
            this.report = report;
            this.at = at;
            this.monitor = monitor;
        }

        /** True when {@code other} had not told it yet. */
        boolean add(String other) {
            if (other.equals(monitor)) {
                return false;
            }
            if (others == null) {
                others = new HashSet<>(4);
            }
            return others.add(other);
        }
    }

    /** Reports for which {@code same} holds are one transition when they come within {@code window}. */
    Duplicates(Duration window, BiPredicate<K, K> same) {
        this.windowNanos = window.toNanos();
        this.same = same;
    }

    /**
     * True when another monitor has reported this already, and {@code monitor} has not yet repeated that report.
     *
     * @param scope the agent or call that it is about
     */
    boolean repeats(String scope, K report, String monitor, long now) {
        ArrayDeque<Seen<K>> seen = scopes.computeIfAbsent(scope, s -> new ArrayDeque<>(4));
        while (!seen.isEmpty() && (now - seen.getFirst().at > windowNanos || seen.size() >= PER_SCOPE)) {
            seen.removeFirst();
        }
        for (Seen<K> one : seen) {
            if (same.test(one.report, report) && one.add(monitor)) {
                return true;
            }
        }
        seen.addLast(new Seen<>(report, now, monitor));
        return false;
    }

    /** Forgets all; cross-references mean nothing on a new connection. */
    void clear() {
        scopes.clear();
    }
}
