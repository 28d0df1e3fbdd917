package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The embedded broker dies without warning while SIPp places calls. */
@Tag("side-by-side")
@RequiresPeer("sipp")
class BrokerKillIT {
    private static final int PHONES = Sipp.freePort();

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("broker-kill").notStarted();

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.prepare(HOST, 60, PHONES, "--wrap-up", "200", "--options-seconds", "0");
        HOST.start();
        rig.awaitLinked();
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void callsGoOnWithoutTheBrokerAndTheirEventsArriveInOrder() {
        // no number of calls for the phones: a late BYE of a killed call would count as one
        try (Sipp phones = Sipp.answering("phone", PHONES, 0);
                Sipp carrier = Sipp.calling(
                        "carrier", Sipp.freePort(), HOST.port(Port.SIP), Rig.DNIS, 200, 20, Duration.ofSeconds(1))) {
            KillIT.waitMillis(3_000);
            HOST.broker().orElseThrow().destroyForcibly();
            carrier.succeeds(Duration.ofSeconds(60));
            Set<String> ended = carrier.ledger("BYE200");
            assertThat(ended).hasSize(200);
            HOST.await(
                    Duration.ofSeconds(60),
                    "the broker is back",
                    () -> HOST.broker().isPresent());
            try (BusReader bus = rig.bus()) {
                HOST.await(
                        Duration.ofSeconds(60),
                        "all events arrived",
                        () -> KillIT.complete(bus).containsAll(ended));
                KillIT.assertNoIdTwice(bus);
                KillIT.assertOrderKept(bus);
            }
        }
    }
}
