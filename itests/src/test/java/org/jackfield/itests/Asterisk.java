package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jackfield.testkit.Peers;
import org.jackfield.testkit.Ports;

/**
 * An Asterisk of its own on loopback, the foreign ACD: queue 600, agents' phones 4711 and 4712, and the snippets that ship
 * for Asterisk administrators, unchanged. Ends with {@link #close}, by its process.
 */
final class Asterisk implements AutoCloseable {
    private static final List<String> FILES = List.of(
            "asterisk.conf",
            "modules.conf",
            "logger.conf",
            "manager.conf",
            "pjsip.conf",
            "queues.conf",
            "extensions.conf",
            "features.conf",
            "indications.conf",
            "rtp.conf");

    private final Path home;
    private final Path secret;
    private final int manager = Ports.free();
    private final int sip = Ports.free();
    private final Process process;

    /**
     * @param snippets the folder of the shipped files
     * @param phones where the agents' phones are
     */
    Asterisk(Path snippets, int phones) {
        try {
            home = Files.createDirectories(Path.of("target", "asterisk")).toAbsolutePath();
            for (String folder : List.of("etc", "db", "spool", "run", "log")) {
                Files.createDirectories(home.resolve(folder));
            }
            String password = UUID.randomUUID().toString();
            secret = Files.writeString(home.resolve("secret"), password);
            Map<String, String> values = Map.of(
                    "@home@", home.toString(),
                    "@ami@", Integer.toString(manager),
                    "@sip@", Integer.toString(sip),
                    "@phones@", Integer.toString(phones));
            for (String file : FILES) {
                write(file, filled(resource(file), values));
            }
            for (String part : List.of("manager", "extensions", "features")) {
                String file = part + "-jackfield.conf";
                String text = Files.readString(snippets.resolve(file));
                write(file, text.replace("; secret =", "secret = " + password));
            }
            process = new ProcessBuilder(Peers.find("asterisk").orElseThrow().toString(), "-f", "-C", conf())
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("console.txt").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String resource(String file) throws IOException {
        try (var in = Asterisk.class.getResourceAsStream("/asterisk/" + file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String filled(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace(value.getKey(), value.getValue());
        }
        return filled;
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(home.resolve("etc").resolve(file), text);
    }

    private String conf() {
        return home.resolve("etc/asterisk.conf").toString();
    }

    /** Waits until it takes calls. */
    Asterisk awaitUp() {
        Awaitility.await("asterisk is up, see " + home)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> tell("core waitfullybooted").contains("fully booted")
                        && tell("queue show 600").contains("600"));
        return this;
    }

    /** What its console says to a command. */
    String tell(String command) {
        try {
            Process console = new ProcessBuilder(
                            Peers.find("asterisk").orElseThrow().toString(), "-C", conf(), "-rx", command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(console.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            console.waitFor(10, TimeUnit.SECONDS);
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An administrator's console command that must do something. */
    void order(String command) {
        assertThat(tell(command))
                .as(command)
                .doesNotContainIgnoringCase("no such")
                .doesNotContain("Unable");
    }

    int manager() {
        return manager;
    }

    int sip() {
        return sip;
    }

    Path secret() {
        return secret;
    }

    /** The process and what it started. */
    Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
