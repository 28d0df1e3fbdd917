package org.jackfield.testkit.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The report of what is proven, not proven and not applicable, made from the assertions and the proofs of the last run.
 *
 * <p>{@code main ROOT} writes {@code ROOT/target/conformance.md} and prints one line of totals; with {@code --refresh} it
 * writes {@code ROOT/docs/CONFORMANCE.md} too. A test that names an assertion nobody has written down is an error.
 */
public final class ConformanceReport {
    private enum State {
        PROVEN("proven"),
        FAILED("refuted"),
        UNPROVEN("not proven"),
        LATER("later"),
        NOT_APPLICABLE("not applicable");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    private final List<Assertion> assertions;
    private final Map<String, List<Proof>> proofs;

    ConformanceReport(List<Assertion> assertions, List<Proof> proofs) {
        this.assertions = assertions;
        this.proofs = proofs.stream().collect(Collectors.groupingBy(Proof::id, TreeMap::new, Collectors.toList()));
    }

    public static void main(String[] args) throws IOException {
        var options = new ArrayList<>(List.of(args));
        boolean refresh = options.contains("--refresh") || options.contains("--refresh=true");
        options.removeIf(option -> option.startsWith("--refresh"));
        if (options.size() != 1) {
            throw new IllegalArgumentException("expected: ROOT [--refresh]");
        }
        var root = Path.of(options.get(0)).toAbsolutePath().normalize();
        var report = new ConformanceReport(Assertion.read(root.resolve("docs/conformance.yaml")), Proof.readAll(root));
        var unknown = report.unknown();
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("named by a test, but not in docs/conformance.yaml: " + unknown);
        }
        Files.createDirectories(root.resolve("target"));
        Files.writeString(root.resolve("target/conformance.md"), report.markdown());
        if (refresh) {
            Files.writeString(root.resolve("docs/CONFORMANCE.md"), report.markdown());
        }
        System.out.println("Conformance: " + report.totals() + " (target/conformance.md)");
    }

    /** Names of assertions that tests claim and nobody has written down. */
    List<String> unknown() {
        var known = assertions.stream().map(Assertion::id).toList();
        return proofs.keySet().stream().filter(id -> !known.contains(id)).toList();
    }

    String totals() {
        return count(assertions).entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey().word)
                .collect(Collectors.joining(", "));
    }

    String markdown() {
        var text = new StringBuilder();
        text.append("# Conformance\n\n");
        text.append("What the tests of the last full run prove of the assertions in `conformance.yaml`.\n");
        text.append("Proven means: a test that names the assertion has run and passed, and none has failed.\n");
        text.append("This page is made by a command (see `CONTRIBUTING.md`); do not edit it.\n\n");
        text.append("| | ")
                .append(words())
                .append(" |\n|---|")
                .append("---|".repeat(State.values().length))
                .append('\n');
        var families = assertions.stream().map(Assertion::family).distinct().toList();
        for (var family : families) {
            row(text, family, of(family));
        }
        row(text, "all", assertions);
        for (var family : families) {
            text.append("\n## ")
                    .append(family)
                    .append("\n\n| id | state | assertion | proven by |\n|---|---|---|---|\n");
            of(family).forEach(assertion -> line(text, assertion));
        }
        return text.toString();
    }

    private static String words() {
        return List.of(State.values()).stream().map(state -> state.word).collect(Collectors.joining(" | "));
    }

    private void row(StringBuilder text, String name, List<Assertion> some) {
        text.append("| ").append(name);
        count(some).values().forEach(number -> text.append(" | ").append(number));
        text.append(" |\n");
    }

    private void line(StringBuilder text, Assertion assertion) {
        var state = state(assertion);
        var word = assertion.reason().isEmpty() ? state.word : state.word + ": " + assertion.reason();
        if (state == State.PROVEN) { // a status beside a proof is about the rest of it
            word = assertion.status().equals(Assertion.LATER) ? "proven; later: " + assertion.reason() : state.word;
        }
        var tests = proofs.getOrDefault(assertion.id(), List.of()).stream()
                .map(ConformanceReport::shortName)
                .sorted()
                .collect(Collectors.joining(", "));
        text.append("| ").append(assertion.id());
        text.append(" | ").append(cell(word));
        text.append(" | ").append(cell(assertion.text()));
        text.append(" | ").append(tests).append(" |\n");
    }

    private static String shortName(Proof proof) {
        var test = proof.test()
                .substring(proof.test().lastIndexOf('.', proof.test().indexOf('#')) + 1);
        return switch (proof.outcome()) {
            case PASSED -> "`" + test + "`";
            case SKIPPED -> "`" + test + "` (skipped)";
            case FAILED -> "`" + test + "` (failed)";
        };
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    private List<Assertion> of(String family) {
        return assertions.stream().filter(a -> a.family().equals(family)).toList();
    }

    private Map<State, Integer> count(List<Assertion> some) {
        var counts = new EnumMap<State, Integer>(State.class);
        for (var state : State.values()) {
            counts.put(state, 0);
        }
        some.forEach(assertion -> counts.merge(state(assertion), 1, Integer::sum));
        return counts;
    }

    private State state(Assertion assertion) {
        var found = proofs.getOrDefault(assertion.id(), List.of());
        if (found.stream().anyMatch(proof -> proof.outcome() == Proof.Outcome.FAILED)) {
            return State.FAILED;
        }
        if (found.stream().anyMatch(proof -> proof.outcome() == Proof.Outcome.PASSED)) {
            return State.PROVEN;
        }
        return switch (assertion.status()) {
            case Assertion.NOT_APPLICABLE -> State.NOT_APPLICABLE;
            case Assertion.LATER -> State.LATER;
            default -> State.UNPROVEN;
        };
    }
}
