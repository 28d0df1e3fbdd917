package org.jackfield.bus;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as read, checked whole: {@link #faults()} names every value that cannot be. Immutable.
 *
 * @param bootstrapServers empty for the embedded broker
 * @param dataDir null for the default
 */
record BusOptions(
        String node,
        String bootstrapServers,
        int brokerPort,
        int brokerHeapMb,
        @Nullable Path dataDir,
        int spoolLimitMb,
        int partitions,
        int replication,
        List<String> tenants,
        List<String> faults) {
    static final String FILE = "etc/" + BusConfiguration.PID + ".cfg";

    /** @param properties as ConfigAdmin gives them, numbers as text or numbers */
    static BusOptions of(Map<String, ?> properties) {
        var reader = new Reader(properties);
        return new BusOptions(
                reader.word("node", "n1"),
                reader.servers(),
                reader.number("brokerPort", 9092, 1, 65535),
                reader.number("brokerHeapMb", 192, 128, 8192),
                reader.path("dataDir"),
                reader.number("spoolLimitMb", 256, 32, 65536),
                reader.number("partitions", 1, 1, 64),
                reader.number("replication", 1, 1, 9),
                reader.tenants(),
                List.copyOf(reader.faults));
    }

    boolean embedded() {
        return bootstrapServers.isEmpty();
    }

    private static final class Reader {
        private final Map<String, ?> properties;
        private final List<String> faults = new ArrayList<>();

        private Reader(Map<String, ?> properties) {
            this.properties = properties;
        }

        private String text(String name, String otherwise) {
            Object value = properties.get(name);
            String text = value instanceof String[] several
                    ? String.join(",", several)
                    : value == null ? "" : value.toString().trim();
            return text.isEmpty() ? otherwise : text;
        }

        private void fault(String name, String value, String expected) {
            faults.add(name + ": " + value + " (expected: " + expected + ") in " + FILE);
        }

        private int number(String name, int otherwise, int least, int most) {
            String text = text(name, Integer.toString(otherwise));
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Told below like a number out of range.
            }
            fault(name, text, least + "-" + most);
            return otherwise;
        }

        private String word(String name, String otherwise) {
            String text = text(name, otherwise);
            if (!text.matches("[a-z0-9][a-z0-9-]{0,31}")) {
                fault(name, text, "lower-case letters, digits and dashes, 1-32 characters");
            }
            return text;
        }

        private @Nullable Path path(String name) {
            String text = text(name, "");
            try {
                return text.isEmpty() ? null : Path.of(text);
            } catch (InvalidPathException e) {
                fault(name, text, "a folder");
                return null;
            }
        }

        private String servers() {
            String text = text("bootstrapServers", "");
            boolean wrong = !text.isEmpty()
                    && !Stream.of(text.split(",", -1))
                            .allMatch(s -> s.trim().matches("[^\\s:]+:\\d{1,5}|\\[.+]:\\d{1,5}"));
            if (wrong) {
                fault("bootstrapServers", text, "host:port,host:port or empty");
            }
            return text;
        }

        private List<String> tenants() {
            List<String> tenants = Stream.of(text("tenants", "").split(",", -1))
                    .map(String::trim)
                    .filter(t -> !t.isEmpty())
                    .toList();
            for (String tenant : tenants) {
                if (!tenant.matches("[a-z0-9][a-z0-9-]{0,62}")) {
                    fault("tenants", tenant, "lower-case letters, digits and dashes, 1-63 characters");
                }
            }
            return tenants;
        }
    }
}
