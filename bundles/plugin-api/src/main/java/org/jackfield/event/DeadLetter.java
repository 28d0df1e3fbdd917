package org.jackfield.event;

import org.jspecify.annotations.Nullable;

/**
 * An event that could not be delivered, kept with the reason until somebody replays it.
 *
 * @param key the key of the event that died
 * @param flow the flow that gave up on it
 * @param attempts how often it was tried, at least 1
 * @param event the id of the event that died
 * @param body its JSON data as it was, or a hex dump when it was not JSON
 */
public record DeadLetter(
        String key,
        String flow,
        int attempts,
        String reason,
        String event,
        @Nullable String body) implements EventData {
    @Override
    public String type() {
        return "event.dead";
    }

    @Override
    public Topic topic() {
        return Topic.DEAD;
    }
}
