package org.jackfield.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that could not be delivered, kept with the reason until somebody replays it.
 *
 * @param key the key of the event that died
 * @param flow the flow that gave up on it, {@code bus} when the bus itself could not read it
 * @param attempts how often it was tried, at least 1
 * @param event the id of the event that died, or {@code topic/partition@offset} when it could not be read
 * @param original the envelope of the event that died, null when it could not be read
 * @param body its JSON data as it was, or a hex dump when it was not JSON
 */
public record DeadLetter(
        String key,
        String flow,
        int attempts,
        String reason,
        String event,
        @Nullable Original original,
        @Nullable String body)
        implements EventData {

    /** The envelope of an event that died; its correlation is the dead letter's own. */
    public record Original(
            Topic topic,
            String type,
            String source,
            Origin origin,
            Instant time,
            Instant recorded,
            @Nullable String causationId) {
        /** The envelope of {@code event}. */
        public static Original of(Event event) {
            return new Original(
                    event.topic(),
                    event.type(),
                    event.source(),
                    event.origin(),
                    event.time(),
                    event.recorded(),
                    event.causationId());
        }
    }

    @Override
    public String type() {
        return "event.dead";
    }

    @Override
    public Topic topic() {
        return Topic.DEAD;
    }
}
