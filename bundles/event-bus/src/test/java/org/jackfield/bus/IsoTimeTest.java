package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2026-11-27T10:15:00Z",
                "2026-11-27T10:15:30.100Z",
                "2026-11-27T10:15:30.000001Z",
                "2026-11-27T10:15:30.000000001Z",
                "1969-12-31T23:59:59.999999999Z",
                "-0001-01-01T00:00:00.5Z",
                "+10000-01-01T00:00:00Z"
            })
    void textIsWhatTheLibraryWrites(String text) {
        Instant time = Instant.parse(text);

        assertThat(IsoTime.text(time)).isEqualTo(time.toString());
        assertThat(IsoTime.text(time.plusNanos(1)))
                .as("the same second again")
                .isEqualTo(time.plusNanos(1).toString());
    }

    @Test
    void textIsWhatTheLibraryWritesForAnyInstant() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            int step = new int[] {1, 1_000, 1_000_000}[random.nextInt(3)];
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-10_000_000_000L, 10_000_000_000L), random.nextInt(1_000_000_000) / step * step);
            assertThat(IsoTime.text(time)).isEqualTo(time.toString());
            assertThat(IsoTime.parse(time.toString())).isEqualTo(time);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-27T10:15:30Z",
                "2026-11-27T10:15:30.1Z",
                "2026-11-27T10:15:30.123456789Z",
                "2026-11-27T10:15:30.Z",
                "2026-11-27T24:00:00Z",
                "2026-11-27T23:59:60Z",
                "2026-11-27t10:15:30z",
                "2026-11-27T10:15:30+02:00",
                "2026-11-27T1o:15:30Z",
                "2026-11-27T10:60:30Z",
                "2026-11-27T10:15:30.1234567890Z",
                "2026-11-27T10:15:30,5Z",
                "2026-11-27T10:15Z",
                "2026-11-31T10:15:30Z",
                "+10000-01-01T00:00:00Z",
                ""
            })
    void textIsReadAsTheLibraryReadsIt(String text) {
        for (String before : new String[] {"2026-11-27T00:00:00Z", "+10000-01-01T00:00:00Z"}) {
            IsoTime.text(Instant.parse(before)); // the date that is kept
            assertThat(read(IsoTime::parse, text)).isEqualTo(read(Instant::parse, text));
        }
    }

    private static Object read(Function<String, Instant> reader, String text) {
        try {
            return reader.apply(text);
        } catch (DateTimeException e) {
            return e.getMessage();
        }
    }
}
