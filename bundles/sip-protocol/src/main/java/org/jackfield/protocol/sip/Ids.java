package org.jackfield.protocol.sip;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Makes branches, tags and Call-IDs: a random start per process and a counter. For one thread. */
final class Ids {
    /** RFC 3261 section 8.1.1.7. */
    static final String COOKIE = "z9hG4bK";

    private final String prefix = Long.toString(new SecureRandom().nextLong() & 0xff_ffff_ffffL, 36);
    private long counter;

    private String next() {
        int noise = ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36);
        return prefix + Long.toString(++counter, 36) + Integer.toString(noise, 36);
    }

    String branch() {
        return COOKIE + next();
    }

    String tag() {
        return next();
    }

    String callId() {
        return next() + Long.toString(ThreadLocalRandom.current().nextLong() & Long.MAX_VALUE, 36);
    }
}
