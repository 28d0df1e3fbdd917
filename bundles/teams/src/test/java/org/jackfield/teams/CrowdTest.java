package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jackfield.plugin.Mode;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** A hundred thousand agents: what it costs to hold them while nothing changes. */
class CrowdTest {
    private static final int AGENTS = 100_000;

    private static String user(int number) {
        return "11111111-1111-4000-8000-%012d".formatted(number);
    }

    /** A quarter of all agents show something, each since another moment. */
    @Test
    @Conformance("GR-41")
    void aHundredThousandAgentsCostLittleTrafficAndMemory() {
        var settings = Bench.settings(Mode.ACTIVE, 10_000);
        var bench = new Bench(settings);
        bench.bus.forget();
        for (int i = 0; i < AGENTS; i++) {
            bench.directory.with("a" + i, user(i));
            bench.api.show(user(i), "Available", "Available", "A" + i);
        }
        bench.api.keep = false;
        bench.writer.load();
        long before = heap();

        var random = new Random(1);
        for (int i = 0; i < AGENTS / 4; i++) {
            int agent = i * 4;
            bench.submit(Bench.want("a" + agent, user(agent), SessionPair.AWAY));
            bench.timer.pass(Duration.ofMillis(90 + random.nextInt(36)));
        }
        assertThat(bench.writer.held()).isEqualTo(AGENTS / 4);
        bench.sweep.start();
        bench.timer.pass(Duration.ofSeconds(30));
        long after = heap();
        long perAgent = (after - before) / AGENTS;
        System.out.println(
                "MEASURED 100,000 agents: " + perAgent + " bytes each, " + bench.writer.held() + " sessions");

        bench.sweep.close(); // reading is no writing, and takes its time
        Instant from = bench.timer.now();
        long writes = bench.api.writes;
        bench.timer.pass(Duration.ofHours(1));
        double perSecond = (bench.api.writes - writes)
                / (double) Duration.between(from, bench.timer.now()).toSeconds();
        System.out.println("MEASURED renewals: " + perSecond + " a second");

        assertThat(perAgent).isLessThanOrEqualTo(2_048);
        assertThat(perSecond).isBetween(5.0, 10.0);
        assertThat(bench.writer.held()).isEqualTo(AGENTS / 4);
        assertThat(bench.gate.standing().most()).isLessThanOrEqualTo(7_000);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
