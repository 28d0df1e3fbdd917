package org.jackfield.mediation.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are told as one way, however they are written, and nothing else is taken for one. */
class NumberPatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "+4930555600 | +4930555600",
                "004930555600 | +4930555600",
                "0-0 49.30(555)600 | +4930555600",
                "+49 (30) 555-600;ext=12 | +4930555600",
                "+4930;phone-context=+1 | +4930",
                "110 | 110",
                "0 | 0",
                "12345678901234567890 | 12345678901234567890",
                "+12345678901234567890 | +12345678901234567890",
                "0012345678901234567890 | +12345678901234567890",
            })
    void separatorsParametersAndTheWayAbroadDoNotCount(String user, String number) {
        assertThat(NumberPattern.normal(user)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "00",
                ";ext=1",
                "alice",
                "49+30",
                "++49",
                "00+49",
                "123456789012345678901",
                "+123456789012345678901",
                "00123456789012345678901",
                "49\u066030",
                "4930\n",
                "*21",
            })
    void whatIsNoNumberIsNone(String user) {
        assertThat(NumberPattern.normal(user)).isNull();
    }

    @Test
    void aPatternIsANumberOrTheBeginningOfOne() {
        assertThat(NumberPattern.of(" +4930555* ").matches("+4930555600")).isTrue();
        assertThat(NumberPattern.of("+4930555").matches("+4930555600")).isFalse();
        assertThat(NumberPattern.of("*").matches("110")).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumberPattern.of("+49x"))
                .withMessageContaining("\"+49x\" (expected: a number such as");
    }
}
