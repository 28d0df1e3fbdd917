package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The trunk beside Kamailio as a stateful proxy with record-route, in turns within the same minutes, by the same generator
 * over UDP. Prints CPU-ms per call from /proc, latency, knee and heap, and keeps the raw figures in
 * {@code target/bench/sip-PARTS.txt}; it judges nothing but that calls were carried.
 *
 * <p>{@code -Djackfield.bench.parts} chooses: {@code cpu} (Kamailio, B2BUA with a null bus, redirect, OPTIONS),
 * {@code events} (the B2BUA with the real bus, and the broker's own CPU), {@code jain} (JAIN-SIP that answers calls and
 * bridges none), {@code sipp} (SIPp calling SIPp, with nothing between), {@code knee}, {@code heap}; all of them when not
 * given. What is named before the first of knee, heap and sipp runs in turns, round by round.
 */
@Tag("bench")
@RequiresPeer("kamailio")
class SipBench {
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 10);
    private static final int ROUNDS = Integer.getInteger("jackfield.bench.rounds", 5);
    /** How long each process is warmed up at 1,000 cps, so that the JIT compiler is done before 500 cps are measured. */
    private static final int WARM = Integer.getInteger("jackfield.bench.warm", 70);
    /** How many calls are up when the heap is measured. */
    private static final int UP = Integer.getInteger("jackfield.bench.up", 2_000);
    /** 64*T1 (RFC 3261 timers B, H, L), after which nothing is left of a call's set-up or end, and some more. */
    private static final int TAIL = Integer.getInteger("jackfield.bench.tail", 40);

    /**
     * The collector of the host's own process ({@code bin/setenv}), with room for what thousands of calls a second leave
     * behind for 32 s each.
     */
    private static final String JVM = System.getProperty("jackfield.bench.jvm", "-XX:+UseShenandoahGC -Xms2g -Xmx2g");

    private static final Set<String> PARTS =
            Set.of(System.getProperty("jackfield.bench.parts", "cpu,events,jain,sipp,knee,heap")
                    .split(","));
    private static final double NORM = 0.30;
    private static final String PEER = "kamailio proxy";
    private static final String B2BUA = "host b2bua";

    private final List<Process> running = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    @TempDir
    private Path folder;

    /** Something under test; {@code helpers} says whether child processes are its own workers (or a broker beside it). */
    private record Sut(
            String name, Process process, Path log, boolean helpers, LoadGenerator generator, boolean slowStart) {
        /** The process's own, with its workers. */
        double cpuMillis() throws Exception {
            double own = ticks(process.toHandle());
            return own + (helpers ? childMillis() : 0);
        }

        double childMillis() throws Exception {
            double all = 0;
            for (ProcessHandle child : process.descendants().toList()) {
                all += ticks(child);
            }
            return all;
        }

        private static double ticks(ProcessHandle process) throws Exception {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(words[11]) + Long.parseLong(words[12])) * 10.0; // USER_HZ is 100
        }

        /** Live heap, calls, transactions and records, asked of the process. */
        long[] figures() throws Exception {
            int before = told().size();
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            await().atMost(Duration.ofSeconds(60)).until(() -> told().size() > before);
            String[] words = told().get(before).split(" ");
            return Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        }

        private List<String> told() throws Exception {
            return Files.readAllLines(log).stream()
                    .filter(l -> l.startsWith("figures "))
                    .toList();
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : running) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            children.forEach(ProcessHandle::destroy);
        }
        Files.createDirectories(Path.of("target/bench"));
        Files.writeString(
                Path.of("target/bench/sip-" + String.join("-", new java.util.TreeSet<>(PARTS)) + ".txt"), report);
    }

    private Process start(Path log, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        running.add(process);
        await().atMost(Duration.ofSeconds(90))
                .until(() -> Files.readString(log).matches("(?s).*(ready|Listening on).*") || !process.isAlive());
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return process;
    }

    private Sut kamailio() throws Exception {
        int port = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        String config = new String(
                        SipBench.class.getResourceAsStream("/kamailio.cfg").readAllBytes(),
                        java.nio.charset.StandardCharsets.US_ASCII)
                .replace("CHILDREN", "2")
                .replace("LISTEN", String.valueOf(port))
                .replace("TRUNK", String.valueOf(callers))
                .replace("PHONES", String.valueOf(callees));
        Path file = folder.resolve("kamailio.cfg");
        Files.writeString(file, config);
        Path log = folder.resolve("kamailio.log");
        Process process = start(
                log, "kamailio", "-f", file.toString(), "-DD", "-E", "-Y", folder.toString(), "-m", "256", "-M", "16");
        return new Sut(PEER, process, log, true, new LoadGenerator(callers, callees, port, "call"), false);
    }

    private Process java(Path log, Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of(JVM.trim().split(" +")));
        command.addAll(List.of(
                "-Xlog:disable",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dbroker.lib=" + System.getProperty("broker.lib", "../../broker/target/lib"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return start(log, command.toArray(String[]::new));
    }

    private Sut host(String name, String mode, String kind, boolean events) throws Exception {
        int port = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        Path log = folder.resolve(name.replace(' ', '-') + ".log");
        Process process = java(
                log,
                BenchHost.class,
                String.valueOf(port),
                String.valueOf(callers),
                String.valueOf(callees),
                mode,
                events ? folder.resolve("bus").toString() : "-");
        return new Sut(name, process, log, false, new LoadGenerator(callers, callees, port, kind), true);
    }

    private Sut jain() throws Exception {
        int port = Ports.free();
        Path log = folder.resolve("jain.log");
        Process process = java(log, JainHost.class, String.valueOf(port));
        LoadGenerator generator = new LoadGenerator(Ports.free(), Ports.free(), port, "call");
        return new Sut("JAIN-SIP answering", process, log, false, generator, true);
    }

    private static boolean part(String name) {
        return PARTS.contains(name);
    }

    @Test
    void trunkBesideKamailio() throws Exception {
        line(
                "parts %s; load of the machine %s",
                PARTS, Files.readString(Path.of("/proc/loadavg")).trim());
        List<Sut> suts = new ArrayList<>();
        boolean turns = part("cpu") || part("events") || part("jain");
        if (turns || part("knee")) {
            suts.add(kamailio());
        }
        if (part("cpu") || part("knee")) {
            suts.add(host(B2BUA, "b2bua", "call", false));
        }
        if (part("cpu")) {
            suts.add(host("host redirect", "redirect", "redirect", false));
            suts.add(host("host OPTIONS", "b2bua", "options", false));
        }
        if (part("events")) {
            suts.add(host("host with events", "b2bua", "call", true));
        }
        if (part("jain")) {
            suts.add(jain());
        }
        try {
            for (Sut sut : suts) {
                if (sut.slowStart()) {
                    sut.generator().run(300, 5, 200); // cold code loses datagrams at more
                }
                LoadGenerator.Result warm = sut.generator().run(1_000, sut.slowStart() ? WARM : 5, 200);
                line("  warm %-18s %d calls, lost %d", sut.name(), warm.begun(), warm.lost());
            }
            if (turns) {
                for (int rate : new int[] {500, 1_000}) {
                    inTurns(suts, rate);
                }
            }
            if (part("knee")) {
                knees(suts.subList(0, 2));
            }
        } finally {
            for (Sut sut : suts) {
                sut.generator().close();
            }
        }
        if (part("sipp")) {
            sippAlone();
        }
        if (part("heap")) {
            heap();
        }
    }

    private void inTurns(List<Sut> suts, int rate) throws Exception {
        Map<String, double[]> cpu = new LinkedHashMap<>();
        Map<String, double[]> p50 = new LinkedHashMap<>();
        Map<String, double[]> p99 = new LinkedHashMap<>();
        Map<String, double[]> broker = new LinkedHashMap<>();
        line("rate %d cps, %d s a run, %d rounds in turns", rate, SECONDS, ROUNDS);
        for (int round = 0; round < ROUNDS; round++) {
            for (Sut sut : suts) {
                double before = sut.cpuMillis();
                double children = sut.childMillis();
                LoadGenerator.Result result = sut.generator().run(rate, SECONDS, 200);
                double each = (sut.cpuMillis() - before) / result.begun();
                double beside = sut.helpers() ? 0 : (sut.childMillis() - children) / result.begun();
                cpu.computeIfAbsent(sut.name(), key -> new double[ROUNDS])[round] = each;
                broker.computeIfAbsent(sut.name(), key -> new double[ROUNDS])[round] = beside;
                p50.computeIfAbsent(sut.name(), key -> new double[ROUNDS])[round] = result.p50();
                p99.computeIfAbsent(sut.name(), key -> new double[ROUNDS])[round] = result.p99();
                line(
                        "  %-18s %.3f CPU-ms a call%s, lost %d of %d, INVITE to answer p50 %.0f p90 %.0f p99 %.0f max %.0f us",
                        sut.name(),
                        each,
                        beside > 0 ? String.format(java.util.Locale.ROOT, " (broker %.3f)", beside) : "",
                        result.lost(),
                        result.begun(),
                        result.p50(),
                        result.p90(),
                        result.p99(),
                        result.max());
                assertThat(result.ended()).as(sut.name()).isGreaterThan(result.begun() / 2);
            }
        }
        double peer = median(cpu.get(PEER));
        for (Sut sut : suts) {
            double own = median(cpu.get(sut.name()));
            line(
                    "  median %-18s %.3f CPU-ms a call, %.2fx Kamailio, broker %.3f, p50 %.0f us, p99 %.0f us",
                    sut.name(),
                    own,
                    own / peer,
                    median(broker.get(sut.name())),
                    median(p50.get(sut.name())),
                    median(p99.get(sut.name())));
        }
        if (peer > 1.4 * NORM) {
            line("  VOID: Kamailio took %.3f CPU-ms a call (norm %.2f, at most 1.4x)", peer, NORM);
        }
        for (Sut sut : suts) {
            if (sut.name().startsWith("host")) {
                long[] now = sut.figures();
                LoadGenerator.Result result = sut.generator().run(200, 2, 200);
                Thread.sleep(500); // what the last calls leave on the bus
                line(
                        "  %-18s %.2f events and state records a call",
                        sut.name(), (sut.figures()[3] - now[3]) / (double) result.begun());
            }
        }
    }

    private void knees(List<Sut> suts) throws Exception {
        for (Sut sut : suts) {
            int knee = 0;
            for (int rate = 1_000; rate <= 8_000; rate += 500) {
                LoadGenerator.Result result = sut.generator().run(rate, 4, 200);
                line(
                        "  knee %-18s %d cps: lost %d, p50 %.0f us, p99 %.0f us",
                        sut.name(), rate, result.lost(), result.p50(), result.p99());
                if (result.lost() > 0 || result.p50() > 2_000) {
                    break;
                }
                knee = rate;
            }
            line(
                    "knee %-18s %d cps (last step with nothing lost and p50 below 2 ms; generator on the same cores)",
                    sut.name(), knee);
        }
    }

    /** Live heap with nothing up, with calls up whose set-up is forgotten, and when those are over. */
    private void heap() throws Exception {
        Sut sut = host("host heap", "b2bua", "call", false);
        try (LoadGenerator generator = sut.generator()) {
            generator.run(300, 10, 200);
            settled(sut);
            long base = sut.figures()[0];
            int rate = 200;
            int ramp = UP / rate;
            long talk = (ramp + TAIL + 8) * 1_000L;
            CompletableFuture<LoadGenerator.Result> load = CompletableFuture.supplyAsync(() -> {
                try {
                    return generator.run(rate, ramp, talk);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            Thread.sleep((ramp + TAIL) * 1_000L); // by the clock: the set-ups have to be forgotten
            long[] up = sut.figures();
            LoadGenerator.Result result = load.get(5, TimeUnit.MINUTES);
            Thread.sleep(TAIL * 1_000L);
            long[] after = sut.figures();
            line(
                    "heap: base %.2f MB; %d calls up, %d transactions: %.2f MB, %.2f KB a call (goal 8); %d s after: %.2f MB, %d calls, %d transactions; lost %d",
                    base / 1e6,
                    up[1],
                    up[2],
                    up[0] / 1e6,
                    (up[0] - base) / 1024.0 / Math.max(1, up[1]),
                    TAIL,
                    after[0] / 1e6,
                    after[1],
                    after[2],
                    result.lost());
            assertThat(up[1]).isEqualTo(result.begun());
        }
    }

    private void settled(Sut sut) throws Exception {
        Thread.sleep(TAIL * 1_000L);
        assertThat(sut.figures()[1])
                .as("calls of the warm-up that are still up")
                .isZero();
    }

    /** SIPp calling SIPp with nothing between: what the two ends of a call cost there. */
    private void sippAlone() throws Exception {
        int port = Ports.free();
        int rate = 500;
        Process uas = sipp("uas.out", "-sn", "uas", "-p", String.valueOf(port));
        Process uac = sipp(
                "uac.out",
                "-sn",
                "uac",
                "-p",
                String.valueOf(Ports.free()),
                "-s",
                "+4930555600",
                "-r",
                String.valueOf(rate),
                "-d",
                "200",
                "-m",
                String.valueOf(rate * SECONDS),
                "127.0.0.1:" + port);
        double server = 0;
        double client = 0;
        while (uac.isAlive()) { // /proc forgets a process that has ended
            client = ticks(uac, client);
            server = ticks(uas, server);
            uac.waitFor(50, TimeUnit.MILLISECONDS);
        }
        line(
                "SIPp to SIPp, %d cps, %d calls: caller %.3f, callee %.3f CPU-ms a call, exit code %d",
                rate, rate * SECONDS, client / (rate * SECONDS), server / (rate * SECONDS), uac.exitValue());
    }

    private static double ticks(Process process, double before) {
        try {
            return Sut.ticks(process.toHandle());
        } catch (Exception ended) {
            return before;
        }
    }

    private Process sipp(String log, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sipp", "-i", "127.0.0.1", "-nostdin", "-timeout", "300"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), log))
                .start();
        running.add(process);
        return process;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void line(String format, Object... values) {
        String text = String.format(java.util.Locale.ROOT, format, values);
        System.out.println(text);
        report.append(text).append('\n');
    }
}
