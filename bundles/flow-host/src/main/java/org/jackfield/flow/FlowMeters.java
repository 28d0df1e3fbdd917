package org.jackfield.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jackfield.plugin.Flows;

/** Counts what goes through one flow. Safe for any thread. */
final class FlowMeters {
    final LongAdder received = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder filtered = new LongAdder();
    final LongAdder deadLettered = new LongAdder();
    final LongAdder returned = new LongAdder();
    final LongAdder offers = new LongAdder();
    final LongAdder answered = new LongAdder();

    private final MeterRegistry registry;
    private final String flow;
    private final Timer time;

    FlowMeters(MeterRegistry registry, String flow) {
        this.registry = registry;
        this.flow = flow;
        events("received", received);
        events("delivered", delivered);
        events("filtered", filtered);
        events("dead", deadLettered);
        events("returned", returned);
        FunctionCounter.builder("jackfield.flow.offers", offers, LongAdder::sum)
                .tags("flow", flow, "outcome", "asked")
                .register(registry);
        FunctionCounter.builder("jackfield.flow.offers", answered, LongAdder::sum)
                .tags("flow", flow, "outcome", "answered")
                .register(registry);
        time = Timer.builder("jackfield.flow.time")
                .tag("flow", flow)
                .description("from the bus's delivery to the end of the flow")
                .register(registry);
    }

    private void events(String outcome, LongAdder count) {
        FunctionCounter.builder("jackfield.flow.events", count, LongAdder::sum)
                .tags("flow", flow, "outcome", outcome)
                .register(registry);
    }

    void took(long nanos) {
        time.record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused(String reason) {
        Counter.builder("jackfield.flow.refused")
                .tags("flow", flow, "reason", reason)
                .register(registry)
                .increment();
    }

    void swapped() {
        registry.counter("jackfield.flow.swapped", "flow", flow).increment();
    }

    /** An offer that the flow took but did not answer: {@code failed}, {@code wrong}, {@code late} or {@code paused}. */
    void unanswered(String why) {
        registry.counter("jackfield.flow.offers", "flow", flow, "outcome", why).increment();
    }

    Flows.Counters counters() {
        // Read in the order in which an event passes, backwards, so that the sum never exceeds what came in.
        long gone = returned.sum();
        long dead = deadLettered.sum();
        long passed = filtered.sum();
        long done = delivered.sum();
        long in = received.sum();
        return new Flows.Counters(
                in, done, passed, dead, gone, in - done - passed - dead - gone, offers.sum(), answered.sum());
    }
}
