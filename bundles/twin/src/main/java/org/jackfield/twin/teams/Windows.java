package org.jackfield.twin.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jackfield.twin.TwinClock;

/** Graph's throttling: sliding windows per (app, tenant, class) in virtual time. Thread-safe. */
public final class Windows {
    /** At most {@code requests} in {@code window}. */
    public record Limit(int requests, Duration window) {}

    private final TwinClock clock;
    private final Map<String, Limit> limits = new LinkedHashMap<>();
    private final Map<String, ArrayDeque<Instant>> used = new HashMap<>();
    private final Map<String, Integer> highest = new LinkedHashMap<>();

    /** Starts with the stricter of the two published presence figures: 1,500 per 30 s. */
    public Windows(TwinClock clock) {
        this.clock = clock;
        limits.put("presence", new Limit(1_500, Duration.ofSeconds(30)));
        limits.put("users", new Limit(3_500, Duration.ofSeconds(10)));
    }

    public synchronized void limit(String kind, Limit limit) {
        if (!limits.containsKey(kind)) {
            throw new IllegalArgumentException("class: " + kind + " (expected: one of " + limits.keySet() + ")");
        }
        limits.put(kind, limit);
    }

    /** Counts a request; a duration to wait when the window is full, in which case it is not counted. */
    public synchronized Optional<Duration> take(String app, String tenant, String kind) {
        Limit limit = limits.get(kind);
        if (limit == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        ArrayDeque<Instant> times = used.computeIfAbsent(app + '|' + tenant + '|' + kind, key -> new ArrayDeque<>());
        while (!times.isEmpty() && !times.getFirst().plus(limit.window()).isAfter(now)) {
            times.removeFirst();
        }
        if (times.size() >= limit.requests()) {
            return Optional.of(Duration.between(now, times.getFirst().plus(limit.window())));
        }
        times.addLast(now);
        highest.merge(kind, times.size(), Math::max);
        return Optional.empty();
    }

    /** Per class the limit and the fullest that a window ever was. */
    public synchronized Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        limits.forEach((kind, limit) -> state.put(
                kind,
                Map.of(
                        "requests", limit.requests(),
                        "windowSeconds", limit.window().toSeconds(),
                        "highest", highest.getOrDefault(kind, 0))));
        return state;
    }
}
