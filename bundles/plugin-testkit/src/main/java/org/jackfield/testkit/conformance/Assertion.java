package org.jackfield.testkit.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * An entry of {@code docs/conformance.yaml}.
 *
 * @param status empty, {@code later} or {@code not-applicable}
 * @param reason why, when there is a status
 */
record Assertion(String id, String text, String source, String role, String status, String reason) {
    static final String NOT_APPLICABLE = "not-applicable";
    static final String LATER = "later";

    /** Reads the file and reports all its faults at once. */
    static List<Assertion> read(Path file) throws IOException {
        var faults = new ArrayList<String>();
        var assertions = new ArrayList<Assertion>();
        try (var reader = Files.newBufferedReader(file)) {
            var document = new Load(LoadSettings.builder().build()).loadFromReader(reader);
            if (document instanceof List<?> entries) {
                entries.forEach(entry -> assertions.add(of(entry, faults)));
            } else {
                faults.add("not a list");
            }
        }
        assertions.stream()
                .map(Assertion::id)
                .filter(id -> assertions.stream().filter(a -> a.id().equals(id)).count() > 1)
                .distinct()
                .forEach(id -> faults.add(id + ": there twice"));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(file + ": " + String.join("; ", faults));
        }
        return List.copyOf(assertions);
    }

    private static Assertion of(Object entry, List<String> faults) {
        var map = entry instanceof Map<?, ?> known ? known : Map.of();
        var assertion = new Assertion(
                text(map, "id"),
                text(map, "text"),
                text(map, "source"),
                text(map, "role"),
                text(map, "status"),
                text(map, "reason"));
        if (!assertion.id().matches("(DR|GR|ACD)-\\d{2,3}")) {
            faults.add("id: " + assertion.id() + " (expected: DR-01 and the like)");
        }
        if (assertion.text().isEmpty()) {
            faults.add(assertion.id() + ": text is missing");
        }
        if (!List.of("", LATER, NOT_APPLICABLE).contains(assertion.status())) {
            faults.add(assertion.id() + ": status: " + assertion.status() + " (expected: later or not-applicable)");
        }
        if (assertion.status().equals(NOT_APPLICABLE) && assertion.reason().isEmpty()) {
            faults.add(assertion.id() + ": not applicable without a reason");
        }
        return assertion;
    }

    private static String text(Map<?, ?> map, String key) {
        var value = map.get(key);
        return value == null ? "" : value.toString().strip();
    }

    /** The list it belongs to: {@code DR}, {@code GR} or {@code ACD}. */
    String family() {
        return id.substring(0, id.indexOf('-'));
    }
}
