package org.jackfield.event;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event before the bus has taken it: everything but the id, which the bus gives on append.
 *
 * @param tenant the tenant of the link that saw it, from configuration and never from a message body
 * @param source where it was seen, for example {@code /acd/acme/main}
 * @param origin the side on which it happened first
 * @param time when it happened if the peer says so, otherwise when it was received
 * @param correlationId what belongs together across sides, usually the call id
 * @param causationId the id of the event that led to this one
 */
public record EventDraft(
        String tenant,
        String source,
        Origin origin,
        Instant time,
        @Nullable String correlationId,
        @Nullable String causationId,
        EventData data) {

    public EventDraft {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(data, "data");
    }

    /** A draft with neither correlation nor cause. */
    public static EventDraft of(String tenant, String source, Origin origin, Instant time, EventData data) {
        return new EventDraft(tenant, source, origin, time, null, null, data);
    }

    /** The same draft, led to by {@code cause}. */
    public EventDraft causedBy(Event cause) {
        String correlation = cause.correlationId() == null ? correlationId : cause.correlationId();
        return new EventDraft(tenant, source, origin, time, correlation, cause.id(), data);
    }

    /** The same draft, belonging to {@code correlation}. */
    public EventDraft correlated(@Nullable String correlation) {
        return new EventDraft(tenant, source, origin, time, correlation, causationId, data);
    }
}
