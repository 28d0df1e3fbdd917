package org.jackfield.protocol.sip;

import java.util.random.RandomGenerator;

/** How long to wait after 491 (RFC 3261 section 14.1), so that two sides that collided do not collide again. Stateless. */
public final class Glare {
    private static final int UNIT = 10;

    private Glare() {}

    /**
     * The time in milliseconds: 2.1 to 4 s for who made the Call-ID, 0 to 2 s for the other, in steps of 10 ms.
     *
     * @param ownsCallId true when this side made the Call-ID of the dialog
     */
    public static long delay(boolean ownsCallId, RandomGenerator random) {
        return ownsCallId ? 2_100 + UNIT * (long) random.nextInt(191) : UNIT * (long) random.nextInt(201);
    }
}
