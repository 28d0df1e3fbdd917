package org.jackfield.acd.csta;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
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

    Meters(MeterRegistry registry, LinkId id, CstaCounters counters) {
        this.registry = registry;
        this.id = id;
        this.duplicates = counter("jackfield.csta.duplicates");
        this.unknownAgents = counter("jackfield.csta.agents.unknown");
        this.unpublished = counter("jackfield.csta.unpublished");
        this.lateRoutes = counter("jackfield.csta.routes.late");
        FunctionCounter.builder("jackfield.csta.frames", counters, CstaCounters::framesIn)
                .tags("tenant", id.tenant(), "link", id.name(), "direction", "in")
                .register(registry);
        FunctionCounter.builder("jackfield.csta.frames", counters, CstaCounters::framesOut)
                .tags("tenant", id.tenant(), "link", id.name(), "direction", "out")
                .register(registry);
        FunctionCounter.builder("jackfield.csta.answers.late", counters, CstaCounters::late)
                .tags("tenant", id.tenant(), "link", id.name())
                .register(registry);
        FunctionCounter.builder("jackfield.csta.timeouts", counters, CstaCounters::timeouts)
                .tags("tenant", id.tenant(), "link", id.name())
                .register(registry);
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
