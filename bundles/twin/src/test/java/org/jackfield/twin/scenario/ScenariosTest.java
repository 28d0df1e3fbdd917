package org.jackfield.twin.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.Options;
import org.jackfield.twin.Twin;
import org.junit.jupiter.api.Test;

/** How scenarios are run and told, without a host; against one they are played in sip-trunk and itests. */
class ScenariosTest {
    @Test
    @Conformance("DR-95")
    void withoutAHostEveryAssertionFailsAndSaysWhatIsMissing() throws IOException {
        try (Twin twin = new Twin(Options.free())) {
            List<Result> results =
                    twin.scenarios().play(twin.peers("", ""), Set.of("S03", "S11", "S21"), 1, some -> {});
            assertThat(results)
                    .filteredOn(result -> result.verdict() != Result.Verdict.LATER)
                    .isNotEmpty()
                    .allMatch(Result::failed)
                    .allMatch(result -> result.sentence().startsWith("missing: the host's INVITE to Teams"));
            assertThat(results)
                    .filteredOn(result -> result.verdict() == Result.Verdict.LATER)
                    .extracting(Result::assertion)
                    .containsExactly("DR-57");
            assertThat(Scenarios.total(results)).startsWith("3 scenarios, ").contains(" 0 passed, ", " 1 later");
        }
    }

    @Test
    void runIsStartedAndAskedForLater() throws IOException {
        try (Twin twin = new Twin(Options.free())) {
            String id = twin.scenarios().start(twin.peers("", ""), Set.of("S04"), 7);
            assertThat(twin.scenarios().view(id)).containsEntry("state", "running");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(twin.scenarios().view(id))
                            .containsEntry("state", "done")
                            .containsEntry("failed", 3L));
            assertThat(twin.scenarios().view("run-9")).isNull();
        }
    }

    @Test
    void unknownScenarioIsRefusedWithThoseThatThereAre() throws IOException {
        try (Twin twin = new Twin(Options.free())) {
            assertThatThrownBy(() -> twin.scenarios().start(twin.peers("", ""), Set.of("S99"), 1))
                    .hasMessageContaining("S99")
                    .hasMessageContaining("S21");
        }
    }

    @Test
    void everyScenarioOfTheListIsThere() {
        assertThat(Scenarios.titles().keySet())
                .containsExactly(
                        "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12", "S13", "S14", "S15",
                        "S16", "S17", "S21");
    }

    @Test
    @Conformance("DR-94")
    void commandLinePrintsEveryAssertionAndEndsWithOneWhenOneFails() throws Exception {
        Process play = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Play.class.getName(),
                        "--trunk",
                        "127.0.0.1:9;udp",
                        "--only",
                        "S04",
                        "--control",
                        "0",
                        "--sbc",
                        "0",
                        "--acd-sip",
                        "0",
                        "--csta",
                        "0",
                        "--graph",
                        "0")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            List<String> lines = play.inputReader().lines().toList();
            assertThat(play.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(play.exitValue()).isEqualTo(1);
            assertThat(lines).hasSize(5);
            assertThat(lines.get(0)).startsWith("seed 1, SBC on ");
            assertThat(lines.subList(1, 4)).allMatch(line -> line.startsWith("S04  FAIL   DR-3"));
            assertThat(lines.get(4)).isEqualTo("1 scenarios, 3 assertions: 0 passed, 3 failed, 0 later");
        } finally {
            play.destroyForcibly();
        }
    }

    @Test
    void idsAreReadWithCommasOrSpaces() {
        assertThat(Play.ids("S11,S13 S03")).containsExactly("S03", "S11", "S13");
        assertThat(Play.ids("")).isEmpty();
    }

    @Test
    void lineNamesScenarioVerdictAndAssertion() {
        Result result = new Result("S11", "DR-58", Result.Verdict.FAIL, "this (expected: that)");
        assertThat(result.line()).isEqualTo("S11  FAIL   DR-58               this (expected: that)");
        assertThat(result.view())
                .isEqualTo(Map.of(
                        "scenario",
                        "S11",
                        "assertion",
                        "DR-58",
                        "verdict",
                        "FAIL",
                        "sentence",
                        "this (expected: that)"));
    }
}
