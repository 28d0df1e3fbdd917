package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.Status;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.PresenceBook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Graph is away, slow or talks rubbish for ten minutes; what users see is told by the twin's book, by the same virtual time. */
class OutageTest {
    private static final int AGENTS = 1_000;
    private static final Duration EXPIRY = SessionPair.SHORTEST;

    private final Bench bench = new Bench(Bench.settings(Mode.ACTIVE, 10_000));
    private final PresenceBook book = new PresenceBook(new TwinClock(new Clock() {
        @Override
        public Instant instant() {
            return bench.timer.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }));

    /** Since when the host is asked to show somebody as anything but Busy. */
    private final Map<Integer, Instant> freeSince = new HashMap<>();

    private int busyAfterTheirCall;

    private static String user(int number) {
        return "11111111-1111-4000-8000-%012d".formatted(number);
    }

    private void want(int agent, SessionPair pair) {
        if (pair.call()) {
            freeSince.remove(agent);
        } else {
            freeSince.putIfAbsent(agent, bench.timer.now());
        }
        bench.submit(new PresenceEvents.Intent(
                "a" + agent, user(agent), pair.availability(), pair.activity(), EXPIRY, "test"));
    }

    private void free(int agent) {
        freeSince.putIfAbsent(agent, bench.timer.now());
        bench.submit(new PresenceEvents.Intent("a" + agent, user(agent), null, null, null, "test"));
    }

    private String shown(int agent) {
        PresenceBook.Presence now = book.read(user(agent), Duration.ZERO).orElseThrow();
        return now.availability() + "/" + now.activity();
    }

    private Map<String, String> observed() {
        Map<String, String> last = new HashMap<>();
        bench.bus
                .data(PresenceEvents.Observed.class)
                .forEach(o -> last.put(o.user(), o.availability() + "/" + o.activity()));
        return last;
    }

    private void nobodyIsBusyBeyondTheExpiry() {
        Instant now = bench.timer.now();
        freeSince.forEach((agent, since) -> {
            if (shown(agent).startsWith("Busy")) {
                busyAfterTheirCall++;
                assertThat(now).as("agent %d free since %s", agent, since).isBefore(since.plus(EXPIRY));
            }
        });
    }

    /**
     * At {@code phase} more than ten minutes Graph is well again, so that requests are under way at that moment for
     * another while each time.
     */
    @ParameterizedTest
    @CsvSource({
        "away,0",
        "away,400",
        "away,900",
        "slow,0",
        "slow,300",
        "slow,700",
        "slow,1100",
        "slow,1900",
        "rubbish,0",
        "rubbish,500"
    })
    void anOutageLeavesNobodyBusyBeyondTheExpiryAndIsCaughtUpWithinOneSweep(String trouble, long phase) {
        bench.api.book = book;
        for (int i = 0; i < AGENTS; i++) {
            bench.directory.with("a" + i, user(i));
            book.addUser(user(i), null);
            book.choose(user(i), new Pair("Offline", "Offline"));
            want(i, SessionPair.IN_A_CALL);
        }
        bench.writer.load();
        bench.sweep.start();
        bench.timer.pass(Duration.ofSeconds(30));
        assertThat(bench.api.sessions).hasSize(AGENTS);

        fail(trouble);
        for (int second = 0; second < 600; second++) {
            int agent = second % 100;
            if (second % 2 == 0) {
                want(agent, SessionPair.AWAY);
            } else {
                free(agent);
            }
            if (second % 3 == 0) {
                free(100 + second / 3);
            }
            bench.timer.pass(Duration.ofSeconds(1));
            nobodyIsBusyBeyondTheExpiry();
        }
        assertThat(busyAfterTheirCall).as("the outage was seen").isPositive();
        assertThat(bench.api.sent.size()).as("it felt its way, no more").isLessThan(3_000);
        assertThat(bench.health.status().state()).isEqualTo(Status.State.DOWN);
        for (int agent = 0; agent < 100; agent++) {
            want(agent, SessionPair.PRESENTING);
        }
        book.choose(user(700), new Pair("DoNotDisturb", "DoNotDisturb"));
        bench.timer.pass(Duration.ofMillis(phase));

        bench.api.fault = request -> null;
        bench.api.readFault = users -> null;
        bench.api.latency = request -> Duration.ZERO;
        bench.api.readLatency = users -> Duration.ZERO;
        bench.timer.pass(bench.settings.sweepOf(AGENTS));

        assertThat(bench.writer.unfinished()).isZero();
        for (int agent = 0; agent < 100; agent++) {
            assertThat(shown(agent)).isEqualTo("DoNotDisturb/Presenting");
        }
        Map<String, String> observed = observed();
        for (int agent = 100; agent < AGENTS; agent++) {
            assertThat(observed.get(user(agent))).as("agent %d", agent).isEqualTo(shown(agent));
        }
        assertThat(shown(700)).isEqualTo("DoNotDisturb/DoNotDisturb");
        assertThat(bench.health.status().state()).isEqualTo(Status.State.UP);

        bench.timer.pass(bench.settings.timeout());
        assertThat(bench.health.status().state())
                .as("what was given up says nothing when it fails at last")
                .isEqualTo(Status.State.UP);
    }

    private void fail(String trouble) {
        boolean rubbish = trouble.equals("rubbish");
        GraphFailure failure = FakeApi.failure(
                rubbish ? GraphFailure.Kind.RUBBISH : GraphFailure.Kind.UNAVAILABLE, rubbish ? 200 : 0, null);
        bench.api.fault = request -> failure;
        bench.api.readFault = users -> failure;
        if (trouble.equals("slow")) {
            bench.api.latency = request -> bench.settings.timeout();
            bench.api.readLatency = users -> bench.settings.timeout();
            bench.api.doneAllTheSame = true;
        }
    }

    @Test
    void aSweepDoesNotWaitForAnAnswerThatIsSlowerThanItsInterval() {
        for (int i = 0; i < AGENTS; i++) {
            bench.directory.with("a" + i, user(i));
            bench.api.show(user(i), "Available", "Available", "A1");
        }
        bench.sweep.start();
        bench.timer.pass(Duration.ofSeconds(2));
        bench.api.readLatency = users -> Duration.ofSeconds(9);
        bench.timer.pass(Duration.ofSeconds(2)); // asked now, told 9 s later
        bench.api.readLatency = users -> Duration.ZERO;
        bench.api.show(user(5), "Busy", "InACall", "A2");
        bench.api.show(user(6), "Away", "Away", null);

        bench.timer.pass(Duration.ofSeconds(2));
        assertThat(observed()).containsEntry(user(5), "Busy/InACall").containsEntry(user(6), "Away/Away");

        bench.timer.pass(Duration.ofSeconds(9));
        assertThat(observed()).containsEntry(user(5), "Busy/InACall").containsEntry(user(6), "Away/Away");
        assertThat(bench.bus.data(PresenceEvents.Observed.class).stream()
                        .filter(o -> List.of(user(5), user(6)).contains(o.user())))
                .hasSize(4);
    }
}
