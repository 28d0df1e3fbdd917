package org.jackfield.mediation.correlation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.jackfield.plugin.Uui;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UuiTest {
    @Property
    void aTokenComesBackFromHeaderAndHex(
            @ForAll @StringLength(min = 1, max = 127) @CharRange(from = '!', to = '~') String token) {
        assertThat(Uui.readHeader(Uui.header(token))).isEqualTo(new Uui.Read.Token(token));
        assertThat(Uui.readHex(Uui.hex(token).toUpperCase(java.util.Locale.ROOT))
                        .token())
                .isEqualTo(token);
    }

    @Property
    void anythingElseIsReadWithoutFailing(@ForAll String value) {
        assertThat(Uui.readHeader(value)).isNotNull();
        assertThat(Uui.readHex(value)).isNotNull();
    }

    @Test
    void theHeaderIsAsRfc7433WritesIt() {
        // 04 = user-specific protocol (Q.931 table 4-26), then the token in ASCII
        assertThat(Uui.header("n1-a")).isEqualTo("046e312d61;encoding=hex;purpose=isdn-uui;content=isdn-uui");
    }

    @Test
    void whiteSpaceInsideCorrelatorDataIsSkipped() {
        assertThat(Uui.readHex(" 04 6e31\n2d61 ").token()).isEqualTo("n1-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"046e3", "04zz", "04", "", "0400", "04c3bc", "046e;encoding=base64"})
    void whatIsNotUsableSaysWhyAndKeepsTheValue(String value) {
        assertThat(Uui.readHeader(value)).isInstanceOfSatisfying(Uui.Read.Bad.class, bad -> {
            assertThat(bad.reason()).contains("expected: ");
            assertThat(bad.value()).isEqualTo(value);
        });
    }

    @Test
    void moreThanIsdnCarriesIsRefusedBothWays() {
        String long129 = "04" + "61".repeat(128);
        assertThat(Uui.readHex(long129)).isInstanceOf(Uui.Read.Bad.class);
        assertThat(Uui.readHex("04" + "61".repeat(127)).token()).hasSize(127);
        assertThatThrownBy(() -> Uui.hex("a".repeat(128))).hasMessageContaining("expected: 1-127");
        assertThatThrownBy(() -> Uui.hex("with space")).isInstanceOf(IllegalArgumentException.class);
    }
}
