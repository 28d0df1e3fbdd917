package org.jackfield.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    @Test
    void folderAndPortAreTakenAsGiven() throws Exception {
        assertThat(Arguments.parse("--data", "store", "--port", "9092"))
                .isEqualTo(new Arguments(Path.of("store"), 9092));
    }

    @Test
    void portZeroBecomesAFreePort() throws Exception {
        assertThat(Arguments.parse("--data", "store", "--port", "0").port()).isBetween(1, 65535);
    }

    @Test
    void allFaultsAreSaidAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.parse("--port", "99999", "--speed", "11"))
                .withMessageContaining("--port: 99999 (expected: 0-65535)")
                .withMessageContaining("--speed: unknown")
                .withMessageContaining("--data: missing");
    }
}
