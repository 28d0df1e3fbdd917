package org.jackfield.mediation.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jackfield.mediation.routing.NumberPattern;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/** Reads {@code agents-<tenant>.csv}. Stateless; a line with a fault gives no agent, and nothing is guessed. */
final class AgentFile {
    static final List<String> HEADER = List.of("id", "acd", "device", "groups", "user", "upn", "number", "endpoint");

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}");
    private static final Pattern USER = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final int MOST_FAULTS = 50;

    /** A line that is wrong; line numbers begin with 1. */
    record Fault(int line, @Nullable String value, String reason, String expected) {}

    /** What a file says. The agents are good only when there are no faults. */
    record Content(List<Agent> agents, List<Fault> faults) {}

    private final String tenant;
    private final List<Agent> agents = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();

    private AgentFile(String tenant) {
        this.tenant = tenant;
    }

    static Content read(String tenant, String text) {
        var file = new AgentFile(tenant);
        file.lines(text);
        return new Content(List.copyOf(file.agents), List.copyOf(file.faults));
    }

    private void lines(String text) {
        String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\\R", -1);
        boolean header = false;
        for (int i = 0; i < lines.length && faults.size() < MOST_FAULTS; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> cells = cells(line);
            if (!header) {
                header = true;
                if (!cells.equals(HEADER)) {
                    faults.add(new Fault(i + 1, line, "wrong header", String.join(",", HEADER)));
                    return;
                }
            } else {
                agent(i + 1, cells);
            }
        }
        if (!header) {
            faults.add(new Fault(1, null, "no header", String.join(",", HEADER)));
        }
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
    }

    private void agent(int line, List<String> cells) {
        if (cells.size() != HEADER.size()) {
            faults.add(new Fault(line, String.join(",", cells), cells.size() + " columns", HEADER.size() + " columns"));
            return;
        }
        int before = faults.size();
        String id = word(line, "id", cells.get(0));
        String acd = word(line, "acd", cells.get(1));
        String device = word(line, "device", cells.get(2));
        List<String> groups =
                cells.get(3).isEmpty() ? List.of() : List.of(cells.get(3).split("\\s+", -1));
        String user =
                shaped(line, "user", cells.get(4).toLowerCase(Locale.ROOT), USER, "an Entra object id, or nothing");
        String upn = cells.get(5).isEmpty() ? null : cells.get(5);
        String number = number(line, cells.get(6));
        Agent.Endpoint endpoint = endpoint(line, cells.get(7));
        unique(line, "id", id);
        unique(line, "device", device);
        unique(line, "user", user);
        unique(line, "number", number);
        if (faults.size() == before) {
            agents.add(new Agent(tenant, id, acd, device, groups, user, upn, number, endpoint));
        }
    }

    private String word(int line, String column, String value) {
        if (!ID.matcher(value).matches()) {
            faults.add(new Fault(
                    line,
                    value,
                    column + ": \"" + value + "\"",
                    "1-63 letters, digits and ._@+- beginning with a letter or digit"));
        }
        return value;
    }

    private @Nullable String shaped(int line, String column, String value, Pattern shape, String expected) {
        if (value.isEmpty()) {
            return null;
        }
        if (!shape.matcher(value).matches()) {
            faults.add(new Fault(line, value, column + ": \"" + value + "\"", expected));
        }
        return value;
    }

    private @Nullable String number(int line, String value) {
        if (value.isEmpty()) {
            return null;
        }
        String number = NumberPattern.normal(value);
        if (number == null || !number.startsWith("+")) {
            faults.add(new Fault(line, value, "number: \"" + value + "\"", "+E.164, or nothing"));
        }
        return number;
    }

    private Agent.Endpoint endpoint(int line, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "", "desk" -> Agent.Endpoint.DESK;
            case "teams" -> Agent.Endpoint.TEAMS;
            case "both" -> Agent.Endpoint.BOTH;
            default -> {
                faults.add(new Fault(line, value, "endpoint: \"" + value + "\"", "desk, teams or both"));
                yield Agent.Endpoint.DESK;
            }
        };
    }

    private void unique(int line, String column, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return;
        }
        Integer first = seen.putIfAbsent(column + "=" + value, line);
        if (first != null) {
            faults.add(new Fault(
                    line,
                    value,
                    column + ": \"" + value + "\" is in line " + first + " already",
                    "each " + column + " once"));
        }
    }
}
