package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The running wiring: what a refresh of one bundle would restart. */
@Tag("side-by-side")
class WiringIT {
    private static final Set<String> LEAVES = Set.of(
            "org.jackfield.acd-csta",
            "org.jackfield.acd-asterisk",
            "org.jackfield.sip-trunk",
            "org.jackfield.teams",
            "org.jackfield.console");
    private static final Set<String> RUNTIME =
            Set.of("org.jackfield.camel-runtime", "org.jackfield.kafka-clients-osgi", "org.jackfield.camel-kafka-osgi");

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("wiring");

    private record Wire(String from, String to, String by) {}

    private static List<Wire> wires() {
        return HOST.shell("plugin:wires")
                .lines()
                .map(line -> line.trim().split(" ", 4))
                .filter(p -> p.length >= 3 && p[1].equals("->"))
                .map(p -> new Wire(p[0], p[2], p.length > 3 ? p[3] : ""))
                .toList();
    }

    @Test
    void noLeafIsWiredToAnotherLeaf() {
        assertThat(wires()).isNotEmpty();
        assertThat(wires().stream()
                        .filter(w -> LEAVES.contains(w.from())
                                && LEAVES.contains(w.to())
                                && !w.from().equals(w.to())))
                .isEmpty();
    }

    @Test
    void noRuntimeIsWiredToAPlugin() {
        Set<String> plugins = Set.copyOf(
                Stream.concat(LEAVES.stream(), Stream.of("org.jackfield.mediation-service", "org.jackfield.mediation"))
                        .toList());
        assertThat(wires().stream()
                        .filter(w -> RUNTIME.contains(w.from()) || w.from().equals("org.jackfield.flow-host"))
                        .filter(w -> plugins.contains(w.to())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.jackfield.acd-csta", "org.jackfield.sip-trunk", "org.jackfield.teams"})
    void refreshingALeafRestartsNothingElse(String leaf) {
        Map<String, String> before = starts();
        assertThat(before).containsKey(leaf);
        HOST.shell("bundle:refresh " + leaf);
        HOST.await(java.time.Duration.ofSeconds(20), leaf + " restarted and active", () -> {
            Map<String, String> now = starts();
            return !now.get(leaf).equals(before.get(leaf)) && now.get(leaf).startsWith("Active");
        });
        Map<String, String> after = starts();
        after.remove(leaf);
        before.remove(leaf);
        assertThat(after).isEqualTo(before);
    }

    /** Symbolic name to state and the time of the last start, as the shell's {@code plugin:starts} prints it. */
    private static Map<String, String> starts() {
        Map<String, String> starts = new TreeMap<>();
        HOST.shell("plugin:starts").lines().forEach(line -> {
            Matcher m =
                    Pattern.compile("^(org\\.jackfield\\.\\S+) (\\S+) (\\d+)$").matcher(line.trim());
            if (m.matches()) {
                starts.put(m.group(1), m.group(2) + " " + m.group(3));
            }
        });
        return starts;
    }
}
