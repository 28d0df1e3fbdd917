package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scene of {@code ./jackfield demo} against the assembled host, checked by somebody else's Kafka consumer. */
class DemoIT {
    private static final Pattern ID = Pattern.compile("\\bn1-[a-z0-9]+/\\d+\\b");

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("demo").notStarted();

    @Test
    void everyStepPassesAndItsEventIdsAreOnTheBus() throws Exception {
        try (Rig rig = Rig.asShipped(HOST)) {
            HOST.start();
            rig.awaitLinked();
            Path said = Files.createDirectories(Path.of("target", "demo")).resolve("timeline.txt");
            Process demo = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            Path.of(System.getProperty("jackfield.twin"), "twin.jar")
                                    .toString(),
                            "org.jackfield.twin.demo.Demo",
                            "--home",
                            HOST.home().toString(),
                            "--http",
                            HOST.uri("").toString(),
                            "--control",
                            Integer.toString(rig.twin().port("control")),
                            "--bootstrap",
                            "127.0.0.1:" + HOST.port(Port.BROKER),
                            "--agents",
                            HOST.home().resolve("etc/agents-demo.csv").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            assertThat(demo.waitFor(120, TimeUnit.SECONDS)).as("the demo ended").isTrue();
            List<String> lines = Files.readAllLines(said);
            assertThat(demo.exitValue()).as(String.join("\n", lines)).isZero();
            Set<String> printed = new TreeSet<>();
            lines.forEach(line -> ID.matcher(line).results().forEach(m -> printed.add(m.group())));
            assertThat(printed).as("ids on the timeline").hasSizeGreaterThanOrEqualTo(9);
            Set<String> onTheBus = new TreeSet<>();
            for (String tenant : List.of(Rig.TENANT, "host")) {
                try (BusReader bus = rig.bus(tenant)) {
                    onTheBus.addAll(bus.all().stream().map(BusReader.Entry::id).collect(Collectors.toSet()));
                }
            }
            assertThat(onTheBus).containsAll(printed);
        }
    }
}
