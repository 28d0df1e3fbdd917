package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Assumptions;

/**
 * Mutated messages: whatever comes is a message or a named fault, never another exception, never a hang, and never more
 * memory than a frame is worth. {@code -Psoak} runs a million of them and prints the branches of the reader that they
 * reached.
 */
class FuzzTest {
    private static final Fuzz FUZZ = new Fuzz();
    /** Seeds that once found a fault, one a line. */
    private static final String SEEDS = "/fuzz-seeds.txt";

    @Property(tries = 20_000)
    @Conformance({"ACD-04", "ACD-10"})
    void anyInputIsAMessageOrANamedFault(@ForAll long seed) {
        FUZZ.run(seed);
    }

    @Example
    void seedsThatOnceFoundAFaultFindNoneAnyMore() throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(FuzzTest.class.getResourceAsStream(SEEDS)), StandardCharsets.UTF_8))) {
            List<String> seeds =
                    lines.lines().filter(line -> !line.startsWith("#")).toList();
            seeds.forEach(seed -> FUZZ.run(Long.parseLong(seed)));
            assertThat(seeds).isNotEmpty();
        }
    }

    @Example
    void aMillionInputsReachNineTenthsOfTheReadersBranches() throws Exception {
        int inputs = Integer.getInteger("csta.fuzz.inputs", 0);
        Assumptions.assumeTrue(inputs > 0, "only with -Psoak");
        var fuzz = new Fuzz();
        long from = Long.getLong("csta.fuzz.seed", System.nanoTime());
        long started = System.nanoTime();
        for (long seed = from; seed < from + inputs; seed++) {
            try {
                fuzz.run(seed);
            } catch (Throwable e) {
                Files.writeString(
                        Path.of("target/fuzz-found.txt"),
                        seed + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                throw e;
            }
        }
        System.out.println("Fuzz: " + inputs + " inputs from seed " + from + " in "
                + (System.nanoTime() - started) / 1_000_000 + " ms, " + fuzz);
        Branches branches = Branches.ofTheReader();
        System.out.println("Fuzz: " + branches.report());
        assertThat(fuzz.pastFraming()).isGreaterThan(inputs / 2L);
        assertThat(branches.share()).isGreaterThanOrEqualTo(0.9);
    }

    @AfterContainer
    static void halfOfThemPassedTheFraming() {
        assertThat(FUZZ.pastFraming()).isGreaterThan(FUZZ.inputs() / 2);
        assertThat(FUZZ.messages()).isGreaterThan(FUZZ.inputs() / 5);
        assertThat(FUZZ.faults()).isGreaterThan(FUZZ.inputs() / 10);
        System.out.println("Fuzz: " + FUZZ);
    }

    @Example
    void sameSeedGivesTheSameInput() {
        assertThat(Arrays.equals(new Mutator(7).wire(), new Mutator(7).wire())).isTrue();
    }
}
