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
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The B2BUA with a null bus beside Kamailio as a stateful proxy with record-route, in turns within the same minutes, by
 * the same generator over UDP. Prints CPU-ms per call from /proc, latency and knee, and keeps the raw figures in
 * {@code target/bench/sip.txt}; it judges nothing but that calls were carried.
 */
@Tag("bench")
@RequiresPeer("kamailio")
class SipBench {
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 10);
    private static final int ROUNDS = Integer.getInteger("jackfield.bench.rounds", 5);
    private static final double NORM = 0.30;

    private final List<Process> running = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    @TempDir
    private Path folder;

    private record Sut(String name, int port, List<ProcessHandle> processes, LoadGenerator generator) {
        double cpuMillis() throws Exception {
            double ticks = 0;
            for (ProcessHandle process : processes) {
                List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
                all.add(process);
                for (ProcessHandle one : all) {
                    String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
                    String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    ticks += Long.parseLong(words[11]) + Long.parseLong(words[12]);
                }
            }
            return ticks * 10; // USER_HZ is 100
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        System.out.println(report);
        Files.createDirectories(Path.of("target/bench"));
        Files.writeString(Path.of("target/bench/sip.txt"), report);
    }

    private Process start(String log, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), log))
                .start();
        running.add(process);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(folder.resolve(log)).matches("(?s).*(ready|Listening on).*"));
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
        Process process = start(
                "kamailio.log",
                "kamailio",
                "-f",
                file.toString(),
                "-DD",
                "-E",
                "-Y",
                folder.toString(),
                "-m",
                "256",
                "-M",
                "16");
        return new Sut(
                "kamailio proxy", port, List.of(process.toHandle()), new LoadGenerator(callers, callees, port, "call"));
    }

    private Sut host(String mode, String kind) throws Exception {
        int port = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        Process process = start(
                mode + kind + ".log",
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-Xlog:disable",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BenchHost.class.getName(),
                String.valueOf(port),
                String.valueOf(callers),
                String.valueOf(callees),
                mode);
        return new Sut(
                "host " + (kind.equals("call") ? mode : kind),
                port,
                List.of(process.toHandle()),
                new LoadGenerator(callers, callees, port, kind));
    }

    @Test
    void b2buaBesideKamailio() throws Exception {
        List<Sut> suts =
                List.of(kamailio(), host("b2bua", "call"), host("redirect", "redirect"), host("b2bua", "options"));
        for (Sut sut : suts) { // the JIT settles
            for (int i = 0; i < 2; i++) {
                sut.generator().run(sut.name().startsWith("kam") ? 200 : 1_000, SECONDS, 200);
            }
        }
        Map<String, double[]> cpu = new LinkedHashMap<>();
        for (int rate : new int[] {500, 1_000}) {
            line("rate %d cps, %d s a run, %d rounds in turns", rate, SECONDS, ROUNDS);
            for (int round = 0; round < ROUNDS; round++) {
                for (Sut sut : suts) {
                    double before = sut.cpuMillis();
                    LoadGenerator.Result result = sut.generator().run(rate, SECONDS, 200);
                    double each = (sut.cpuMillis() - before) / result.begun();
                    cpu.computeIfAbsent(sut.name() + "@" + rate, key -> new double[ROUNDS])[round] = each;
                    line(
                            "  %-16s %.3f CPU-ms a call, lost %d of %d, INVITE to answer p50 %.0f p90 %.0f p99 %.0f max %.0f us",
                            sut.name(),
                            each,
                            result.lost(),
                            result.begun(),
                            result.p50(),
                            result.p90(),
                            result.p99(),
                            result.max());
                    assertThat(result.ended()).as(sut.name()).isGreaterThan(result.begun() / 2);
                }
            }
            double peer = median(cpu.get("kamailio proxy@" + rate));
            for (Sut sut : suts) {
                double own = median(cpu.get(sut.name() + "@" + rate));
                line("  median %-16s %.3f CPU-ms a call, %.2fx Kamailio", sut.name(), own, own / peer);
            }
            if (peer > 1.4 * NORM) {
                line("  VOID: Kamailio took %.3f CPU-ms a call (norm %.2f, at most 1.4x)", peer, NORM);
            }
        }
        for (Sut sut : suts.subList(0, 2)) {
            int knee = 0;
            for (int rate = 1_000; rate <= 8_000; rate += 500) {
                LoadGenerator.Result result = sut.generator().run(rate, 4, 200);
                line(
                        "  knee %-16s %d cps: lost %d, p50 %.0f us, p99 %.0f us",
                        sut.name(), rate, result.lost(), result.p50(), result.p99());
                if (result.lost() > 0 || result.p50() > 2_000) {
                    break;
                }
                knee = rate;
            }
            line(
                    "knee %-16s %d cps (last step with nothing lost and p50 below 2 ms; generator on the same cores)",
                    sut.name(), knee);
        }
        for (Sut sut : suts) {
            sut.generator().close();
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void line(String format, Object... values) {
        report.append(String.format(java.util.Locale.ROOT, format, values)).append('\n');
    }
}
