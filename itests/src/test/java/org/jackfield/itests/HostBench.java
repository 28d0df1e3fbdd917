package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
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
import org.jackfield.testkit.load.SipLoad;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The assembled host as shipped, with all its links up and all its flows on, beside Kamailio as a stateful proxy, in turns
 * within the same minutes. Each INVITE is an offer to the flow {@code inbound-call}, each call's events go to the embedded
 * broker and come back to mediation. Set by {@code jackfield.bench.*}: {@code seconds} a run, {@code rounds}, {@code warm}
 * in seconds, {@code jvm}, the host's {@code JAVA_OPTS}.
 */
@Tag("bench")
@RequiresPeer("kamailio")
class HostBench {
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 10);
    private static final int ROUNDS = Integer.getInteger("jackfield.bench.rounds", 5);
    private static final int WARM = Integer.getInteger("jackfield.bench.warm", 120);
    /** Calls a second, separated by commas. */
    private static final int[] RATES = Stream.of(
                    System.getProperty("jackfield.bench.rates", "500,1000").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();

    /** The collector of {@code bin/setenv}, with room for what 1,000 calls a second leave behind for 32 s each. */
    private static final String JVM =
            System.getProperty("jackfield.bench.jvm", "-XX:+UseShenandoahGC -Xms2g -Xmx2g -Djava.awt.headless=true");

    @RegisterExtension
    static final KarafDistribution HOST =
            KarafDistribution.named("bench").environment("JAVA_OPTS", JVM).notStarted();

    @TempDir
    private Path folder;

    @Test
    void hostWithAllItsFlowsBesideKamailio() throws Exception {
        int proxy = Ports.free();
        int callers = Ports.free();
        int callees = Ports.free();
        int hostCallers = Ports.free();
        int hostCallees = Ports.free();
        Process kamailio = new ProcessBuilder(
                        Kamailio.command(folder, Kamailio.PROXY, proxy, callers, callees, Map.of()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("kamailio.log").toFile())
                .start();
        try (Rig rig = Rig.prepare(HOST, 200, hostCallers, "--options-seconds", "0");
                Contest contest = new Contest("host")) {
            HOST.cfg("org.jackfield.sip-main").set("acd", "127.0.0.1:" + hostCallees + ";udp");
            HOST.start();
            rig.awaitLinked();
            try (Contestant peer = Contestant.forked(
                            "kamailio proxy",
                            kamailio.toHandle(),
                            new SipLoad(callers, callees, proxy, SipLoad.Kind.CALL));
                    Contestant host = Contestant.java(
                            "host, all flows",
                            HOST.handle(),
                            new SipLoad(hostCallers, hostCallees, HOST.port(Port.SIP), SipLoad.Kind.CALL))) {
                contest.warm(List.of(peer, host), WARM);
                double idle = host.cpuMillis();
                TimeUnit.SECONDS.sleep(10);
                contest.line("  the host without a call: %.2f CPU-ms a second", (host.cpuMillis() - idle) / 10);
                for (int rate : RATES) {
                    double asked = offers("asked");
                    double answered = offers("answered");
                    double records = appended();
                    Map<String, Contest.Medians> medians = contest.inTurns(List.of(peer, host), rate, SECONDS, ROUNDS);
                    Contest.Medians run = medians.get(host.name());
                    TimeUnit.SECONDS.sleep(1); // what the last calls leave on the bus
                    contest.line(
                            "  offers to inbound-call %.0f, answered in time %.0f; %.2f events and state records a call",
                            offers("asked") - asked,
                            offers("answered") - answered,
                            (appended() - records) / run.begun());
                    assertThat(run.lost()).as("calls lost").isLessThan(run.begun() / 100);
                    assertThat(offers("answered") - answered)
                            .as("calls that the flow routed")
                            .isGreaterThan(0.99 * run.begun());
                }
            }
        } finally {
            kamailio.descendants().forEach(ProcessHandle::destroy);
            kamailio.destroy();
            assertThat(kamailio.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static double offers(String outcome) {
        return sum("jackfield_flow_offers_total", "flow=\"inbound-call\"", "outcome=\"" + outcome + "\"");
    }

    private static double appended() {
        return sum("jackfield_bus_appended_total");
    }

    private static double sum(String name, String... labels) {
        List<String> lines = new ArrayList<>(HOST.get("/metrics").body().lines().toList());
        lines.removeIf(line -> !line.startsWith(name));
        for (String label : labels) {
            lines.removeIf(line -> !line.contains(label));
        }
        return lines.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
