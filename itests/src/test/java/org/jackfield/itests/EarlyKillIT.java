package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.Test;

/** A host that dies while it starts for the first time, whatever it was just doing. */
class EarlyKillIT {
    @Test
    void hostStartsAgainWhereverItsFirstStartWasCut() {
        long seed = Long.getLong("jackfield.seed", System.nanoTime());
        var random = new Random(seed);
        for (int kill = 1; kill <= Integer.getInteger("jackfield.kills", 2); kill++) {
            try (KarafDistribution host = KarafDistribution.named("early-" + kill)) {
                int millis = 500 + random.nextInt(10_000);
                System.err.println(java.time.Instant.now() + " kill " + kill + " after " + millis);
                host.startWithoutWaiting();
                KillIT.waitMillis(millis);
                host.kill();
                host.start();
                assertThat(host.get("/health/ready").statusCode())
                        .as("killed after %d ms (seed %d)", millis, seed)
                        .isEqualTo(200);
            }
        }
    }
}
