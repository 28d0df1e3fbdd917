package org.jackfield.protocol.sip;

/**
 * The base values of RFC 3261 table 4, in milliseconds; all other timers follow from them.
 *
 * @param t1 round-trip estimate
 * @param t2 longest interval between repeats of non-INVITE requests and INVITE responses
 * @param t4 longest time a message stays in the network
 */
public record SipTimers(long t1, long t2, long t4) {
    public static final SipTimers RFC3261 = new SipTimers(500, 4_000, 5_000);

    public SipTimers {
        if (t1 < TimerWheel.TICK || t2 < t1 || t4 < 0) {
            throw new IllegalArgumentException(
                    "timers: T1 " + t1 + ", T2 " + t2 + ", T4 " + t4 + " (expected: 10 <= T1 <= T2, T4 >= 0, in ms)");
        }
    }

    /** Timers B, F, H, J, L and M: 64 times T1. */
    public long giveUp() {
        return 64 * t1;
    }
}
