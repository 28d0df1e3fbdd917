package org.jackfield.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
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
    private final List<Meter> owned = new ArrayList<>();

    FlowMeters(MeterRegistry registry, String flow) {
        this.registry = registry;
        this.flow = flow;
        counts("jackfield.flow.events", "received", received);
        counts("jackfield.flow.events", "delivered", delivered);
        counts("jackfield.flow.events", "filtered", filtered);
        counts("jackfield.flow.events", "dead", deadLettered);
        counts("jackfield.flow.events", "returned", returned);
        counts("jackfield.flow.offers", "asked", offers);
        counts("jackfield.flow.offers", "answered", answered);
        time = Timer.builder("jackfield.flow.time")
                .tag("flow", flow)
                .description("from the bus's delivery to the end of the flow")
                .register(registry);
    }

    private void counts(String name, String outcome, LongAdder count) {
        owned.add(FunctionCounter.builder(name, count, LongAdder::sum)
                .tags("flow", flow, "outcome", outcome)
                .register(registry));
    }

    /** The flow is gone; one of the same name that comes later counts anew. */
    void close() {
        owned.forEach(registry::remove);
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
