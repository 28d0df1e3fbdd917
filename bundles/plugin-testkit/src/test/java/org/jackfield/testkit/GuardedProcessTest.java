package org.jackfield.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardedProcessTest {

    @Test
    void processDiesWithTheJvmThatStartedIt() throws Exception {
        var jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var sleeper =
                ProcessHandle.of(Long.parseLong(jvm.inputReader().readLine())).orElseThrow();
        assertThat(sleeper.isAlive()).isTrue();

        jvm.destroyForcibly().waitFor();

        sleeper.onExit().get(20, TimeUnit.SECONDS);
    }

    @Test
    void endedProcessLeavesNoGuardBehind() {
        var before = ProcessHandle.current().children().count();
        var process = GuardedProcess.start(new ProcessBuilder("sleep", "600"));
        assertThat(process.isAlive()).isTrue();
        process.stop();
        assertThat(process.isAlive()).isFalse();
        assertThat(process.ended(Duration.ofSeconds(1))).isTrue();
        assertThat(ProcessHandle.current().children().count()).isEqualTo(before);
    }

    /** A JVM that starts a guarded process, says its pid and then waits to be killed. */
    static final class Starter {
        public static void main(String[] args) throws Exception {
            var process = GuardedProcess.start(new ProcessBuilder("sleep", "600"));
            System.out.println(process.process().pid());
            process.ended(Duration.ofMinutes(10));
        }
    }
}
