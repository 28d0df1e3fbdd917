package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The host restarts while calls are up and no broker can be reached. */
@RequiresPeer("sipp")
class RestartWithoutBrokerIT {
    private static final int CALLS = 50;
    private static final int WARM = 20;

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("brokerless").notStarted();

    @Test
    void byesOfFiftyCallsThatWereUpAreAnswered200() {
        int phonePort = Sipp.freePort();
        try (Rig rig = Rig.prepare(HOST, CALLS + 10, phonePort, "--wrap-up", "200", "--options-seconds", "0")) {
            long began = System.nanoTime();
            HOST.start();
            // a machine on which the start takes long cannot answer that many first calls in time
            int rate = System.nanoTime() - began <= Duration.ofSeconds(15).toNanos() ? 25 : 8;
            rig.awaitLinked();
            Sipp.warmUp(HOST, phonePort, WARM, 4);
            try (Sipp phones = Sipp.answering("phone", phonePort, CALLS);
                    Sipp carrier = Sipp.calling(
                            "carrier",
                            Sipp.freePort(),
                            HOST.port(Port.SIP),
                            Rig.DNIS,
                            CALLS,
                            rate,
                            Duration.ofSeconds(40));
                    BusReader bus = rig.bus()) {
                HOST.await(
                        Duration.ofSeconds(20),
                        "all calls up",
                        () -> carrier.ledger("UP").size() >= CALLS && established(bus) >= WARM + CALLS);
                HOST.kill();
                HOST.cfg("org.jackfield.bus").set("bootstrapServers", "127.0.0.1:" + Ports.free());
                HOST.start();
                assertThat(HOST.broker()).as("no broker runs").isEmpty();
                carrier.succeeds(Duration.ofSeconds(90));
                assertThat(carrier.ledger("BYE200")).hasSize(CALLS);
            }
        }
    }

    /** Calls that are up at both ends, of which the host keeps what it needs. */
    private static long established(BusReader bus) {
        return bus.all(e -> e.is("call.established") && !e.key().isEmpty()).stream()
                .map(BusReader.Entry::key)
                .distinct()
                .count();
    }
}
