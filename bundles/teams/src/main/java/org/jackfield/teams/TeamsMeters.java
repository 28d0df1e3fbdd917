package org.jackfield.teams;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jackfield.plugin.LinkId;
import org.jspecify.annotations.Nullable;

/** The metrics of one link, {@code jackfield.teams.*}; its gauges go when it closes. Safe for any thread. */
final class TeamsMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags tags;
    private final io.micrometer.core.instrument.Timer wire;
    private final io.micrometer.core.instrument.Timer notice;
    private final io.micrometer.core.instrument.Timer sweep;
    private final List<Meter> gauges = new ArrayList<>();

    TeamsMeters(MeterRegistry registry, LinkId id) {
        this.registry = registry;
        this.tags = Tags.of("tenant", id.tenant(), "link", id.toString());
        this.wire = timer("jackfield.teams.wire", "From the event that led to a write until its request was sent")
                .register(registry);
        this.notice = timer("jackfield.teams.notice", "The longest that a change in Teams can have gone unnoticed")
                .register(registry);
        this.sweep = timer("jackfield.teams.sweep", "One read of all agents").register(registry);
    }

    private io.micrometer.core.instrument.Timer.Builder timer(String name, String description) {
        return io.micrometer.core.instrument.Timer.builder(name)
                .description(description)
                .tags(tags)
                .publishPercentiles(0.5, 0.95, 0.99);
    }

    /** One request was sent, or could not be. */
    void requested(String operation, int status, @Nullable GraphFailure failure) {
        String outcome = status == 0 ? "none" : String.valueOf(status);
        registry.counter("jackfield.teams.requests", tags.and("operation", operation, "status", outcome))
                .increment();
        if (failure != null && failure.kind() == GraphFailure.Kind.THROTTLED) {
            registry.counter("jackfield.teams.throttled", tags).increment();
        }
    }

    /** Several writes went as one request. */
    void batched(int writes) {
        registry.counter("jackfield.teams.batches", tags).increment();
        registry.counter("jackfield.teams.batched", tags).increment(writes);
    }

    /** An intent ended with {@code outcome}. */
    void intent(String outcome) {
        registry.counter("jackfield.teams.intents", tags.and("outcome", outcome))
                .increment();
    }

    void renewed() {
        registry.counter("jackfield.teams.renewals", tags).increment();
    }

    void tokenFailed() {
        registry.counter("jackfield.teams.token.failures", tags).increment();
    }

    void refused(String place, String reason) {
        registry.counter("jackfield.input.refused", "place", place, "reason", reason)
                .increment();
    }

    void onWire(Duration latency) {
        wire.record(latency.isNegative() ? Duration.ZERO : latency);
    }

    void swept(Duration took) {
        sweep.record(took);
    }

    /**
     * A presence was read and found different.
     *
     * @param unnoticed the longest that it can have been so, null when it was never read before
     */
    void observed(@Nullable Duration unnoticed) {
        registry.counter("jackfield.teams.observed", tags).increment();
        if (unnoticed != null) {
            notice.record(unnoticed.isNegative() ? Duration.ZERO : unnoticed);
        }
    }

    void gauge(String name, String description, Supplier<Number> value) {
        gauges.add(io.micrometer.core.instrument.Gauge.builder(name, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    /** As {@link #gauge} with one more tag. */
    void gauge(String name, String description, String key, String tag, Supplier<Number> value) {
        gauges.add(io.micrometer.core.instrument.Gauge.builder(name, value)
                .description(description)
                .tags(tags.and(key, tag))
                .register(registry));
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
        gauges.clear();
    }
}
