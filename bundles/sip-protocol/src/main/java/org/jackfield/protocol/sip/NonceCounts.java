package org.jackfield.protocol.sip;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.protocol.sip.Digest.Verifier.Verdict;

/**
 * With which counts each nonce was used (RFC 7616 section 3.4, nc): none is taken twice. Requests may overtake each other
 * by {@value #WINDOW} counts. Only who knows the password gets a nonce remembered here, for as long as it is good; of more
 * than {@value #MOST} the oldest are forgotten, and with them all nonces made before. For one thread.
 */
final class NonceCounts {
    static final int MOST = 20_000;
    private static final int WINDOW = 64;

    private final long lifetime;
    private final Map<String, Used> byNonce = new LinkedHashMap<>();
    private long forgotten = Long.MIN_VALUE;

    /** The highest count, and which of those up to it were there: bit 0 is the highest itself. */
    private static final class Used {
        private final long made;
        private long highest;
        private long seen;

        Used(long made) {
            this.made = made;
        }
    }

    /** @param lifetime of a nonce in milliseconds */
    NonceCounts(long lifetime) {
        this.lifetime = lifetime;
    }

    /** The number in nc, eight digits to the base of 16; -1 for anything else. */
    static long parse(String nc) {
        if (nc.length() != 8) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < 8; i++) {
            int digit = Character.digit(nc.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Takes a nonce, made at {@code made}, with a count; right credentials only. */
    Verdict take(String nonce, long made, long count, long now) {
        if (now - made > lifetime || made <= forgotten) {
            return Verdict.STALE;
        }
        Used used = byNonce.get(nonce);
        if (used == null) {
            forget(now);
            used = new Used(made);
            byNonce.put(nonce, used);
        }
        return first(used, count) ? Verdict.GOOD : Verdict.REPLAYED;
    }

    private static boolean first(Used used, long count) {
        if (count > used.highest) {
            long ahead = count - used.highest;
            used.seen = ahead >= WINDOW ? 1 : used.seen << ahead | 1;
            used.highest = count;
            return true;
        }
        long behind = used.highest - count;
        if (count == 0 || behind >= WINDOW || (used.seen >>> behind & 1) != 0) {
            return false;
        }
        used.seen |= 1L << behind;
        return true;
    }

    private void forget(long now) {
        Iterator<Used> oldest = byNonce.values().iterator();
        while (oldest.hasNext()) {
            Used used = oldest.next();
            if (now - used.made <= lifetime && byNonce.size() < MOST) {
                return;
            }
            if (now - used.made <= lifetime) {
                forgotten = Math.max(forgotten, used.made);
            }
            oldest.remove();
        }
    }

    /** How many nonces are remembered. */
    int size() {
        return byNonce.size();
    }
}
