package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.Ports;

/** A SIPp process on loopback, the foreign SIP peer: one scenario of {@code src/test/resources/sipp}, its ledger and its errors. */
final class Sipp implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final int port;
    private final String scenario;

    private Sipp(Process process, Path directory, int port, String scenario) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.scenario = scenario;
    }

    static int freePort() {
        return Ports.free();
    }

    /** Waits for calls on {@code port}; ends after {@code calls} of them, or never when 0. */
    static Sipp answering(String scenario, int port, int calls, String... more) {
        List<String> options = new ArrayList<>(List.of(more));
        if (calls > 0) {
            options.addAll(List.of("-m", Integer.toString(calls)));
        }
        return start(scenario, port, options);
    }

    /** Places {@code calls} calls to {@code number} at the host's {@code trunk} port, {@code rate} a second, each of {@code talk}. */
    static Sipp calling(
            String scenario, int port, int trunk, String number, int calls, int rate, Duration talk, String... more) {
        List<String> options = new ArrayList<>(List.of(
                "-s", number,
                "-m", Integer.toString(calls),
                "-r", Integer.toString(rate),
                "-l", Integer.toString(Math.max(calls, 10)),
                "-d", Long.toString(talk.toMillis())));
        options.addAll(List.of(more));
        options.add("127.0.0.1:" + trunk);
        return start(scenario, port, options);
    }

    /**
     * Carries some calls slowly, so that what comes next meets a host in service and not one of its first seconds: code is
     * compiled, connections are warm.
     */
    static void warmUp(KarafDistribution host, int phonePort, int calls, int rate) {
        try (Sipp phones = answering("phone", phonePort, calls);
                Sipp carrier = calling(
                        "carrier", freePort(), host.port(Port.SIP), Rig.DNIS, calls, rate, Duration.ofSeconds(1))) {
            carrier.succeeds(Duration.ofSeconds(60));
            phones.succeeds(Duration.ofSeconds(30));
        }
    }

    private static Sipp start(String scenario, int port, List<String> options) {
        try {
            Path directory = Files.createDirectories(Path.of("target", "sipp", scenario + "-" + port));
            try (var xml = Sipp.class.getResourceAsStream("/sipp/" + scenario + ".xml")) {
                Files.copy(
                        java.util.Objects.requireNonNull(xml, scenario),
                        directory.resolve(scenario + ".xml"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            List<String> command = new ArrayList<>(List.of(
                    "sipp",
                    "-sf",
                    scenario + ".xml",
                    "-i",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port),
                    "-nostdin",
                    "-aa",
                    "-trace_err",
                    "-trace_logs",
                    "-fd",
                    "1",
                    "-buff_size",
                    "4194304"));
            if (Boolean.getBoolean("jackfield.sipp.trace")) {
                command.add("-trace_msg");
            }
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("screen.txt").toFile())
                    .start();
            return new Sipp(process, directory, port, scenario);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    boolean running() {
        return process.isAlive();
    }

    /** Waits for the end and claims that no call failed. */
    void succeeds(Duration within) {
        assertThat(end(within))
                .as("%s: exit code of SIPp (0 = no call failed); see %s%n%s", scenario, directory, errors())
                .isZero();
    }

    /** Waits for the end, whatever came out. */
    int end(Duration within) {
        try {
            boolean ended = process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended)
                    .as("%s ended within %s; see %s%n%s", scenario, within, directory, errors())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The Call-IDs that the scenario logged with {@code word}. */
    Set<String> ledger(String word) {
        Set<String> found = new TreeSet<>();
        for (String line : lines("_logs.log")) {
            String[] parts = line.trim().split(" ", 2);
            if (parts.length == 2 && parts[0].equals(word)) {
                found.add(parts[1]);
            }
        }
        return found;
    }

    private String errors() {
        List<String> lines = lines("_errors.log");
        return String.join("\n", lines.subList(0, Math.min(40, lines.size())));
    }

    private List<String> lines(String suffix) {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(process.pid() + suffix))
                    .toList()) {
                lines.addAll(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
