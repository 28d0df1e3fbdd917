package org.jackfield.itests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dependency picture of the README, held on the compiled classes of all bundles. */
class ArchitectureTest {
    private static final List<String> LEAVES =
            List.of("org.jackfield.acd..", "org.jackfield.sip..", "org.jackfield.teams..", "org.jackfield.console..");

    /** What a package may see of this project, besides itself. */
    private static final Map<String, List<String>> MAY_SEE = Map.ofEntries(
            Map.entry("org.jackfield.plugin..", List.of("org.jackfield.event..")),
            Map.entry("org.jackfield.event..", List.of()),
            Map.entry("org.jackfield.mediation.presence..", contract("org.jackfield.mediation..")),
            Map.entry("org.jackfield.mediation.service..", contract("org.jackfield.mediation..")),
            Map.entry("org.jackfield.bus..", contract()),
            Map.entry("org.jackfield.flow..", contract()),
            Map.entry("org.jackfield.protocol.csta..", List.of()),
            Map.entry("org.jackfield.protocol.sip..", List.of()),
            Map.entry("org.jackfield.acd.csta..", contract("org.jackfield.protocol.csta..")),
            Map.entry("org.jackfield.acd.asterisk..", contract()),
            Map.entry("org.jackfield.sip..", contract("org.jackfield.protocol.sip..")),
            Map.entry("org.jackfield.teams..", contract()),
            Map.entry("org.jackfield.telemetry..", contract()),
            Map.entry("org.jackfield.console..", contract()));

    private static final String WHITEBOARD = "org.osgi.service.http.whiteboard.propertytypes.";

    private static JavaClasses all;

    private static List<String> contract(String... more) {
        return Stream.concat(Stream.of("org.jackfield.plugin..", "org.jackfield.event.."), Stream.of(more))
                .toList();
    }

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> bundles = Files.list(Path.of("..", "bundles"))) {
            List<Path> compiled = bundles.filter(b -> !b.endsWith("twin") && !b.endsWith("plugin-testkit"))
                    .map(b -> b.resolve("target/classes"))
                    .filter(Files::isDirectory)
                    .toList();
            all = new ClassFileImporter().importPaths(compiled);
        }
        assertThat(all.size()).as("classes read").isGreaterThan(200);
    }

    @Test
    void everyPackageSeesOnlyWhatThePictureAllows() {
        MAY_SEE.forEach((from, to) -> {
            String[] allowed = Stream.concat(Stream.of(from), to.stream()).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(from)
                    .should()
                    .dependOnClassesThat(resideInAPackage("org.jackfield..")
                            .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAnyPackage(allowed))))
                    .check(all);
        });
    }

    @Test
    void noLeafSeesAnotherLeaf() {
        for (String leaf : LEAVES) {
            String[] others =
                    LEAVES.stream().filter(other -> !other.equals(leaf)).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(leaf)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others))
                    .check(all);
        }
    }

    @Test
    void theContractNeedsNothingButTheJdk() {
        classes()
                .that()
                .resideInAnyPackage("org.jackfield.plugin..", "org.jackfield.event..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations..",
                        "org.osgi.annotation..",
                        "org.jackfield.plugin..",
                        "org.jackfield.event..")
                .check(all);
    }

    @Test
    void decisionsArePure() {
        noClasses()
                .that()
                .resideInAPackage("org.jackfield.mediation..")
                .and()
                .resideOutsideOfPackage("org.jackfield.mediation.service..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.slf4j..",
                        "org.apache..",
                        "org.osgi.service..",
                        "io.micrometer..",
                        "java.io..",
                        "java.net..",
                        "java.nio..",
                        "java.util.concurrent.locks..")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(all);
    }

    /** The web container remembers by context and path who answered, also for a page that is still to come. */
    @Test
    void servletThatTakesEveryPathHasAContextOfItsOwn() {
        List<JavaClass> greedy = all.stream()
                .filter(type -> type.isAnnotatedWith(WHITEBOARD + "HttpWhiteboardServletPattern"))
                .filter(type -> Stream.of("/", "/*").anyMatch(patterns(type)::contains))
                .toList();
        assertThat(greedy).extracting(JavaClass::getSimpleName).containsExactly("PageServlet");
        assertThat(greedy).allMatch(type -> type.isAnnotatedWith(WHITEBOARD + "HttpWhiteboardContextSelect"));
    }

    private static List<Object> patterns(JavaClass servlet) {
        return List.of((Object[]) servlet.getAnnotationOfType(WHITEBOARD + "HttpWhiteboardServletPattern")
                .get("value")
                .orElseThrow());
    }

    @Test
    void protocolsKnowNeitherOsgiNorMetrics() {
        noClasses()
                .that()
                .resideInAPackage("org.jackfield.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.osgi.service..", "org.osgi.framework..", "io.micrometer..", "org.apache.camel..")
                .check(all);
    }

    @Test
    void onlyTheBusSeesKafkaAndOnlyFlowsSeeCamelAndOnlyTeamsSeesMicrosoft() {
        onlyIn("org.jackfield.bus..", "org.apache.kafka..");
        onlyIn("org.jackfield.flow..", "org.apache.camel..");
        onlyIn("org.jackfield.teams..", "com.microsoft..");
    }

    private static void onlyIn(String where, String what) {
        noClasses()
                .that()
                .resideInAPackage("org.jackfield..")
                .and()
                .resideOutsideOfPackage(where)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(what)
                .check(all);
    }
}
