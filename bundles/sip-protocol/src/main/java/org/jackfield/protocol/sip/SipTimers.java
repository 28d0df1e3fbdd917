package org.jackfield.protocol.sip;

/**
 * The base values of RFC 3261 table 4, in milliseconds, from which all other timers follow, and how long connections are
 * kept.
 *
 * @param t1 round-trip estimate
 * @param t2 longest interval between repeats of non-INVITE requests and INVITE responses
 * @param t4 longest time a message stays in the network
 * @param idle after which a connection that this side opened is closed when neither has sent anything, in milliseconds, at
 *     least 64 times T1 (RFC 3261 section 18)
 */
public record SipTimers(long t1, long t2, long t4, long idle) {
    /** With connections that lie unused for ten minutes at most. */
    public static final SipTimers RFC3261 = new SipTimers(500, 4_000, 5_000, 600_000);

    public SipTimers {
        if (t1 < TimerWheel.TICK || t2 < t1 || t4 < 0) {
            throw new IllegalArgumentException(
                    "timers: T1 " + t1 + ", T2 " + t2 + ", T4 " + t4 + " (expected: 10 <= T1 <= T2, T4 >= 0, in ms)");
        }
        if (idle < 64 * t1) {
            throw new IllegalArgumentException(
                    "timers: idle " + idle + " (expected: at least 64 * T1, " + 64 * t1 + " ms)");
        }
    }

    /** Timers B, F, H, J, L and M: 64 times T1. */
    public long giveUp() {
        return 64 * t1;
    }
}
