package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A host that dies while it starts for the first time, whatever it was just doing. */
@Tag("side-by-side")
class EarlyKillIT {
    @Test
    void hostStartsAgainWhereverItsFirstStartWasCut() {
        long seed = Long.getLong("jackfield.seed", System.nanoTime());
        var random = new Random(seed);
        for (int kill = 1; kill <= Integer.getInteger("jackfield.kills", 2); kill++) {
            try (KarafDistribution host = KarafDistribution.named("early-" + kill)) {
                // the first while Karaf installs its own bundles, the others anywhere
                int millis = kill == 1 ? 800 + random.nextInt(1_500) : 500 + random.nextInt(10_000);
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
