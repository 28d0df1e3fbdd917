package org.jackfield.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, as the bus keeps it (CloudEvents 1.0, attributes in binary mode).
 * Immutable; its data is a record of this package, or {@link Custom} when the type is not known here.
 *
 * @param id {@code node/position}: the node that appended it and its place in that node's spool, unique for all time
 * @param recorded when the bus appended it
 */
public record Event(
        String id,
        String tenant,
        String source,
        Origin origin,
        Instant time,
        Instant recorded,
        @Nullable String correlationId,
        @Nullable String causationId,
        EventData data) {

    /** The prefix of every type of this project. */
    public static final String TYPE_PREFIX = "org.jackfield.";

    /** The {@code ce_type}, for example {@code org.jackfield.agent.state.changed.v1}. */
    public String type() {
        return TYPE_PREFIX + data.type() + ".v1";
    }

    /** The {@code ce_subject}, for example {@code agent/anna}. */
    public String subject() {
        return data.topic().suffix() + "/" + data.key();
    }

    public Topic topic() {
        return data.topic();
    }

    public String key() {
        return data.key();
    }

    /** The data if it is a {@code kind}, otherwise null. */
    public <D extends EventData> @Nullable D as(Class<D> kind) {
        return kind.isInstance(data) ? kind.cast(data) : null;
    }
}
