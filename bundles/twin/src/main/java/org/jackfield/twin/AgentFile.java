package org.jackfield.twin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The agents that the twin plays, read from the same CSV that the host's agent dictionary reads. */
public final class AgentFile {
    /** One agent: who it is at the ACD, in Entra and on the trunk. */
    public record Line(
            String id, String device, List<String> groups, String user, String upn, String number, String endpoint) {}

    private static final List<String> NEEDED = List.of("id", "device", "groups", "user", "upn", "number", "endpoint");

    private AgentFile() {}

    /** The agents of {@code file}, or three built-in ones when it is null. */
    public static List<Line> read(@Nullable Path file) throws IOException {
        if (file != null) {
            return parse(Files.readAllLines(file, StandardCharsets.UTF_8), file.toString());
        }
        try (InputStream in = Objects.requireNonNull(AgentFile.class.getResourceAsStream("agents-demo.csv"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return parse(text.lines().toList(), "agents-demo.csv");
        }
    }

    private static List<Line> parse(List<String> lines, String name) {
        List<Line> agents = new ArrayList<>();
        List<String> header = List.of();
        for (int n = 1; n <= lines.size(); n++) {
            String line = lines.get(n - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> cells = List.of(line.split(",", -1));
            if (header.isEmpty()) {
                header = cells.stream().map(String::strip).toList();
                if (!header.containsAll(NEEDED)) {
                    throw new IllegalArgumentException(name + ":" + n + ": " + header + " (expected: " + NEEDED + ")");
                }
            } else {
                agents.add(line(header, cells, name + ":" + n));
            }
        }
        return agents;
    }

    private static Line line(List<String> header, List<String> cells, String place) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException(
                    place + ": " + cells.size() + " cells (expected: " + header.size() + ")");
        }
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < header.size(); i++) {
            row.put(header.get(i), cells.get(i).strip());
        }
        String groups = row.getOrDefault("groups", "");
        return new Line(
                row.getOrDefault("id", ""),
                row.getOrDefault("device", ""),
                groups.isEmpty() ? List.of() : List.of(groups.split(" +")),
                row.getOrDefault("user", ""),
                row.getOrDefault("upn", ""),
                row.getOrDefault("number", ""),
                row.getOrDefault("endpoint", "desk"));
    }
}
