package org.jackfield.plugin;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How long to wait before the next attempt. Immutable and safe for any thread.
 * The text form fits a line of configuration: {@code fixed=500ms} or {@code exponential=200ms:30s,jitter=0.2}.
 */
@ProviderType
@FunctionalInterface
public interface Backoff {
    /** The wait before attempt {@code attempt + 1}, when {@code attempt} attempts (1 or more) have failed. */
    Duration delay(int attempt);

    static Backoff fixed(Duration delay) {
        return attempt -> delay;
    }

    /**
     * Doubles from {@code first} to {@code limit}, each wait longer or shorter by up to {@code jitter} of itself.
     *
     * @param jitter 0.0 to 1.0
     */
    static Backoff exponential(Duration first, Duration limit, double jitter) {
        return exponential(
                first, limit, jitter, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** As above with a given source of numbers from 0.0 to 1.0, for tests. */
    static Backoff exponential(Duration first, Duration limit, double jitter, DoubleSupplier random) {
        if (first.isNegative() || first.isZero() || limit.compareTo(first) < 0) {
            throw new IllegalArgumentException("backoff: " + first + ":" + limit + " (expected: 0 < first <= limit)");
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("jitter: " + jitter + " (expected: 0.0-1.0)");
        }
        return attempt -> {
            double base =
                    Math.min((double) limit.toMillis(), first.toMillis() * Math.pow(2, Math.min(attempt, 40) - 1.0));
            double swing = base * jitter * (2 * random.getAsDouble() - 1);
            return Duration.ofMillis(Math.max(1, Math.round(base + swing)));
        };
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    static Backoff of(String text) {
        Matcher fixed = Pattern.compile("fixed=(\\d+)(ms|s)").matcher(text.trim());
        if (fixed.matches()) {
            return fixed(duration(fixed.group(1), fixed.group(2)));
        }
        Matcher grows = Pattern.compile("exponential=(\\d+)(ms|s):(\\d+)(ms|s)(?:,jitter=([0-9.]{1,9}))?")
                .matcher(text.trim().toLowerCase(Locale.ROOT));
        if (grows.matches()) {
            double jitter = grows.group(5) == null ? 0 : Double.parseDouble(grows.group(5));
            return exponential(
                    duration(grows.group(1), grows.group(2)), duration(grows.group(3), grows.group(4)), jitter);
        }
        throw new IllegalArgumentException(
                "backoff: \"" + text + "\" (expected: fixed=500ms or exponential=200ms:30s,jitter=0.2)");
    }

    private static Duration duration(String number, String unit) {
        long value = Long.parseLong(number);
        return unit.equals("s") ? Duration.ofSeconds(value) : Duration.ofMillis(value);
    }
}
