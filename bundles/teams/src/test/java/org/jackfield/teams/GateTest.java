package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jackfield.plugin.Backoff;
import org.junit.jupiter.api.Test;

class GateTest {
    private final VirtualTimer timer = new VirtualTimer();
    private final List<String> sent = new ArrayList<>();
    private final List<Instant> times = new ArrayList<>();

    private Gate gate(int limit) {
        return budget(0.7).gate("tenant", "presence", new Limit(limit, Settings.WINDOW, 0.7));
    }

    private Budget budget(double share) {
        return new Budget(
                timer, Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30), 0), Limit.whole(share));
    }

    private boolean send(String what) {
        sent.add(what);
        times.add(timer.now());
        return true;
    }

    @Test
    void noWindowEverHoldsMoreThanTheShare() {
        Gate gate = gate(1500);
        for (int i = 0; i < 5000; i++) {
            gate.enter(Priority.AGENT, () -> send("x"));
        }
        timer.pass(Duration.ofMinutes(5));

        assertThat(times).hasSize(5000);
        for (int from = 0; from < times.size(); from++) {
            Instant end = times.get(from).plus(Settings.WINDOW);
            int to = from;
            while (to < times.size() && times.get(to).isBefore(end)) {
                to++;
            }
            assertThat(to - from).isLessThanOrEqualTo(1050);
        }
    }

    @Test
    void tenThousandWritesFitIntoSevenMinutesAtTheSmallLimitAndOneAtTheLarge() {
        Gate small = gate(1500);
        Gate large = gate(10_000);
        for (int i = 0; i < 10_000; i++) {
            small.enter(Priority.AGENT, () -> send("small"));
            large.enter(Priority.AGENT, () -> send("large"));
        }
        timer.pass(Duration.ofSeconds(60));
        assertThat(sent.stream().filter("large"::equals).count()).isEqualTo(10_000);
        timer.pass(Duration.ofMinutes(6));
        assertThat(sent).hasSize(20_000);
    }

    @Test
    void callsGoBeforeStatesBeforeRenewalsBeforeReading() {
        Gate gate = gate(60); // a tenth of 42 may go at once
        for (int i = 0; i < 4; i++) {
            gate.enter(Priority.SWEEP, () -> send("burst"));
        }
        gate.enter(Priority.SWEEP, () -> send("sweep"));
        gate.enter(Priority.REFRESH, () -> send("refresh"));
        gate.enter(Priority.AGENT, () -> send("agent"));
        gate.enter(Priority.CALL, () -> send("call"));
        timer.pass(Duration.ofSeconds(30));

        assertThat(sent).containsExactly("burst", "burst", "burst", "burst", "call", "agent", "refresh", "sweep");
    }

    @Test
    void readingIsNotStarvedByAFloodOfWrites() {
        Gate gate = gate(300);
        for (int i = 0; i < 500; i++) {
            gate.enter(Priority.CALL, () -> send("call"));
        }
        gate.enter(Priority.SWEEP, () -> send("sweep"));
        for (int i = 0; i < 500; i++) {
            gate.enter(Priority.CALL, () -> send("call"));
        }
        timer.pass(Duration.ofSeconds(120));

        assertThat(sent.indexOf("sweep")).isBetween(1, 540);
    }

    @Test
    void whatHasNothingToSendCostsNothing() {
        Gate gate = gate(1500);
        double before = gate.available();
        gate.enter(Priority.AGENT, () -> false);

        assertThat(gate.available()).isEqualTo(before);
    }

    @Test
    void afterThreeFailuresOneRequestFeelsTheWay() {
        Gate gate = gate(1500);
        for (int i = 0; i < 3; i++) {
            gate.enter(Priority.AGENT, () -> send("lost"));
            gate.failed(timer.now());
        }
        for (int i = 0; i < 5; i++) {
            gate.enter(Priority.AGENT, () -> send("later"));
        }
        assertThat(sent).hasSize(3);
        timer.pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(4);
        timer.pass(Duration.ofMillis(999));
        assertThat(sent).hasSize(4);

        gate.answered();
        assertThat(sent).hasSize(8);
    }

    @Test
    void aRequestThatFeelsTheWayIsNotWaitedForLongerThanASecond() {
        Gate gate = gate(1500);
        for (int i = 0; i < 3; i++) {
            gate.enter(Priority.AGENT, () -> send("lost"));
            gate.failed(timer.now());
        }
        for (int i = 0; i < 5; i++) {
            gate.enter(Priority.AGENT, () -> send("later"));
        }
        timer.pass(Duration.ofSeconds(3));
        assertThat(sent).hasSize(6);

        gate.failed(times.get(3)); // the first of them, long given up: no pause begins with that
        timer.pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(7);
    }

    @Test
    void aReadFeelsTheWayBeforeWritesWhileReadsCome() {
        Gate gate = gate(1500);
        gate.enter(Priority.SWEEP, () -> send("read"));
        for (int i = 0; i < 3; i++) {
            gate.failed(timer.now());
        }
        gate.enter(Priority.CALL, () -> send("call"));
        timer.pass(Duration.ofSeconds(4));
        assertThat(sent).containsExactly("read");
        gate.enter(Priority.SWEEP, () -> send("read"));
        assertThat(sent).containsExactly("read", "read");
        gate.answered();
        assertThat(sent).containsExactly("read", "read", "call");
    }

    @Test
    void aWriteFeelsTheWayWhenNoReadComes() {
        Gate gate = gate(1500);
        gate.enter(Priority.SWEEP, () -> send("read"));
        for (int i = 0; i < 3; i++) {
            gate.failed(timer.now());
        }
        gate.enter(Priority.CALL, () -> send("call"));
        timer.pass(Duration.ofSeconds(5));
        assertThat(sent).containsExactly("read", "call");
    }

    @Test
    void aClosedGateLetsNothingThrough() {
        Gate gate = gate(1500);
        gate.close();
        gate.enter(Priority.CALL, () -> send("x"));
        timer.pass(Duration.ofMinutes(1));

        assertThat(sent).isEmpty();
    }

    @Test
    void linksOfOneApplicationInOneTenantShareItsBudgetAndItsPauses() {
        Budget budget = budget(0.7);
        Gate one = budget.gate("tenant", "presence", new Limit(1500, Settings.WINDOW, 0.7));
        Gate two = budget.gate("tenant", "presence", new Limit(10_000, Settings.WINDOW, 0.7));
        for (int i = 0; i < 2_000; i++) {
            one.enter(Priority.AGENT, () -> send("one"));
            two.enter(Priority.AGENT, () -> send("two"));
        }
        timer.pass(Duration.ofSeconds(29));

        assertThat(sent.size()).isBetween(1000, 1050);
        assertThat(one.standing().most()).isLessThanOrEqualTo(1050);
        two.throttled(Duration.ofSeconds(100));
        int before = sent.size();
        timer.pass(Duration.ofSeconds(99));
        assertThat(sent).hasSize(before);
    }

    @Test
    void tenantsShareTheApplicationsWholeLimitInTurn() {
        Budget budget = budget(0.001); // 130 requests in 10 s
        Gate busy = budget.gate("busy", "presence", new Limit(10_000, Settings.WINDOW, 0.7));
        Gate calm = budget.gate("calm", "presence", new Limit(10_000, Settings.WINDOW, 0.7));
        for (int i = 0; i < 1_000; i++) {
            busy.enter(Priority.CALL, () -> send("busy"));
        }
        for (int i = 0; i < 40; i++) {
            calm.enter(Priority.SWEEP, () -> send("calm"));
        }
        timer.pass(Duration.ofSeconds(9));

        assertThat(sent.stream().filter("calm"::equals).count()).isEqualTo(40);
        assertThat(sent.size()).isBetween(100, 130);
    }

    @Test
    void aLinkThatEndsTakesItsWaitingRequestsWithIt() {
        Budget budget = budget(0.7);
        Gate gone = budget.gate("tenant", "presence", new Limit(30, Settings.WINDOW, 0.7));
        Gate stays = budget.gate("tenant", "presence", new Limit(30, Settings.WINDOW, 0.7));
        for (int i = 0; i < 50; i++) {
            gone.enter(Priority.CALL, () -> send("gone"));
        }
        stays.enter(Priority.SWEEP, () -> send("stays"));
        gone.close();
        sent.clear();
        timer.pass(Duration.ofSeconds(10));

        assertThat(sent).containsExactly("stays");
    }
}
