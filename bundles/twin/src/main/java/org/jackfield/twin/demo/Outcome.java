package org.jackfield.twin.demo;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came of one step. Immutable.
 *
 * @param events the events on the bus that tell it, oldest first
 * @param fault what was missing; null when the step passed
 */
record Outcome(String step, List<BusEvent> events, @Nullable String fault) {
    boolean passed() {
        return fault == null;
    }

    /** The line of the timeline: latency is the difference of the first and the last event's time on the bus. */
    String line(int number) {
        String ids = events.stream().map(e -> e.type() + " " + e.id()).collect(Collectors.joining(" -> "));
        String latency = events.size() < 2 ? "-" : latency().toMillis() + " ms";
        return String.format(
                "%2d  %-4s  %8s  %s%n                    %s%s",
                number,
                passed() ? "PASS" : "FAIL",
                latency,
                step,
                ids.isEmpty() ? "no event" : ids,
                passed() ? "" : System.lineSeparator() + "                    missing: " + fault);
    }

    private Duration latency() {
        return Duration.between(
                events.get(0).time(), events.get(events.size() - 1).time());
    }
}
