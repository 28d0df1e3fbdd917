package org.jackfield.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CfgTest {
    @TempDir
    Path folder;

    private Cfg cfg;

    @BeforeEach
    void twoKeysAndAComment() throws Exception {
        var file = folder.resolve("org.jackfield.sip-main.cfg");
        Files.writeString(file, "# the trunk\nport = 5060\ntargets = a,\\\n  b\nport.tls=5061\n");
        cfg = new Cfg(file);
    }

    @Test
    void settingAKeyKeepsTheOtherLines() throws Exception {
        cfg.set("port", 15060);
        assertThat(Files.readString(cfg.file()))
                .isEqualTo("# the trunk\ntargets = a,\\\n  b\nport.tls=5061\nport = 15060\n");
    }

    @Test
    void replacedValueLosesItsContinuationLines() throws Exception {
        cfg.set("targets", "c");
        assertThat(Files.readString(cfg.file())).isEqualTo("# the trunk\nport = 5060\nport.tls=5061\ntargets = c\n");
    }

    @Test
    void keyIsReadWithoutBlanks() {
        assertThat(cfg.get("port")).contains("5060");
        assertThat(cfg.get("nobody")).isEmpty();
    }

    @Test
    void fileThatIsNotThereIsMade() {
        var fresh = new Cfg(folder.resolve("org.jackfield.csta-main.cfg"));
        fresh.set("host", "127.0.0.1");
        assertThat(fresh.get("host")).contains("127.0.0.1");
    }

    @Test
    void nothingButTheFileIsLeftBehind() throws Exception {
        cfg.set("port", 1).remove("port");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(cfg.file());
        }
    }
}
