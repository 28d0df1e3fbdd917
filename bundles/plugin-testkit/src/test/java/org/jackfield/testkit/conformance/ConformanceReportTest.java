package org.jackfield.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceReportTest {
    private static final Assertion TARGETS =
            new Assertion("DR-01", "Targets are tried in order.", "RFC", "both", "", "");
    private static final Assertion MEDIA =
            new Assertion("DR-02", "Media is encrypted.", "RFC", "both", "not-applicable", "the SBC anchors media");
    private static final Assertion FRAME = new Assertion("ACD-01", "A frame | has a length.", "ECMA", "acd", "", "");
    private static final List<Assertion> ALL = List.of(TARGETS, MEDIA, FRAME);

    @TempDir
    Path folder;

    @Test
    void passedTestProves() {
        var report = new ConformanceReport(ALL, List.of(proof("DR-01", Proof.Outcome.PASSED)));
        assertThat(report.totals()).isEqualTo("1 proven, 1 not proven, 1 not applicable");
        assertThat(report.markdown()).contains("| DR-01 | proven | Targets are tried in order. | `TrunkTest#order` |");
    }

    @Test
    void oneFailedTestRefutesWhatAnotherProves() {
        var report = new ConformanceReport(
                ALL, List.of(proof("DR-01", Proof.Outcome.PASSED), proof("DR-01", Proof.Outcome.FAILED)));
        assertThat(report.totals()).isEqualTo("1 refuted, 1 not proven, 1 not applicable");
    }

    @Test
    void skippedTestProvesNothing() {
        var report = new ConformanceReport(ALL, List.of(proof("ACD-01", Proof.Outcome.SKIPPED)));
        assertThat(report.totals()).isEqualTo("2 not proven, 1 not applicable");
        assertThat(report.markdown())
                .contains("| ACD-01 | not proven | A frame \\| has a length. | `TrunkTest#order` (skipped) |");
    }

    @Test
    void reasonStandsWhereAnAssertionDoesNotApply() {
        assertThat(new ConformanceReport(ALL, List.of()).markdown())
                .contains("| DR-02 | not applicable: the SBC anchors media |");
    }

    @Test
    void proofOfOnePartSaysWhatComesLater() {
        var half = new Assertion("DR-03", "Both halves.", "RFC", "both", "later", "the other half");
        var report = new ConformanceReport(List.of(half), List.of(proof("DR-03", Proof.Outcome.PASSED)));
        assertThat(report.markdown()).contains("| DR-03 | proven; later: the other half | Both halves. |");
        assertThat(report.totals()).isEqualTo("1 proven");
    }

    @Test
    void claimOfAnUnknownAssertionIsFound() {
        assertThat(new ConformanceReport(ALL, List.of(proof("DR-99", Proof.Outcome.PASSED))).unknown())
                .containsExactly("DR-99");
    }

    @Test
    void allFaultsOfTheListAreSaidAtOnce() throws Exception {
        var file = Files.writeString(folder.resolve("conformance.yaml"), """
                - {id: DR-1, text: a}
                - {id: DR-02, text: b}
                - {id: DR-02, status: never}
                """);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Assertion.read(file))
                .withMessageContaining("id: DR-1 (expected")
                .withMessageContaining("DR-02: text is missing")
                .withMessageContaining("DR-02: status: never")
                .withMessageContaining("DR-02: there twice");
    }

    @Test
    void proofsOfAllModulesAreRead() throws Exception {
        var module = Files.createDirectories(folder.resolve("bundles/x").resolve(Proof.FOLDER));
        var proof = proof("DR-01", Proof.Outcome.PASSED);
        Files.writeString(module.resolve("org.jackfield.x.TrunkTest.tsv"), proof.line() + "\n");
        assertThat(Proof.readAll(folder)).containsExactly(proof);
    }

    private static Proof proof(String id, Proof.Outcome outcome) {
        return new Proof(id, outcome, "org.jackfield.sip.TrunkTest#order");
    }
}
