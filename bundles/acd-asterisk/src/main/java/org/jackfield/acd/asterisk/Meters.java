package org.jackfield.acd.asterisk;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jackfield.plugin.LinkId;

/** The link's counters, named {@code jackfield.ami.*} with the tags {@code tenant} and {@code link}. Safe for any thread. */
final class Meters {
    private final MeterRegistry registry;
    private final LinkId id;
    private final Counter in;
    private final Counter out;
    private final Counter late;
    private final Counter timeouts;
    private final Counter unknownMembers;
    private final Counter unpublished;
    private final Counter lateRoutes;

    Meters(MeterRegistry registry, LinkId id) {
        this.registry = registry;
        this.id = id;
        this.in = counter("jackfield.ami.messages", "in");
        this.out = counter("jackfield.ami.messages", "out");
        this.late = counter("jackfield.ami.answers.late", "in");
        this.timeouts = counter("jackfield.ami.timeouts", "out");
        this.unknownMembers = counter("jackfield.ami.members.unknown", "in");
        this.unpublished = counter("jackfield.ami.unpublished", "in");
        this.lateRoutes = counter("jackfield.ami.routes.late", "out");
    }

    private Counter counter(String name, String direction) {
        return registry.counter(name, "tenant", id.tenant(), "link", id.name(), "direction", direction);
    }

    void messageIn() {
        in.increment();
    }

    void actionOut() {
        out.increment();
    }

    /** An answer to an action that nobody waits for any more. */
    void late() {
        late.increment();
    }

    void timeout() {
        timeouts.increment();
    }

    /** An event about a queue member that is no agent of the dictionary for this link. */
    void unknownMember() {
        unknownMembers.increment();
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
