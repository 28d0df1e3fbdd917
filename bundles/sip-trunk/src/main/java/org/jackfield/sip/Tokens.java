package org.jackfield.sip;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Makes call ids: node, counter and chance, short enough for any peer's User-to-User. Safe for any thread. */
final class Tokens {
    private static final char[] BASE32 = "abcdefghijkmnpqrstuvwxyz23456789".toCharArray();

    /** Bytes of chance fetched at a time: the generator's price is by the call. */
    private static final int CHANCE = 512;

    private final String node;
    private final SecureRandom random = new SecureRandom();
    private final ByteBuffer chance = ByteBuffer.allocate(CHANCE).limit(0);
    private final AtomicLong counter = new AtomicLong();

    Tokens(String node) {
        String plain = node.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        this.node = plain.length() > 12 ? plain.substring(0, 12) : plain;
    }

    String next() {
        StringBuilder text = new StringBuilder(node)
                .append('-')
                .append(Long.toString(counter.incrementAndGet(), 36))
                .append('-');
        long bits = chance();
        for (int i = 0; i < 8; i++) {
            text.append(BASE32[(int) (bits >>> (5 * i)) & 31]);
        }
        return text.toString();
    }

    private synchronized long chance() {
        if (!chance.hasRemaining()) {
            random.nextBytes(chance.array());
            chance.clear();
        }
        return chance.getLong();
    }
}
