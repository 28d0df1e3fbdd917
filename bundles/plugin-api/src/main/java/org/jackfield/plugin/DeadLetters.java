package org.jackfield.plugin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jackfield.event.DeadLetter;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The desk for events that flows gave up on; an OSGi service for operators' tools. Safe for any thread.
 * Both methods ask the broker: stages complete on threads of the bus, exceptionally when the broker is away.
 */
@ProviderType
public interface DeadLetters {
    /** A dead letter as it lies on the bus; {@code id} is the id of the letter itself, not of the event that died. */
    record Letter(
            String id, String tenant, Instant at, @Nullable String correlationId, DeadLetter letter) {}

    /** What became of a replay. */
    enum Result {
        /** The flow has taken it. */
        DONE,
        /** A newer event of the same key and type has overtaken it; nothing was sent. */
        OVERTAKEN,
        /** The flow that gave up on it does not run here; nothing was sent. */
        NO_FLOW,
        /** The bus could not read the event in the first place, so there is nothing to send. */
        UNREADABLE,
        /** No dead letter has this id. */
        UNKNOWN,
        /** The flow failed again. */
        FAILED
    }

    /** @param sentence what happened, for the person who asked */
    record Replay(Result result, String sentence) {}

    /** The newest dead letters of all tenants, newest first. */
    CompletionStage<List<Letter>> last(int limit);

    /**
     * Gives the event of a dead letter once more to the flow that gave up on it, and to no other.
     *
     * @param id the letter's id
     * @param within how long the flow may take
     */
    CompletionStage<Replay> replay(String id, Duration within);
}
