package org.jackfield.protocol.sip;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for messages that come again after all is said: a key and what is said again, in as few objects as can be,
 * instead of a transaction with its messages, its timers and all that its user holds on to. At a thousand calls a second
 * there are over a hundred thousand of them, and the collector looks at each object. For one thread; one lifetime for all,
 * so that the oldest are always the first to go, by a single timer.
 *
 * @param <T> to whom it is said
 */
final class Leftovers<T> {
    /** Said again when there is nothing to say. */
    static final byte[] NOTHING = new byte[0];

    private final TimerWheel wheel;
    private final long lifetime;
    private final Class<T> type;
    private final Consumer<T> gone;
    private final Map<Left, Left> kept = new LinkedHashMap<>();
    private final CRC32C checksum = new CRC32C();

    /** What was kept under a key. */
    record Found<T>(T to, Sent said) {}

    /** The key's bytes and then those that are said again; in order, so that a map copes with keys made to share a hash. */
    private static final class Left implements Comparable<Left> {
        final byte[] bytes;
        final int key;
        final int hash;
        final Object to;
        final long until;

        Left(byte[] name, int hash, byte[] said, Object to, long until) {
            this.key = name.length;
            this.bytes = said.length == 0 ? name : Arrays.copyOf(name, this.key + said.length);
            System.arraycopy(said, 0, bytes, this.key, said.length);
            this.hash = hash;
            this.to = to;
            this.until = until;
        }

        @Override
        public int compareTo(Left other) {
            return Arrays.compare(bytes, 0, key, other.bytes, 0, other.key);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Left left
                    && hash == left.hash
                    && Arrays.equals(bytes, 0, key, left.bytes, 0, left.key);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * @param lifetime in milliseconds
     * @param gone hears of each whose time is over
     */
    Leftovers(TimerWheel wheel, long lifetime, Class<T> type, Consumer<T> gone) {
        this.wheel = wheel;
        this.lifetime = lifetime;
        this.type = type;
        this.gone = gone;
    }

    /** Keeps {@code said} for {@code to}; the key must be a new one, in Latin-1. */
    void keep(String key, T to, byte[] said) {
        boolean first = kept.isEmpty();
        byte[] name = Ascii.bytes(key);
        Left left = new Left(name, hash(name), said, to, wheel.now() + lifetime);
        kept.put(left, left);
        if (first) {
            wheel.scheduleLoosely(lifetime, this::expire);
        }
    }

    @Nullable
    Found<T> find(String key) {
        if (kept.isEmpty()) {
            return null;
        }
        byte[] name = Ascii.bytes(key);
        Left known = kept.get(new Left(name, hash(name), NOTHING, key, 0));
        return known == null
                ? null
                : new Found<>(
                        type.cast(known.to), new Sent(Arrays.copyOfRange(known.bytes, known.key, known.bytes.length)));
    }

    /** Unlike the hash of a string, one that tells apart what counts with digits and letters. */
    private int hash(byte[] name) {
        checksum.reset();
        checksum.update(name, 0, name.length);
        return (int) checksum.getValue();
    }

    private void expire() {
        for (Iterator<Left> oldest = kept.keySet().iterator(); oldest.hasNext(); ) {
            Left next = oldest.next();
            if (next.until > wheel.now()) {
                wheel.scheduleLoosely(next.until - wheel.now(), this::expire);
                return;
            }
            oldest.remove();
            gone.accept(type.cast(next.to));
        }
    }

    int size() {
        return kept.size();
    }
}
