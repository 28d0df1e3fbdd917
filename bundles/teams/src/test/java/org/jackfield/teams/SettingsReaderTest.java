package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    @TempDir
    Path folder;

    private final Map<String, Object> good = new HashMap<>(Map.of(
            "service.pid", "org.jackfield.teams~main",
            "tenant", "demo",
            "directoryId", "22222222-0000-4000-8000-000000000000",
            "clientId", "33333333-0000-4000-8000-000000000000",
            "secretEnv", "TEAMS_SECRET"));

    private SettingsReader.Result read() {
        return SettingsReader.read(good, name -> name.equals("TEAMS_SECRET") ? "s3cret" : null, folder);
    }

    @Test
    void aSmallFileIsEnough() {
        Settings settings = read().settings();

        assertThat(settings).isNotNull();
        assertThat(settings.id()).isEqualTo(new LinkId("demo", "teams", "main"));
        assertThat(settings.mode()).isEqualTo(Mode.ACTIVE);
        assertThat(settings.limit()).isEqualTo(1500);
        assertThat(settings.share()).isEqualTo(0.7);
        assertThat(settings.graph()).hasToString("https://graph.microsoft.com");
        assertThat(settings.login()).hasToString("https://login.microsoftonline.com");
    }

    @Test
    void theSecretIsReadFromAFileAndNeverShown() throws Exception {
        Files.writeString(folder.resolve("secret"), "fr0m-file\n");
        good.remove("secretEnv");
        good.put("secretFile", "secret");

        Settings settings = read().settings();

        assertThat(((Credential.Secret) settings.credential()).value()).isEqualTo("fr0m-file");
        assertThat(settings.toString()).doesNotContain("fr0m-file");
    }

    @Test
    void graphsAddressMayEndInItsVersion() {
        for (String url : List.of("http://127.0.0.1:8", "http://127.0.0.1:8/", "http://127.0.0.1:8/v1.0/")) {
            good.put("graphUrl", url);
            assertThat(read().settings().graph()).hasToString("http://127.0.0.1:8");
        }
    }

    @Test
    void allFaultsAreNamedAtOnceWithWhatWasExpected() {
        good.putAll(Map.of(
                "tenant", "Demo!",
                "directoryId", "x",
                "cloud", "china",
                "graphUrl", "http://graph.example",
                "limit", "many",
                "sweep", "1h",
                "mode", "loud",
                "proxy", "nowhere",
                "secretEnv", "UNSET"));

        SettingsReader.Result result = read();

        assertThat(result.settings()).isNull();
        assertThat(result.id()).isEqualTo(new LinkId("unknown", "teams", "main"));
        assertThat(result.faults())
                .containsExactlyInAnyOrder(
                        "tenant: \"Demo!\" (expected: lower-case letters, digits and dashes, 1-63 characters)",
                        "directoryId: \"x\" (expected: a GUID)",
                        "cloud: \"china\" (expected: global, gcc-high or dod; other clouds have no presence API)",
                        "graphUrl: \"http://graph.example\" (expected: https://HOST, or http on loopback)",
                        "limit: \"many\" (expected: 30-100000)",
                        "sweep: \"1h\" (expected: auto or 500ms-5m)",
                        "mode: \"loud\" (expected: active or observe)",
                        "proxy: \"nowhere\" (expected: host:port)",
                        "secretEnv: \"UNSET\" (expected: an environment variable that is set)");
    }

    @Test
    void theAutomaticSweepFollowsTheNumberOfAgents() {
        Settings settings = read().settings();

        assertThat(settings.sweepOf(3)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.sweepOf(1_000)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.sweepOf(10_000)).isEqualTo(Duration.ofMillis(3_500));
        assertThat(settings.sweepOf(100_000)).isEqualTo(Duration.ofSeconds(20));
    }
}
