package org.jackfield.twin.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one user: sessions, preferred state, and what readers were shown when.
 * Not thread-safe; the book guards it.
 */
final class UserPresence {
    /** The session of the user's own Teams client: it neither fades nor expires. */
    static final String CLIENT = "teams-client";

    private static final Duration FADE = Duration.ofMinutes(5);
    private static final int HISTORY = 64;

    /** A state until a time; a null end never comes. */
    record Held(Pair pair, Instant since, @Nullable Instant until) {
        boolean over(Instant at) {
            return until != null && !at.isBefore(until);
        }
    }

    /** What readers see from {@code since} on. */
    record Shown(Pair pair, Instant since, String sequence) {}

    private final Map<String, Held> sessions = new LinkedHashMap<>();
    private final ArrayDeque<Shown> shown = new ArrayDeque<>();
    private final Supplier<String> sequence;
    private @Nullable Held preferred;
    private Instant settled;

    UserPresence(Instant now, Supplier<String> sequence) {
        this.sequence = sequence;
        this.settled = now;
        shown.add(new Shown(Pair.OFFLINE, now, sequence.get()));
    }

    void session(String id, Pair pair, Instant now, @Nullable Instant until) {
        settle(now);
        sessions.put(id, new Held(pair, now, until));
        show(now);
    }

    /** False when there is no such session. */
    boolean clearSession(String id, Instant now) {
        settle(now);
        boolean there = sessions.remove(id) != null;
        show(now);
        return there;
    }

    void prefer(@Nullable Pair pair, Instant now, @Nullable Instant until) {
        settle(now);
        preferred = pair == null ? null : new Held(pair, now, until);
        show(now);
    }

    /** What a reader saw at {@code at}. */
    Shown at(Instant at) {
        settle(at);
        Shown seen = shown.getFirst();
        for (Shown each : shown) {
            if (!each.since().isAfter(at)) {
                seen = each;
            }
        }
        return seen;
    }

    Shown seen(Instant now, Duration delay) {
        settle(now);
        return at(now.minus(delay));
    }

    /** The live sessions with what each shows now. */
    Map<String, Pair> sessions(Instant now) {
        settle(now);
        Map<String, Pair> live = new LinkedHashMap<>();
        sessions.forEach((id, held) -> live.put(id, faded(id, held, now)));
        return live;
    }

    Optional<Instant> until(String session) {
        return Optional.ofNullable(sessions.get(session)).map(Held::until);
    }

    Optional<Pair> preferred(Instant now) {
        settle(now);
        return Optional.ofNullable(preferred).map(Held::pair);
    }

    /** Lets pass what happened by itself up to {@code now}: fading and expiry, each at its own time. */
    private void settle(Instant now) {
        if (!now.isAfter(settled)) {
            return;
        }
        Instant from = settled;
        settled = now;
        List<Instant> marks = marks().filter(mark -> mark.isAfter(from) && !mark.isAfter(now))
                .sorted()
                .toList();
        for (Instant mark : marks) {
            show(mark);
        }
        sessions.values().removeIf(held -> held.over(now));
        if (preferred != null && preferred.over(now)) {
            preferred = null;
        }
    }

    private Stream<Instant> marks() {
        List<Instant> marks = new ArrayList<>();
        sessions.forEach((id, held) -> {
            if (fades(id, held)) {
                marks.add(held.since().plus(FADE));
                marks.add(held.since().plus(FADE.multipliedBy(2)));
            }
            if (held.until() != null) {
                marks.add(held.until());
            }
        });
        if (preferred != null && preferred.until() != null) {
            marks.add(preferred.until());
        }
        return marks.stream();
    }

    private void show(Instant at) {
        Pair pair = aggregate(at);
        if (!pair.equals(shown.getLast().pair())) {
            shown.addLast(new Shown(pair, at, sequence.get()));
            if (shown.size() > HISTORY) {
                shown.removeFirst();
            }
        }
    }

    private Pair aggregate(Instant at) {
        List<Map.Entry<String, Held>> live = sessions.entrySet().stream()
                .filter(entry -> !entry.getValue().over(at))
                .toList();
        if (live.isEmpty()) {
            return Pair.OFFLINE;
        }
        if (preferred != null && !preferred.over(at)) {
            return preferred.pair();
        }
        return live.stream()
                .map(entry -> faded(entry.getKey(), entry.getValue(), at))
                .max(Comparator.comparingInt(Pair::rank))
                .orElse(Pair.OFFLINE);
    }

    private static Pair faded(String id, Held held, Instant at) {
        if (!fades(id, held)) {
            return held.pair();
        }
        Duration age = Duration.between(held.since(), at);
        if (age.compareTo(FADE) < 0) {
            return held.pair();
        }
        return age.compareTo(FADE.multipliedBy(2)) < 0 ? Pair.INACTIVE : Pair.AWAY;
    }

    private static boolean fades(String id, Held held) {
        return !id.equals(CLIENT) && held.pair().equals(Pair.AVAILABLE);
    }
}
