package org.jackfield.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The assembled distribution as a process under test, on free ports of the loopback and with an empty home.
 *
 * <p>As a static {@code @RegisterExtension} field it is unpacked, set up, started and awaited before the tests of the
 * class and stopped after them; the folder is kept, with its logs, when one of them failed. Without JUnit call
 * {@link #start()} and {@link #close()}. Not thread-safe, except for what only asks the running host.
 */
public final class KarafDistribution implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);
    /** What every {@code java} reads, the host's and the broker's alike. */
    private static final String JVM_OPTIONS = "JDK_JAVA_OPTIONS";

    private static final List<String> STARTERS = List.of(
            "\"FelixStartLevel",
            "\"features-",
            "\"flow-admin",
            "\"paxweb-config",
            "\"HttpService->Whiteboard",
            "\"CM ");
    private static final Path PARENT = Path.of("target", "hosts");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Map<Port, Integer> ports = new EnumMap<>(Port.class);
    private final List<Consumer<KarafDistribution>> setups = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final Map<String, String> environment;
    private final String name;

    private boolean startsItself = true;
    private boolean failed;
    private @Nullable Path home;
    private @Nullable GuardedProcess running;

    private KarafDistribution(String name) {
        this.name = name;
        this.environment = new java.util.LinkedHashMap<>(Map.of(JVM_OPTIONS, "-XX:TieredStopAtLevel=1"));
    }

    /** A host whose folder is {@code target/hosts/NAME}; nothing happens before the tests begin. */
    public static KarafDistribution named(String name) {
        return new KarafDistribution(name);
    }

    /** Done once, when the folder is there and the ports are chosen, before the first start. */
    public KarafDistribution before(Consumer<KarafDistribution> setup) {
        setups.add(setup);
        return this;
    }

    /** Takes a feature out of what boots, for example {@code jackfield-sip-trunk}. */
    public KarafDistribution without(String feature) {
        dropped.add(feature);
        return this;
    }

    /** An environment variable of the host, for example {@code JAVA_OPTS}. The host sees no other ones than these. */
    public KarafDistribution environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /**
     * With the JVM exactly as shipped, for what measures or promises a speed. Otherwise host and broker do without the second
     * compiler: it takes half of the CPU of a start and pays it back only after minutes.
     */
    public KarafDistribution asShipped() {
        environment.remove(JVM_OPTIONS);
        return this;
    }

    /** Unpacked and set up before the tests, but started by a test. */
    public KarafDistribution notStarted() {
        startsItself = false;
        return this;
    }

    // ---- what lies on disk

    /** The folder of the host, unpacked and set up at the first call. */
    public Path home() {
        var known = home;
        return known != null ? known : unpack();
    }

    /** The configuration with this PID, {@code etc/PID.cfg}, whether there or not. */
    public Cfg cfg(String pid) {
        return new Cfg(home().resolve("etc").resolve(pid + ".cfg"));
    }

    /** Writes a file of {@code routes/} in one step, as an editor that renames does. */
    public Path route(String file, String text) {
        var target = home().resolve("routes").resolve(file);
        try {
            Files.createDirectories(target.getParent());
            var next = target.resolveSibling("." + file + ".next");
            Files.writeString(next, text);
            return Files.move(next, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port(Port port) {
        return ports.computeIfAbsent(port, any -> Ports.free());
    }

    /** What the host has logged so far. */
    public String log() {
        var file = home().resolve("data/log/jackfield.log");
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the process

    /** Starts the host and waits until it is ready, at most 90 s. */
    public KarafDistribution start() {
        return startWithoutWaiting().awaitReady(READY);
    }

    public KarafDistribution startWithoutWaiting() {
        if (isAlive()) {
            throw new IllegalStateException("host " + name + " runs already, pid " + pid());
        }
        var folder = home();
        try {
            var ownHome = Files.createDirectories(folder.resolve("data/home"));
            var console = Files.createDirectories(folder.resolve("data/log")).resolve("console.log");
            var builder = new ProcessBuilder(folder.resolve("bin/karaf").toString(), "daemon")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()));
            cleanEnvironment(builder, ownHome);
            running = GuardedProcess.start(builder);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for 200 from {@code /health/ready}; an early end of the process is an error at once. */
    public KarafDistribution awaitReady(Duration within) {
        var said = new String[] {"no answer"};
        await(within, () -> "not ready within " + within + ": " + said[0] + starters(), () -> {
            var answer = health();
            said[0] = answer.map(a -> a.statusCode() + " " + a.body()).orElse("no answer");
            return answer.map(HttpResponse::statusCode).orElse(0) == 200;
        });
        return this;
    }

    public boolean isAlive() {
        var process = running;
        return process != null && process.isAlive();
    }

    public long pid() {
        return process().pid();
    }

    /** The process itself, for example to stop and continue it. */
    public ProcessHandle handle() {
        return process().toHandle();
    }

    /** The embedded broker, as long as it runs. */
    public Optional<ProcessHandle> broker() {
        return handle().descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("org.jackfield.broker.Broker"))
                .findFirst();
    }

    /** SIGKILL, as if the machine had taken the process. Returns when it has ended; children end by themselves. */
    public KarafDistribution kill() {
        var process = running;
        if (process != null) {
            process.close();
        }
        running = null;
        return this;
    }

    /** An orderly end: the host stops its bundles. Returns when the process has ended. */
    public KarafDistribution stop() {
        var process = running;
        if (process != null) {
            process.stop();
        }
        running = null;
        return this;
    }

    @Override
    public void close() {
        stop();
    }

    // ---- what the host says

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port(Port.HTTP) + path);
    }

    /** Asks the host over HTTP, at most 10 s. */
    public HttpResponse<String> get(String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(uri(path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + uri(path) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A sample of {@code /metrics}, by the beginning of its line; empty when there is none. */
    public Optional<Double> metric(String lineStart) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(lineStart))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst();
    }

    /** Runs a command of the operator's shell and returns what it printed, without colours. Takes about a second. */
    public String shell(String command) {
        try {
            var ownHome = home().resolve("data/home");
            var builder = new ProcessBuilder(home().resolve("bin/client").toString(), "-b").redirectErrorStream(true);
            cleanEnvironment(builder, ownHome);
            builder.environment().remove(JVM_OPTIONS); // java says that it has read them, in the middle of the answer
            var client = builder.start();
            try (var input = client.outputWriter()) {
                input.write(command + "\n");
            }
            var output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!client.waitFor(60, TimeUnit.SECONDS)) {
                client.destroyForcibly();
                throw new IllegalStateException("shell did not end: " + command);
            }
            return output.replaceAll("\\x1b\\[[0-9;?]*[a-zA-Z]", "").strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits, polling, until something is true; what it waited for is in the error. */
    public void await(Duration within, String what, BooleanSupplier condition) {
        await(within, () -> what, condition);
    }

    // ---- JUnit

    @Override
    public void beforeAll(ExtensionContext context) {
        home();
        if (startsItself) {
            try {
                start();
            } catch (RuntimeException | Error e) {
                failed = true;
                kill();
                throw e;
            }
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        failed |= context.getExecutionException().isPresent();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        failed |= context.getExecutionException().isPresent();
        stop();
        var folder = home;
        if (folder == null) {
            return;
        }
        if (failed) {
            Distribution.delete(folder.resolve("data/cache"));
            context.publishReportEntry("host " + name, "kept in " + folder);
        } else {
            Distribution.delete(folder);
        }
        home = null;
    }

    // ---- inside

    private Path unpack() {
        var folder = Distribution.home(PARENT, name);
        home = folder;
        for (var port : Port.values()) {
            var file = cfg(port.pid());
            if (port.everyHost() || Files.exists(file.file())) {
                file.set(port.key(), port(port));
            }
        }
        dropFeatures();
        setups.forEach(setup -> setup.accept(this));
        return folder;
    }

    private void dropFeatures() {
        var file = cfg("org.apache.karaf.features").file();
        try {
            var text = Files.readString(file);
            for (var feature : dropped) {
                var shorter = text.replaceFirst(",\\s*(\\\\\\R)?\\s*" + feature + "(?![\\w-])", "");
                if (shorter.equals(text)) {
                    throw new IllegalArgumentException(feature + " does not boot (see " + file + ")");
                }
                text = shorter;
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cleanEnvironment(ProcessBuilder builder, Path ownHome) {
        var path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path == null ? "/usr/bin:/bin" : path);
        builder.environment().put("HOME", ownHome.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
    }

    private Process process() {
        var process = running;
        if (process == null) {
            throw new IllegalStateException("host " + name + " does not run");
        }
        return process.process();
    }

    private Optional<HttpResponse<String>> health() {
        try {
            return Optional.of(get("/health/ready"));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private void await(Duration within, java.util.function.Supplier<String> what, BooleanSupplier condition) {
        var end = Instant.now().plus(within);
        while (!condition.getAsBoolean()) {
            if (!isAlive()) {
                throw new IllegalStateException("host " + name + " has ended, " + what.get() + "\n" + tail());
            }
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("host " + name + ": " + what.get() + "\n" + tail());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Where those threads stand that start a host or wait for a lock; all of them are in {@code data/log/threads.txt} then. */
    private String starters() {
        if (!isAlive()) {
            return "";
        }
        var file = home().resolve("data/log/threads.txt");
        var tool = Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
        try {
            var jstack = new ProcessBuilder(tool, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile())
                    .start();
            if (!jstack.waitFor(20, TimeUnit.SECONDS)) {
                jstack.destroyForcibly();
                return "\n(no thread dump within 20 s)";
            }
            return Stream.of(Files.readString(file).split("\n\n", -1))
                    .filter(thread -> thread.contains("State: BLOCKED")
                            || STARTERS.stream().anyMatch(thread::startsWith))
                    .map(thread -> "\n" + thread.lines().limit(30).collect(Collectors.joining("\n")))
                    .collect(Collectors.joining());
        } catch (IOException e) {
            return "\n(no thread dump: " + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String tail() {
        var lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }
}
