package org.jackfield.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The twin (stand-ins for ACD, SBC and Teams) as a process on free ports of the loopback.
 *
 * <p>{@link #start} returns when everything listens. The jar is in the folder named by the system property
 * {@code jackfield.twin}; without it in {@code bundles/twin/target} of this checkout. Its log goes to
 * {@code target/twin-PID.log}.
 */
public final class TwinProcess implements AutoCloseable {
    private static final String PROPERTY = "jackfield.twin";
    private static final Pattern MEMBER =
            Pattern.compile("\"([\\w-]+)\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}\\s]+))");
    private static final List<String> PORTS = List.of("control", "graph", "csta", "acd-sip", "sbc");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final GuardedProcess process;
    private final Map<String, String> ready;

    private TwinProcess(GuardedProcess process, Map<String, String> ready) {
        this.process = process;
        this.ready = ready;
    }

    /**
     * Starts with these options ({@code --name value}, as the twin's README says); ports not given are free ones. What
     * begins with {@code -X} is for its JVM.
     */
    public static TwinProcess start(String... options) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(
                Stream.of(options).filter(option -> option.startsWith("-X")).toList());
        command.addAll(List.of("-jar", jar().toString(), "--until-eof"));
        command.addAll(
                Stream.of(options).filter(option -> !option.startsWith("-X")).toList());
        for (var port : PORTS) {
            if (!command.contains("--" + port)) {
                command.addAll(List.of("--" + port, Integer.toString(Ports.free())));
            }
        }
        var log = Path.of("target", "twin-" + System.nanoTime() + ".log");
        var process = GuardedProcess.start(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile())));
        try {
            var line = firstLine(process.process().inputReader());
            return new TwinProcess(process, members(line));
        } catch (IllegalStateException e) {
            process.close();
            throw new IllegalStateException("the twin did not start, see " + log.toAbsolutePath(), e);
        }
    }

    /** A port by the twin's own name for it: {@code control}, {@code graph}, {@code csta}, {@code acd-sip}, {@code sbc}. */
    public int port(String name) {
        return Integer.parseInt(said(name));
    }

    /** A member of the line that the twin printed when it was ready, for example {@code secret}. */
    public String said(String name) {
        var value = ready.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    name + ": not said by the twin (expected one of " + ready.keySet() + ")");
        }
        return value;
    }

    public long pid() {
        return process.process().pid();
    }

    /** Asks the twin's control port. */
    public String get(String path) {
        return send(HttpRequest.newBuilder(control(path)).GET());
    }

    /** Tells the twin's control port something, as JSON. */
    public String post(String path, String json) {
        return send(HttpRequest.newBuilder(control(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public URI control(String path) {
        return URI.create("http://127.0.0.1:" + port("control") + path);
    }

    /** SIGKILL. */
    public void kill() {
        process.close();
    }

    @Override
    public void close() {
        process.stop();
    }

    private String send(HttpRequest.Builder request) {
        try {
            var answer =
                    http.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 400) {
                throw new IllegalStateException(
                        answer.uri() + " answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path jar() {
        var given = System.getProperty(PROPERTY);
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize().resolve("twin.jar");
        }
        for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            var jar = dir.resolve("bundles/twin/target/twin.jar");
            if (Files.isRegularFile(jar)) {
                return jar;
            }
        }
        throw new IllegalStateException(
                "no bundles/twin/target/twin.jar above this folder; set the system property " + PROPERTY);
    }

    private static String firstLine(BufferedReader out) {
        var line = CompletableFuture.supplyAsync(() -> {
            try {
                var first = out.readLine();
                return first == null ? "" : first;
            } catch (IOException e) {
                return "";
            }
        });
        try {
            var said = line.get(30, TimeUnit.SECONDS);
            if (!said.startsWith("{")) {
                throw new IllegalStateException("said: " + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("said nothing within 30 s", e);
        }
    }

    private static Map<String, String> members(String json) {
        var members = new LinkedHashMap<String, String>();
        var matcher = MEMBER.matcher(json);
        while (matcher.find()) {
            members.put(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
        }
        return members;
    }
}
