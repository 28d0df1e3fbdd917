package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jackfield.event.PresenceEvents;
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

    /** For ten virtual minutes Graph is away, slow or talks rubbish. */
    @Test
    void afterTenMinutesWithoutGraphEverythingIsCaughtUpWithinASweep() {
        for (String trouble : new String[] {"away", "slow", "rubbish"}) {
            Bench bench = new Bench(Bench.settings(Mode.ACTIVE, 10_000));
            int agents = 1_000;
            for (int i = 0; i < agents; i++) {
                bench.directory.with("a" + i, user(i));
                bench.api.show(user(i), "Available", "Available", "A1");
                bench.submit(Bench.want("a" + i, user(i), SessionPair.IN_A_CALL));
            }
            bench.writer.load();
            bench.sweep.start();
            bench.timer.pass(Duration.ofSeconds(30));
            assertThat(bench.api.sessions).hasSize(agents);

            var failure = FakeApi.failure(
                    trouble.equals("rubbish") ? GraphFailure.Kind.RUBBISH : GraphFailure.Kind.UNAVAILABLE,
                    trouble.equals("rubbish") ? 200 : 0,
                    null);
            bench.api.fault = request -> failure;
            bench.api.readFault = users -> failure;
            if (trouble.equals("slow")) {
                bench.api.latency = request -> Duration.ofSeconds(10);
            }
            for (int i = 0; i < 600; i++) {
                int agent = i % 100;
                var clear = new PresenceEvents.Intent("a" + agent, user(agent), null, null, null, "test");
                bench.submit(i % 2 == 0 ? Bench.want("a" + agent, user(agent), SessionPair.AWAY) : clear);
                bench.timer.pass(Duration.ofSeconds(1));
            }
            for (int agent = 0; agent < 100; agent++) {
                bench.submit(Bench.want("a" + agent, user(agent), SessionPair.PRESENTING));
            }
            int requests = bench.api.sent.size();
            assertThat(requests).as(trouble).isLessThan(3_000); // it felt its way, no more

            bench.api.fault = request -> null;
            bench.api.readFault = users -> null;
            bench.api.latency = request -> Duration.ZERO;
            bench.api.show(user(7), "Away", "Away", "A2");
            // the request that is under way when a slow Graph gets well still takes its time
            Duration lastOne = trouble.equals("slow") ? bench.settings.timeout() : Duration.ZERO;
            bench.timer.pass(bench.settings.sweepOf(agents).plusSeconds(3).plus(lastOne));

            assertThat(bench.writer.unfinished()).as(trouble).isZero();
            for (int agent = 0; agent < 100; agent++) {
                assertThat(bench.api.sessions.get(user(agent))).as(trouble).isEqualTo(SessionPair.PRESENTING);
            }
            assertThat(bench.bus.data(PresenceEvents.Observed.class))
                    .as(trouble)
                    .anyMatch(o -> o.user().equals(user(7)) && o.availability().equals("Away"));
            assertThat(bench.health.status().state()).as(trouble).isEqualTo(org.jackfield.plugin.Status.State.UP);
        }
    }
}
