package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the archive itself promises: it boots by itself, listens where it should, and ships no password. */
class DistributionIT {
    @RegisterExtension
    static final KarafDistribution HOST =
            KarafDistribution.named("distribution").asShipped();

    @Test
    void operatorHasARandomPasswordOfMode600AndNoOtherAccountExists() throws Exception {
        var file = HOST.home().resolve("etc/operator.password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file).strip()).hasSizeGreaterThanOrEqualTo(32);
        assertThat(Files.readString(HOST.home().resolve("data/log/console.log")))
                .contains(file.toString());
        try (var users = Files.lines(HOST.home().resolve("etc/users.properties"))) {
            assertThat(users.filter(line -> !line.startsWith("#") && !line.startsWith("_g_")))
                    .singleElement()
                    .asString()
                    .startsWith("operator = ");
        }
    }

    @Test
    void operatorsShellAnswers() {
        assertThat(HOST.shell("bundle:list -t 0")).contains("Jackfield plugin-api");
    }

    @Test
    void everyBundleIsActive() {
        assertThat(HOST.shell("bundle:list -t 0").lines().filter(line -> line.matches("\\d+ .*")))
                .isNotEmpty()
                .allMatch(line -> line.contains("| Active ") || line.contains("Fragment") || line.contains("Hosts:"));
    }

    /** FileInstall makes an archive of each folder it watches over, once a second, if it is not told to pass by. */
    @Test
    void examplesBesideTheConfigurationAreLeftAlone() throws Exception {
        assertThat(HOST.home().resolve("etc/topologies")).isDirectory();
        try (var files = Files.walk(HOST.home().resolve("data/tmp"))) {
            assertThat(files.filter(file -> file.toString().contains("topologies")))
                    .isEmpty();
        }
    }

    @Test
    void metricsArePlainPrometheusText() {
        assertThat(HOST.get("/metrics").body()).contains("# TYPE jvm_");
    }

    @Test
    void everyPageAnswersAndNothingElseDoes() {
        assertThat(List.of("/", "/console.js", "/console.css", "/agent", "/api/overview", "/health/ready", "/metrics"))
                .allSatisfy(page -> assertThat(HOST.get(page).statusCode()).isEqualTo(200));
        assertThat(HOST.get("/health/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void nothingListensBeyondTheLoopback() throws Exception {
        assertThat(HOST.port(Port.HTTP)).isPositive();
        assertThat(Listening.addresses(HOST.handle())).isNotEmpty().allMatch(Listening::isLoopback);
    }
}
