package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The host dies without warning while SIPp places calls; SIPp's own log is the ledger. */
@RequiresPeer("sipp")
@Tag("side-by-side")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KillIT {
    private static final int KILLS = 5;
    private static final int PHONES = Sipp.freePort();

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("kill").notStarted();

    private static Rig rig;

    /** How long SIPp waits for an answer, in milliseconds: a host that was killed needs about as long as one that starts. */
    private static long patience;

    @BeforeAll
    static void start() {
        // enough agents that those whose calls end late, with the host, are not missed
        rig = Rig.prepare(HOST, 200, PHONES, "--wrap-up", "200", "--options-seconds", "0");
        long began = System.nanoTime();
        HOST.start();
        rig.awaitLinked();
        patience = Math.max(12_000, 3 * (System.nanoTime() - began) / 2_000_000); // the first start is the longest
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    @Order(1)
    void noCallWhoseByeWasAnsweredIsIncompleteOnTheBusAfterFiveKills() {
        long seed = Long.getLong("jackfield.seed", System.nanoTime());
        var random = new Random(seed);
        Set<String> answered = new TreeSet<>();
        for (int kill = 1; kill <= KILLS; kill++) {
            try (Sipp phones = Sipp.answering("phone", PHONES, 0);
                    Sipp carrier =
                            calling(160, "-recv_timeout", Long.toString(patience), "-max_non_invite_retrans", "20")) {
                waitMillis(2_000 + random.nextInt(3_000));
                HOST.kill();
                HOST.start();
                rig.awaitLinked();
                carrier.end(Duration.ofSeconds(90)); // calls that rang at the kill fail, and SIPp says so
                answered.addAll(carrier.ledger("BYE200"));
            }
        }
        assertThat(answered).as("calls that ended well (seed %d)", seed).hasSizeGreaterThan(KILLS * 60);
        try (BusReader bus = rig.bus()) {
            HOST.await(
                    Duration.ofSeconds(60),
                    "the ledger is on the bus",
                    () -> complete(bus).containsAll(answered));
            assertThat(complete(bus)).as("complete on the bus (seed %d)", seed).containsAll(answered);
            assertNoIdTwice(bus);
            HOST.await(
                    Duration.ofSeconds(60),
                    "one gap for each kill",
                    () -> gaps(bus).size() >= KILLS);
            assertThat(gaps(bus)).as("gaps with their length").allMatch(e -> Long.parseLong(e.text("lengthMs")) > 0);
            HOST.await(
                    Duration.ofSeconds(30),
                    "agent table equals the twin's own file",
                    () -> Rig.agents(bus).equals(rig.ledger()));
            assertThat(Rig.agents(bus)).isEqualTo(rig.ledger());
        }
    }

    @Test
    @Order(2)
    void callsAreAsUsualAfterTheKills() {
        try (Sipp phones = Sipp.answering("phone", PHONES, 0);
                Sipp carrier = calling(100)) {
            carrier.succeeds(Duration.ofSeconds(60));
            assertThat(carrier.ledger("BYE200")).hasSize(100);
        }
    }

    private static Sipp calling(int calls, String... more) {
        return Sipp.calling(
                "carrier", Sipp.freePort(), HOST.port(Port.SIP), Rig.DNIS, calls, 20, Duration.ofSeconds(1), more);
    }

    private static List<BusReader.Entry> gaps(BusReader bus) {
        return bus.all(e -> e.is("link.gap") && e.key().startsWith("csta"));
    }

    /** SIP Call-IDs of calls with an offered and a cleared event. */
    static Set<String> complete(BusReader bus) {
        Set<String> offered = legs(bus, "call.offered");
        offered.retainAll(legs(bus, "call.cleared"));
        return offered;
    }

    private static Set<String> legs(BusReader bus, String kind) {
        return bus.all(e -> e.is(kind)).stream().map(e -> e.text("leg")).collect(Collectors.toCollection(TreeSet::new));
    }

    static void assertNoIdTwice(BusReader bus) {
        Set<String> seen = new HashSet<>();
        List<String> twice = bus.all().stream()
                .map(BusReader.Entry::id)
                .filter(id -> !seen.add(id))
                .toList();
        assertThat(twice).as("event ids that occur twice").isEmpty();
    }

    /** Positions of one node rise along the offsets of every topic. */
    static void assertOrderKept(BusReader bus) {
        bus.all().stream()
                .collect(Collectors.groupingBy(e -> e.topic() + " " + e.id().split("/")[0]))
                .values()
                .forEach(entries -> assertThat(
                                entries.stream().map(e -> Long.parseLong(e.id().split("/")[1])))
                        .isSorted());
    }

    static void waitMillis(long millis) {
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
