package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.jackfield.testkit.load.Contest;
import org.jackfield.testkit.load.Contestant;
import org.jackfield.testkit.load.Kamailio;
import org.jackfield.testkit.load.SipLoad;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The trunk beside Kamailio as a stateful proxy with record-route, in turns within the same minutes, by the same generator
 * over UDP. Prints CPU-ms per call from /proc, latency, knee and heap, and keeps the raw figures in
 * {@code target/bench/sip-PARTS.txt}; it judges nothing but that calls were carried.
 *
 * <p>{@code -Djackfield.bench.parts} chooses: {@code cpu} (Kamailio with either memory manager, B2BUA with a null bus, redirect, OPTIONS),
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
    /** How often that many calls come and go when the heap is measured. */
    private static final int WAVES = Integer.getInteger("jackfield.bench.waves", 3);
    /** 64*T1 (RFC 3261 timers B, H, L), after which nothing is left of a call's set-up or end, and some more. */
    private static final int TAIL = Integer.getInteger("jackfield.bench.tail", 40);

    /**
     * What the host's own process runs with ({@code bin/setenv}), with room for what thousands of calls a second leave
     * behind for 32 s each; the memory is touched before, as that of a host that has run for a while.
     */
    private static final String JVM = System.getProperty(
            "jackfield.bench.jvm",
            "-XX:+UseShenandoahGC -XX:+UnlockExperimentalVMOptions -XX:ShenandoahControlIntervalMin=100"
                    + " -XX:ShenandoahControlIntervalMax=200 -XX:-ShenandoahPacing"
                    + " -XX:PerfDataSamplingInterval=1000 -Xms2g -Xmx2g -XX:+AlwaysPreTouch"
                    + " -Dio.netty.leakDetection.level=disabled");

    private static final Set<String> PARTS =
            Set.of(System.getProperty("jackfield.bench.parts", "cpu,events,jain,sipp,knee,heap")
                    .split(","));
    private static final String PEER = "kamailio proxy";
    private static final String FAST_PEER = "kamailio, fm";

    private final List<Process> running = new ArrayList<>();

    @TempDir
    private Path folder;

    /** What a process of ours says on demand. */
    private record Host(Contestant contestant, Process process, Path log) {
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

    private Contestant kamailio(String name, List<String> options) throws Exception {
        int port = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        Path own = Files.createDirectories(folder.resolve(name.replaceAll("\\W+", "-")));
        Process process = start(
                own.resolve("log"),
                Kamailio.command(own, Kamailio.PROXY, port, callers, callees, Map.of(), options)
                        .toArray(String[]::new));
        return Contestant.forked(name, process.toHandle(), new SipLoad(callers, callees, port, SipLoad.Kind.CALL));
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

    private Host host(String name, String mode, SipLoad.Kind kind, boolean events) throws Exception {
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
        return new Host(
                Contestant.java(name, process.toHandle(), new SipLoad(callers, callees, port, kind)), process, log);
    }

    private Contestant jain() throws Exception {
        int port = Ports.free();
        Process process = java(folder.resolve("jain.log"), JainHost.class, String.valueOf(port));
        SipLoad load = new SipLoad(Ports.free(), Ports.free(), port, SipLoad.Kind.CALL);
        return Contestant.java("JAIN-SIP answering", process.toHandle(), load);
    }

    private static boolean part(String name) {
        return PARTS.contains(name);
    }

    @Test
    void trunkBesideKamailio() throws Exception {
        try (Contest contest = new Contest(Contest.named("sip", PARTS))) {
            contest.line(
                    "parts %s; load of the machine %s",
                    PARTS, Files.readString(Path.of("/proc/loadavg")).trim());
            if (part("cpu") || part("events") || part("jain") || part("knee")) {
                besideKamailio(contest);
            }
            if (part("sipp")) {
                sippAlone(contest);
            }
            if (part("heap")) {
                heap(contest);
            }
        }
    }

    private void besideKamailio(Contest contest) throws Exception {
        List<Contestant> all =
                new ArrayList<>(List.of(kamailio(PEER, Kamailio.ROOM), kamailio(FAST_PEER, Kamailio.FAST_MEMORY)));
        List<Host> hosts = new ArrayList<>();
        if (part("cpu") || part("knee")) {
            hosts.add(host("host b2bua", "b2bua", SipLoad.Kind.CALL, false));
        }
        if (part("cpu")) {
            hosts.add(host("host redirect", "redirect", SipLoad.Kind.REDIRECT, false));
            hosts.add(host("host OPTIONS", "b2bua", SipLoad.Kind.OPTIONS, false));
        }
        if (part("events")) {
            hosts.add(host("host with events", "b2bua", SipLoad.Kind.CALL, true));
        }
        hosts.forEach(host -> all.add(host.contestant()));
        if (part("jain")) {
            all.add(jain());
        }
        try {
            contest.warm(all, WARM);
            for (int rate : part("cpu") || part("events") || part("jain") ? new int[] {500, 1_000} : new int[0]) {
                contest.inTurns(all, rate, SECONDS, ROUNDS)
                        .forEach((name, run) -> assertThat(run.lost()).as(name).isLessThan(run.begun() / 2));
                for (Host host : hosts) {
                    records(contest, host);
                }
            }
            if (part("knee")) {
                contest.knee(all.get(0));
                contest.knee(all.get(1));
                contest.knee(all.get(2));
            }
        } finally {
            for (Contestant one : all) {
                one.close();
            }
        }
    }

    private static void records(Contest contest, Host host) throws Exception {
        long[] now = host.figures();
        SipLoad.Result result = host.contestant().load().run(200, 2, 200);
        Thread.sleep(500); // what the last calls leave on the bus
        contest.line(
                "  %-18s %.2f events and state records a call",
                host.contestant().name(), (host.figures()[3] - now[3]) / (double) result.begun());
    }

    /**
     * Live heap with nothing up, with calls up whose set-up is forgotten, and when those are over; wave after wave, for
     * tables keep the size that the first one gave them, and what the second one adds would be a leak.
     */
    private void heap(Contest contest) throws Exception {
        Host host = host("host heap", "b2bua", SipLoad.Kind.CALL, false);
        try (SipLoad generator = host.contestant().load()) {
            generator.run(300, 10, 200);
            settled(host);
            for (int wave = 1; wave <= WAVES; wave++) {
                wave(contest, host, generator, wave);
            }
        }
    }

    private static void wave(Contest contest, Host host, SipLoad generator, int wave) throws Exception {
        long base = host.figures()[0];
        int rate = 200;
        int ramp = UP / rate;
        long talk = (ramp + TAIL + 8) * 1_000L;
        CompletableFuture<SipLoad.Result> load = CompletableFuture.supplyAsync(() -> {
            try {
                return generator.run(rate, ramp, talk);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Thread.sleep((ramp + TAIL) * 1_000L); // by the clock: the set-ups have to be forgotten
        long[] up = host.figures();
        SipLoad.Result result = load.get(5, TimeUnit.MINUTES);
        Thread.sleep(TAIL * 1_000L);
        long[] after = host.figures();
        contest.line(
                "heap, wave %d: base %.2f MB; %d calls up, %d transactions: %.2f MB, %.2f KB a call (goal 8); %d s after: %.2f MB, %d calls, %d transactions; lost %d",
                wave,
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

    private void settled(Host host) throws Exception {
        Thread.sleep(TAIL * 1_000L);
        assertThat(host.figures()[1])
                .as("calls of the warm-up that are still up")
                .isZero();
    }

    /** SIPp calling SIPp with nothing between: what the two ends of a call cost there. */
    private void sippAlone(Contest contest) throws Exception {
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
        contest.line(
                "SIPp to SIPp, %d cps, %d calls: caller %.3f, callee %.3f CPU-ms a call, exit code %d",
                rate, rate * SECONDS, client / (rate * SECONDS), server / (rate * SECONDS), uac.exitValue());
    }

    private static double ticks(Process process, double before) {
        try {
            return Contestant.cpuMillis(process.toHandle());
        } catch (UncheckedIOException ended) {
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
}
