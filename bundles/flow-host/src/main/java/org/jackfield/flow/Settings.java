package org.jackfield.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The configuration of the flow host, checked.
 *
 * @param folder of the route files
 * @param poll between two looks at the folder
 * @param rest for which a file must not change before it is read
 * @param drainLimit after which an event leaves a replaced version
 * @param kinds link kinds that are known before a link of theirs appears
 * @param tenant whose topics carry what is told about flows
 */
record Settings(
        Path folder,
        Duration poll,
        Duration rest,
        Duration drainLimit,
        int workerThreads,
        int offerThreads,
        Set<String> kinds,
        String tenant,
        boolean jmx) {

    /**
     * @param base where relative folders begin
     * @throws IllegalArgumentException with all faults at once
     */
    static Settings of(FlowHost.Config config, Path base) {
        List<String> faults = new ArrayList<>();
        range(faults, "pollMillis", config.pollMillis(), 10, 10_000);
        range(faults, "restMillis", config.restMillis(), 0, 10_000);
        range(faults, "drainLimitMillis", config.drainLimitMillis(), 100, 60_000);
        range(faults, "workerThreads", config.workerThreads(), 1, 256);
        range(faults, "offerThreads", config.offerThreads(), 1, 256);
        Set<String> kinds = new TreeSet<>();
        for (String word : config.linkKinds().split(",", -1)) {
            String kind = word.trim();
            kinds.add(kind);
            if (!kind.matches("[a-z0-9][a-z0-9-]{0,62}")) {
                faults.add("linkKinds: \"" + kind + "\" (expected: lower-case letters, digits and dashes)");
            }
        }
        if (config.directory().isBlank()) {
            faults.add("directory: \"\" (expected: the folder of the route files)");
        }
        if (!config.tenant().matches("[a-z0-9][a-z0-9-]{0,62}")) {
            faults.add("tenant: \"" + config.tenant() + "\" (expected: lower-case letters, digits and dashes)");
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults) + " in etc/org.jackfield.flow.cfg");
        }
        return new Settings(
                base.resolve(config.directory()),
                Duration.ofMillis(config.pollMillis()),
                Duration.ofMillis(config.restMillis()),
                Duration.ofMillis(config.drainLimitMillis()),
                config.workerThreads(),
                config.offerThreads(),
                Set.copyOf(kinds),
                config.tenant(),
                config.jmx());
    }

    private static void range(List<String> faults, String name, int value, int least, int most) {
        if (value < least || value > most) {
            faults.add(name + ": " + value + " (expected: " + least + "-" + most + ")");
        }
    }
}
