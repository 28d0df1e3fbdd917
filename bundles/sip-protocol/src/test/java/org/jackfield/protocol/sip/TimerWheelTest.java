package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers against a sorted queue, from milliseconds to days, turned by nothing but the wheel's own alarm. */
class TimerWheelTest {
    private static final long HOUR = 3_600_000;

    private final List<String> ran = new ArrayList<>();
    private long now = 1_000_003;
    private long alarm = Long.MAX_VALUE;
    private int turns;
    private final TimerWheel wheel = new TimerWheel(() -> now, millis -> alarm = now + millis);

    /** What a thread does that sleeps until the alarm. */
    private void passTo(long time) {
        while (alarm <= time) {
            now = Math.max(now, alarm);
            alarm = Long.MAX_VALUE;
            turns++;
            wheel.advance(now);
        }
        now = time;
    }

    private record Due(long from, long until, String name) {}

    @Property(tries = 300)
    void eachRunsOnceWithinATickOfItsTimeUnlessCancelled(
            @ForAll @Size(min = 1, max = 60) List<@LongRange(max = 60 * HOUR) Long> delays,
            @ForAll @IntRange(min = 1, max = 5) int cancelEvery,
            @ForAll @LongRange(max = 20 * HOUR) long pause) {
        ran.clear(); // the wheel itself goes on from one try to the next
        PriorityQueue<Due> expected = new PriorityQueue<>((a, b) -> Long.compare(a.from(), b.from()));
        for (int i = 0; i < delays.size(); i++) {
            long delay = delays.get(i) >> i % 23; // short ones too
            String name = "timer " + i;
            TimerWheel.Timer timer = wheel.schedule(delay, () -> ran.add(now + " " + name));
            if (i % (cancelEvery + 1) == cancelEvery) {
                wheel.cancel(timer);
                wheel.cancel(timer);
            } else {
                expected.add(new Due(now + delay, now + delay + 2 * TimerWheel.TICK, name));
            }
            passTo(now + (pause >> i % 25));
        }
        passTo(now + 61 * HOUR);
        assertThat(ran).hasSameSizeAs(expected);
        for (String line : ran) {
            long at = Long.parseLong(line.substring(0, line.indexOf(' ')));
            Due due = expected.stream()
                    .filter(one -> line.endsWith(" " + one.name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(at).as(line).isBetween(due.from(), due.until());
        }
        assertThat(ran.stream().map(line -> Long.parseLong(line.split(" ")[0]))).isSorted();
        assertThat(wheel.size()).isZero();
        assertThat(alarm).as("nothing to wake for").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void wheelThatIsTurnedLateRunsAllThatIsDueInOrderAndTasksSeeTheTimeTheyWereDue() {
        TimerWheel late = new TimerWheel(0);
        late.schedule(5_000, () -> ran.add("5000"));
        late.schedule(500, () -> {
            ran.add("500");
            late.schedule(1_000, () -> ran.add("1500"));
        });
        late.schedule(50_000, () -> ran.add("50000"));
        late.advance(49_990);
        assertThat(ran).containsExactly("500", "1500", "5000");
        late.advance(50_000);
        assertThat(ran).hasSize(4);
    }

    /** 64 ticks and 64 times as many: a turn of the first and of the second level, into the slot that is being emptied. */
    @ParameterizedTest
    @ValueSource(longs = {10, 630, 640, 650, 40_950, 40_960, 40_970})
    void timerThatBeginsAgainRunsOnceInEachPeriod(long period) {
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            ran.add(Long.toString(now));
            wheel.schedule(period, again[0]);
        };
        wheel.schedule(period, again[0]);
        passTo(now + 5 * period);
        assertThat(ran).hasSize(5);
    }

    @Test
    void thousandCallsWithTimersThatAreCancelledWakeNobodyForThem() {
        for (int call = 0; call < 1_000; call++) {
            TimerWheel.Timer repeat = wheel.schedule(500, () -> ran.add("repeat"));
            TimerWheel.Timer giveUp = wheel.schedule(32_000, () -> ran.add("give up"));
            passTo(now + 1);
            wheel.cancel(repeat);
            wheel.cancel(giveUp);
            wheel.scheduleLoosely(5_000, () -> ran.add("end"));
            passTo(now + 9);
        }
        passTo(now + 6_000);
        assertThat(ran).hasSize(1_000).containsOnly("end");
        assertThat(turns).as("wake-ups in 16 s").isLessThan(60);
    }

    @Test
    void looseTimersAreNeverEarlyAndAtMostSoLate() {
        for (long delay : new long[] {0, 5, 630, 640, 641, 5_000}) {
            long from = now + delay;
            wheel.scheduleLoosely(
                    delay, () -> assertThat(now).isBetween(from, from + TimerWheel.LOOSE + 2 * TimerWheel.TICK));
            passTo(from + 2 * TimerWheel.LOOSE);
            assertThat(wheel.size()).isZero();
        }
    }

    @Test
    void taskThatFailsKeepsNoOtherFromRunning() {
        wheel.schedule(100, () -> {
            throw new IllegalStateException("first");
        });
        wheel.schedule(100, () -> ran.add("second"));
        wheel.schedule(200, () -> ran.add("third"));
        assertThatThrownBy(() -> passTo(now + 110)).hasMessage("first");
        assertThat(ran).containsExactly("second");
        passTo(now + 210);
        assertThat(ran).containsExactly("second", "third");
    }
}
