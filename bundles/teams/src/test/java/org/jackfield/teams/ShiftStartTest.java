package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Mode;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many agents over virtual time, with a Graph that fails now and then. */
class ShiftStartTest {
    private static final int AGENTS = 10_000;

    private static Bench crowd(int agents, int limit) {
        var bench = new Bench(Bench.settings(Mode.ACTIVE, limit));
        for (int i = 0; i < agents; i++) {
            bench.directory.with("a" + i, user(i));
        }
        bench.writer.load();
        return bench;
    }

    private static String user(int number) {
        return "11111111-1111-4000-8000-%012d".formatted(number);
    }

    private static GraphFailure sometimes(Random random, Bench bench) {
        return switch (random.nextInt(60)) {
            case 0 -> FakeApi.failure(GraphFailure.Kind.THROTTLED, 429, Duration.ofSeconds(1));
            case 1 -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 503, null);
            case 2 -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 0, null);
            default -> null;
        };
    }

    @ParameterizedTest
    @CsvSource({"1500, 300, 120", "10000, 60, 60"})
    @Conformance({"GR-40", "GR-42"})
    void noIntentIsLostAndNoWindowIsOverdrawnAtAShiftStart(int limit, int within, int trailing) {
        Bench bench = crowd(AGENTS, limit);
        var random = new Random(limit);
        bench.api.fault = request -> sometimes(random, bench);
        bench.api.latency = request -> Duration.ofMillis(random.nextInt(100) == 0 ? 10_000 : 30 + random.nextInt(100));
        Map<String, SessionPair> wanted = new HashMap<>();
        bench.sweep.start();

        for (int i = 0; i < AGENTS; i++) {
            SessionPair pair = SessionPair.values()[random.nextInt(SessionPair.values().length)];
            wanted.put(user(i), pair);
            bench.submit(Bench.want("a" + i, user(i), pair));
            bench.timer.pass(Duration.ofNanos(within * 1_000_000_000L / AGENTS));
        }
        bench.timer.pass(Duration.ofSeconds(trailing));

        assertThat(bench.writer.unfinished()).isZero();
        assertThat(bench.gate.standing().most()).isLessThanOrEqualTo((int) (limit * 0.7));
        assertThat(bench.api.sessions).isEqualTo(wanted);
        assertThat(bench.bus.data(PresenceEvents.Applied.class))
                .hasSize(AGENTS)
                .allMatch(a -> a.outcome().equals("applied"));
        assertThat(most(bench.api.sent)).isLessThanOrEqualTo((int) (limit * 0.7));
    }

    @Test
    void eachAgentsWritesKeepTheirOrder() {
        Bench bench = crowd(50, 1500);
        var random = new Random(7);
        bench.api.fault = request -> sometimes(random, bench);
        Map<String, SessionPair> wanted = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            int agent = random.nextInt(50);
            SessionPair pair = SessionPair.values()[random.nextInt(SessionPair.values().length)];
            wanted.put(user(agent), pair);
            bench.submit(Bench.want("a" + agent, user(agent), pair));
            bench.timer.pass(Duration.ofMillis(random.nextInt(100)));
        }
        bench.timer.pass(Duration.ofMinutes(2));

        assertThat(bench.api.sessions).isEqualTo(wanted);
        assertThat(bench.bus.data(PresenceEvents.Applied.class))
                .hasSize(2_000)
                .extracting(PresenceEvents.Applied::outcome)
                .containsOnly("applied", "superseded");
    }

    /** The most requests in any window, wherever it is laid. */
    private static int most(List<Instant> requests) {
        int most = 0;
        int to = 0;
        for (int from = 0; from < requests.size(); from++) {
            Instant end = requests.get(from).plus(Settings.WINDOW);
            while (to < requests.size() && requests.get(to).isBefore(end)) {
                to++;
            }
            most = Math.max(most, to - from);
        }
        return most;
    }
}
