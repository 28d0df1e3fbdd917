package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.jackfield.testkit.load.Contest;
import org.jackfield.testkit.load.Contestant;
import org.jackfield.testkit.load.Kamailio;
import org.jackfield.testkit.load.NullBusBundle;
import org.jackfield.testkit.load.SipLoad;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The assembled host as shipped, with all its links up and all its flows on, beside Kamailio as a stateful proxy, in turns
 * within the same minutes. Each INVITE is an offer to the flow {@code inbound-call}; each call's events go through mediation
 * and to the embedded broker, or, in a second host, to a bus that keeps nothing. Set by {@code jackfield.bench.*}:
 * {@code parts}, {@code rates}, {@code seconds} a run, {@code rounds}, {@code warm} and {@code patience} in seconds,
 * {@code megabytes} of heap and {@code jvm}, further options of the hosts' JVMs.
 */
@Tag("bench")
@RequiresPeer("kamailio")
class HostBench {
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 10);
    private static final int ROUNDS = Integer.getInteger("jackfield.bench.rounds", 5);
    private static final int WARM = Integer.getInteger("jackfield.bench.warm", 200);
    /** Calls a second, separated by commas. */
    private static final int[] RATES = Stream.of(
                    System.getProperty("jackfield.bench.rates", "500,1000").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();

    /** Room for what 1,000 calls a second leave behind for 32 s each, touched before; all else is as {@code bin/setenv} has it. */
    private static final int MEGABYTES = Integer.getInteger("jackfield.bench.megabytes", 2_048);

    private static final String MEMORY = MEGABYTES + "m";

    private static final String JVM = "-XX:+AlwaysPreTouch " + System.getProperty("jackfield.bench.jvm", "");

    private static final String PEER = "kamailio proxy";
    private static final String FAST_PEER = "kamailio, fm";
    private static final String EVENTS = "host, all flows";
    private static final String NULL_BUS = "host, null bus";

    /** {@code events}, {@code null}, or both. */
    private static final List<String> PARTS =
            List.of(System.getProperty("jackfield.bench.parts", "events,null").split(","));

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("bench")
            .asShipped()
            .environment("JAVA_MIN_MEM", MEMORY)
            .environment("JAVA_MAX_MEM", MEMORY)
            .environment("EXTRA_JAVA_OPTS", JVM)
            .notStarted();

    @RegisterExtension
    static final KarafDistribution WITHOUT_BUS = KarafDistribution.named("bench-null")
            .asShipped()
            .environment("JAVA_MIN_MEM", MEMORY)
            .environment("JAVA_MAX_MEM", MEMORY)
            .environment("EXTRA_JAVA_OPTS", JVM)
            .notStarted();

    @TempDir
    private Path folder;

    private final List<Rig> rigs = new ArrayList<>();
    private final List<Process> peers = new ArrayList<>();

    @Test
    void hostWithAllItsFlowsBesideKamailio() throws Exception {
        List<Contestant> all = new ArrayList<>();
        try (Contest contest = new Contest(Contest.named("host", PARTS))) {
            all.add(kamailio(PEER, Kamailio.ROOM));
            all.add(kamailio(FAST_PEER, Kamailio.FAST_MEMORY));
            if (PARTS.contains("events")) {
                all.add(started(HOST, EVENTS));
            }
            if (PARTS.contains("null")) {
                all.add(started(WITHOUT_BUS, NULL_BUS));
                withoutBus();
            }
            contest.warm(all, WARM);
            for (Contestant host : all.subList(2, all.size())) {
                double before = host.cpuMillis();
                TimeUnit.SECONDS.sleep(10);
                contest.line(
                        "  %s without a call: %.2f CPU-ms a second", host.name(), (host.cpuMillis() - before) / 10);
            }
            for (int rate : RATES) {
                turns(contest, all, rate);
            }
        } finally {
            for (Contestant one : all) {
                one.close();
            }
            rigs.forEach(Rig::close);
            for (Process peer : peers) {
                peer.descendants().forEach(ProcessHandle::destroy);
                peer.destroy();
                assertThat(peer.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private Contestant kamailio(String name, List<String> options) throws Exception {
        int proxy = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        Path own = folder.resolve(name.replaceAll("\\W+", "-"));
        List<String> command = Kamailio.command(own, Kamailio.PROXY, proxy, callers, callees, Map.of(), options);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("log").toFile())
                .start();
        peers.add(process);
        return Contestant.forked(name, process.toHandle(), new SipLoad(callers, callees, proxy, SipLoad.Kind.CALL));
    }

    private Contestant started(KarafDistribution host, String name) throws Exception {
        int callers = Ports.free();
        int callees = Ports.free();
        Rig rig = Rig.prepare(host, 200, callers, "--options-seconds", "0");
        rigs.add(rig);
        host.cfg("org.jackfield.sip-main").set("acd", "127.0.0.1:" + callees + ";udp");
        host.start();
        rig.awaitLinked();
        assertThat(sum(host, "jvm_memory_max_bytes", "area=\"heap\""))
                .as("the heap of %s: is the distribution the one of this tree?", name)
                .isGreaterThan(0.9e6 * MEGABYTES);
        return Contestant.java(
                name, host.handle(), new SipLoad(callers, callees, host.port(Port.SIP), SipLoad.Kind.CALL));
    }

    /** The same host with a bus that keeps nothing in the place of its own. */
    private static void withoutBus() throws Exception {
        Path bundle = NullBusBundle.write(WITHOUT_BUS.home().resolve("data/null-bus.jar"));
        WITHOUT_BUS.shell("bundle:stop org.jackfield.event-bus");
        WITHOUT_BUS.shell("bundle:install -s file:" + bundle.toAbsolutePath());
        WITHOUT_BUS.await(Duration.ofSeconds(60), "the flow back on the other bus", () -> {
            String flows = WITHOUT_BUS.get("/api/overview").body();
            return WITHOUT_BUS.broker().isEmpty() && flows.contains("\"RUNNING\"") && !flows.contains("\"PAUSED\"");
        });
    }

    private static void turns(Contest contest, List<Contestant> all, int rate) throws Exception {
        Map<String, Double> asked = new HashMap<>();
        Map<String, Double> answered = new HashMap<>();
        double records = PARTS.contains("events") ? sum(HOST, "jackfield_bus_appended_total") : 0;
        for (Contestant host : all.subList(2, all.size())) {
            asked.put(host.name(), offers(host, "asked"));
            answered.put(host.name(), offers(host, "answered"));
        }
        Map<String, Contest.Medians> medians = contest.inTurns(all, rate, SECONDS, ROUNDS);
        TimeUnit.SECONDS.sleep(1); // what the last calls leave on the bus
        for (Contestant host : all.subList(2, all.size())) {
            Contest.Medians run = medians.get(host.name());
            double offered = offers(host, "asked") - asked.get(host.name());
            double routed = offers(host, "answered") - answered.get(host.name());
            contest.line("  %s: offers to inbound-call %.0f, answered in time %.0f", host.name(), offered, routed);
            if (host.name().equals(EVENTS)) {
                contest.line(
                        "  %s: %.2f events and state records a call",
                        EVENTS, (sum(HOST, "jackfield_bus_appended_total") - records) / offered);
            }
            assertThat(run.lost()).as("calls lost").isLessThan(run.begun() / 100);
            assertThat(routed).as("calls that the flow routed").isGreaterThan(0.99 * offered);
            assertThat(offered).as("calls that were offered to it").isGreaterThan(0.99 * run.begun());
        }
    }

    private static double offers(Contestant host, String outcome) {
        return sum(
                host.name().equals(EVENTS) ? HOST : WITHOUT_BUS,
                "jackfield_flow_offers_total",
                "flow=\"inbound-call\"",
                "outcome=\"" + outcome + "\"");
    }

    private static double sum(KarafDistribution host, String name, String... labels) {
        return host.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
