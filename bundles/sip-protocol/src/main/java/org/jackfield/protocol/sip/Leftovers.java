package org.jackfield.protocol.sip;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for messages that come again after all is said: a key and little more for each, instead of a transaction with
 * its messages, its timers and all that its user holds on to. For one thread; one lifetime for all, so that the oldest are
 * always the first to go, by a single timer.
 *
 * @param <T> what a repeated message needs
 */
final class Leftovers<T> {
    private record Kept<T>(T what, long until) {}

    private final TimerWheel wheel;
    private final long lifetime;
    private final Consumer<T> gone;
    private final Map<String, Kept<T>> kept = new LinkedHashMap<>();

    /**
     * @param lifetime in milliseconds
     * @param gone hears of each whose time is over
     */
    Leftovers(TimerWheel wheel, long lifetime, Consumer<T> gone) {
        this.wheel = wheel;
        this.lifetime = lifetime;
        this.gone = gone;
    }

    /** Keeps {@code what}; the key must be a new one. */
    void keep(String key, T what) {
        boolean first = kept.isEmpty();
        kept.put(key, new Kept<>(what, wheel.now() + lifetime));
        if (first) {
            wheel.scheduleLoosely(lifetime, this::expire);
        }
    }

    @Nullable
    T find(String key) {
        Kept<T> known = kept.get(key);
        return known == null ? null : known.what();
    }

    private void expire() {
        for (Iterator<Kept<T>> oldest = kept.values().iterator(); oldest.hasNext(); ) {
            Kept<T> next = oldest.next();
            if (next.until() > wheel.now()) {
                wheel.scheduleLoosely(next.until() - wheel.now(), this::expire);
                return;
            }
            oldest.remove();
            gone.accept(next.what());
        }
    }

    int size() {
        return kept.size();
    }
}
