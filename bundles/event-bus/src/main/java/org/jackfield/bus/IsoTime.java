package org.jackfield.bus;

import java.time.Instant;

/**
 * Instants as ISO 8601 text in UTC (RFC 3339 section 5.6), several times cheaper than the library's formatters: the part
 * up to the second is kept from the one before. What it writes is what {@link Instant#toString} writes. Safe for any
 * thread.
 */
final class IsoTime {
    private static final int NANO_DIGITS = 9;

    private static volatile Second last = new Second(0, "1970-01-01T00:00:00");

    private record Second(long epoch, String text) {}

    private IsoTime() {}

    static String text(Instant time) {
        Second second = last;
        if (second.epoch() != time.getEpochSecond()) {
            String whole = Instant.ofEpochSecond(time.getEpochSecond()).toString();
            second = new Second(time.getEpochSecond(), whole.substring(0, whole.length() - 1));
            last = second;
        }
        int nano = time.getNano();
        if (nano == 0) {
            return second.text() + "Z";
        }
        int digits = nano % 1_000_000 == 0 ? 3 : nano % 1_000 == 0 ? 6 : NANO_DIGITS;
        char[] fraction = new char[digits + 2];
        fraction[0] = '.';
        fraction[digits + 1] = 'Z';
        for (int i = NANO_DIGITS; i > 0; i--) {
            if (i <= digits) {
                fraction[i] = (char) ('0' + nano % 10);
            }
            nano /= 10;
        }
        return second.text() + String.valueOf(fraction);
    }
}
