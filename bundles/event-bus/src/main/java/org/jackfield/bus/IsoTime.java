package org.jackfield.bus;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Instants as ISO 8601 text in UTC (RFC 3339 section 5.6), several times cheaper than the library's formatters: the date is
 * kept from the one before. It writes what {@link Instant#toString} writes and reads what {@link Instant#parse} reads. Safe
 * for any thread.
 */
final class IsoTime {
    private static final int SECONDS_OF_DAY = 86_400;
    private static final int NANO_DIGITS = 9;
    /** {@code 1970-01-01T} */
    private static final int DATE = 11;
    /** Where the fraction or the Z stands, in {@code 1970-01-01T00:00:00Z}. */
    private static final int WHOLE = 19;

    private static volatile Day last = new Day(0, "1970-01-01T");

    private record Day(long epoch, String text) {}

    private IsoTime() {}

    static String text(Instant time) {
        Day day = day(Math.floorDiv(time.getEpochSecond(), SECONDS_OF_DAY));
        if (day.text().length() != DATE) {
            return time.toString(); // years beyond four digits
        }
        int second = Math.floorMod(time.getEpochSecond(), SECONDS_OF_DAY);
        int nano = time.getNano();
        int digits = nano == 0 ? 0 : nano % 1_000_000 == 0 ? 3 : nano % 1_000 == 0 ? 6 : NANO_DIGITS;
        char[] text = new char[digits == 0 ? WHOLE + 1 : WHOLE + digits + 2];
        day.text().getChars(0, DATE, text, 0);
        two(text, DATE, second / 3_600);
        text[13] = ':';
        two(text, 14, second / 60 % 60);
        text[16] = ':';
        two(text, 17, second % 60);
        if (digits > 0) {
            text[WHOLE] = '.';
            for (int i = NANO_DIGITS; i > 0; i--) {
                if (i <= digits) {
                    text[WHOLE + i] = (char) ('0' + nano % 10);
                }
                nano /= 10;
            }
        }
        text[text.length - 1] = 'Z';
        return String.valueOf(text);
    }

    /** The same in UTC. */
    static OffsetDateTime utc(Instant instant) {
        // not atOffset, which asks the offset for its rules and gets new ones each time
        return LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC)
                .atOffset(ZoneOffset.UTC);
    }

    private static void two(char[] text, int at, int value) {
        text[at] = (char) ('0' + value / 10);
        text[at + 1] = (char) ('0' + value % 10);
    }

    private static Day day(long epoch) {
        Day day = last;
        if (day.epoch() != epoch) {
            day = new Day(epoch, LocalDate.ofEpochDay(epoch) + "T");
            last = day;
        }
        return day;
    }

    /** @throws DateTimeException it is no such text */
    static Instant parse(String text) {
        Day day = last;
        int length = text.length();
        if (day.text().length() != DATE
                || !text.startsWith(day.text())
                || length < WHOLE + 1
                || length > WHOLE + NANO_DIGITS + 2
                || text.charAt(length - 1) != 'Z'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return slowly(text);
        }
        int hour = number(text, DATE, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, WHOLE);
        int nano = length == WHOLE + 1 ? 0 : fraction(text, length - 1);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || nano < 0) {
            return slowly(text);
        }
        return Instant.ofEpochSecond(day.epoch() * SECONDS_OF_DAY + hour * 3_600L + minute * 60L + second, nano);
    }

    private static Instant slowly(String text) {
        Instant time = Instant.parse(text);
        day(Math.floorDiv(time.getEpochSecond(), SECONDS_OF_DAY));
        return time;
    }

    private static int fraction(String text, int end) {
        int digits = end - WHOLE - 1;
        int value = text.charAt(WHOLE) == '.' ? number(text, WHOLE + 1, end) : -1;
        for (int i = digits; i < NANO_DIGITS && value > 0; i++) {
            value *= 10;
        }
        return value;
    }

    /** -1 when there is anything but digits, or nothing. */
    private static int number(String text, int from, int end) {
        int value = from < end ? 0 : -1;
        for (int i = from; i < end; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + digit - '0';
        }
        return value;
    }
}
