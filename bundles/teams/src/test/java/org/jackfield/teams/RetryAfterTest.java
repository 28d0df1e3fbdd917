package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @ParameterizedTest
    @CsvSource({"2.128, 3", "7, 7", "0, 1", "0.2, 1", "-5, 1", "1e9, 900", "Infinity, 900"})
    @Conformance("GR-42")
    void secondsAreRoundedUpAndBounded(String text, long seconds) {
        assertThat(RetryAfter.of(text, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aDateIsTheTimeUntilIt() {
        assertThat(RetryAfter.of("Sat, 21 Nov 2026 08:00:30 GMT", NOW)).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "NaN", "Sat, 21 Foo 2026 08:00:30 GMT"})
    void whatCannotBeReadIsNothing(String text) {
        assertThat(RetryAfter.of(text, NOW)).isNull();
    }
}
