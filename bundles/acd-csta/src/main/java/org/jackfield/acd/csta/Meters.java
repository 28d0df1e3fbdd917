package org.jackfield.acd.csta;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jackfield.plugin.LinkId;
import org.jackfield.protocol.csta.CstaCounters;

/** The link's counters, named {@code jackfield.csta.*} with the tags {@code tenant} and {@code link}. Safe for any thread. */
final class Meters {
    private final MeterRegistry registry;
    private final LinkId id;
    private final Counter duplicates;
    private final Counter unknownAgents;
    private final Counter unpublished;
    private final Counter lateRoutes;
    private final List<FunctionCounter> followed = new ArrayList<>();

    Meters(MeterRegistry registry, LinkId id, CstaCounters counters) {
        this.registry = registry;
        this.id = id;
        this.duplicates = counter("jackfield.csta.duplicates");
        this.unknownAgents = counter("jackfield.csta.agents.unknown");
        this.unpublished = counter("jackfield.csta.unpublished");
        this.lateRoutes = counter("jackfield.csta.routes.late");
        Tags tags = Tags.of("tenant", id.tenant(), "link", id.name());
        follow("jackfield.csta.frames", tags.and("direction", "in"), counters, CstaCounters::framesIn);
        follow("jackfield.csta.frames", tags.and("direction", "out"), counters, CstaCounters::framesOut);
        follow("jackfield.csta.answers.late", tags, counters, CstaCounters::late);
        follow("jackfield.csta.timeouts", tags, counters, CstaCounters::timeouts);
    }

    private void follow(String name, Tags tags, CstaCounters counters, ToDoubleFunction<CstaCounters> value) {
        followed.add(FunctionCounter.builder(name, counters, value).tags(tags).register(registry));
    }

    /** The link ends; what follows it counts anew. */
    void close() {
        followed.forEach(registry::remove);
    }

    private Counter counter(String name) {
        return registry.counter(name, "tenant", id.tenant(), "link", id.name());
    }

    /** The same transition, seen by another monitor. */
    void duplicate() {
        duplicates.increment();
    }

    /** An event about an agent that the dictionary does not have for this link. */
    void unknownAgent() {
        unknownAgents.increment();
    }

    /** An event was lost because the spool was full for too long. */
    void unpublished() {
        unpublished.increment();
    }

    /** A route answer came after its dialogue was over, and was not sent. */
    void lateRoute() {
        lateRoutes.increment();
    }

    void refused(String reason) {
        registry.counter("jackfield.input.refused", "place", id.toString(), "reason", reason)
                .increment();
    }
}
