package org.jackfield.teams;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads Retry-After (RFC 9110 section 10.2.3): seconds, which Graph may write with a fraction, or a date. */
final class RetryAfter {
    /** More than this is taken for a mistake. */
    private static final Duration MOST = Duration.ofMinutes(15);

    private RetryAfter() {}

    /** The wait, rounded up to whole seconds, at least one and at most fifteen minutes; null when there is none to be read. */
    static @Nullable Duration of(@Nullable String value, Instant now) {
        if (value == null || value.isBlank()) {
            return null;
        }
        Double seconds = seconds(value.trim(), now);
        if (seconds == null || seconds.isNaN()) {
            return null;
        }
        double bounded = Math.min((double) MOST.toSeconds(), Math.max(1, Math.ceil(seconds)));
        return Duration.ofSeconds((long) bounded);
    }

    private static @Nullable Double seconds(String value, Instant now) {
        try {
            return Double.valueOf(value);
        } catch (NumberFormatException e) {
            return untilDate(value, now);
        }
    }

    private static @Nullable Double untilDate(String value, Instant now) {
        try {
            var date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT));
            return Duration.between(now, date.toInstant()).toMillis() / 1000.0;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
