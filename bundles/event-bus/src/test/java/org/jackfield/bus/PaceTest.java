package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jackfield.event.Topic;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration GAP = Duration.ofMillis(300);

    @Test
    void whatComesAfterASilenceIsReadAtOnceAndWhatFollowsWaitsForTheGap() {
        var pace = new Pace(records -> GAP);
        assertThat(took(pace)).as("after a silence").isLessThan(GAP);
        assertThat(took(pace)).as("right behind it").isBetween(GAP.dividedBy(2), GAP.multipliedBy(10));
    }

    @Test
    void gapIsAskedForEachTimeAndIsAtMostASecond() {
        var gap = new AtomicReference<>(Duration.ZERO);
        var pace = new Pace(records -> gap.get());
        pace.took(1);
        assertThat(took(pace)).as("no gap").isLessThan(GAP);
        gap.set(Duration.ofDays(1));
        assertThat(took(pace)).as("a day is cut").isBetween(Duration.ofMillis(500), Duration.ofSeconds(30));
    }

    @Test
    void whatTeamsShowsAndWhatCameOfAWriteIsNotUrgent() {
        assertThat(Shipper.urgent(Topic.AGENT, "agent.state.changed")).isTrue();
        assertThat(Shipper.urgent(Topic.COMMAND, "command.agent.state")).isTrue();
        assertThat(Shipper.urgent(Topic.AGENT, "presence.observed")).isFalse();
        assertThat(Shipper.urgent(Topic.AGENT, "presence.applied")).isFalse();
        assertThat(Shipper.urgent(Topic.CALL, "call.established")).isFalse();
        assertThat(Shipper.urgent(Topic.CALL, "call.transfer.requested")).isTrue();
    }

    @Test
    void gapIsAskedForWithWhatWasRead() {
        List<Integer> asked = new ArrayList<>();
        var pace = new Pace(records -> {
            asked.add(records);
            return Duration.ZERO;
        });
        pace.took(1);
        pace.took(Pace.MANY);
        assertThat(asked).containsExactly(1, Pace.MANY);
    }

    private static Duration took(Pace pace) {
        long began = System.nanoTime();
        pace.took(1);
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
