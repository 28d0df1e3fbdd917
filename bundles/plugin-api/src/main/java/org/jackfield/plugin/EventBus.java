package org.jackfield.plugin;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Topic;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The record of everything: spool first, Kafka behind it. An OSGi service; all methods are safe for any thread.
 */
@ProviderType
public interface EventBus {
    /**
     * Appends an event to the local spool. When this returns, the event is acknowledged: it survives the death of this
     * process and reaches the bus once, in the order of this call. Takes microseconds and never waits for the broker.
     *
     * @throws SpoolFullException when the spool is at its bound; nothing was appended
     */
    Event publish(EventDraft draft);

    /**
     * Reads events from the bus for {@code group}, from where the group last stopped (a new group starts at the end).
     * At least once; in order per key, keys side by side; at most a bounded number unfinished at once. While the broker
     * is away nothing is delivered, and nothing is lost.
     *
     * @param group the consumer's name on the bus, subscribed once at a time; a flow's is {@code flow.FLOW.TOPIC}, for
     *     example {@code flow.presence-to-teams.agent}
     * @param tenants which tenants' topics to read; empty for all
     */
    Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler);

    /**
     * Sees every event that this node appends, in the order of appending, on the publishing thread and before
     * {@link #publish} returns. The listener must not block, must not publish and takes microseconds; what it throws is
     * logged and counted.
     */
    Registration tap(Consumer<Event> listener);

    /** Gives up on an event: it goes to the dead-letter topic of its tenant with the reason. */
    void deadLetter(Event event, String flow, int attempts, String reason);

    /**
     * A compacted table by its name, for example {@code agent} for the topic {@code jackfield.<tenant>.state.agent}.
     * Two calls with one name give the same table.
     *
     * @param type a record, stored as JSON
     */
    <V extends Record> Table<V> table(String name, Class<V> type);

    /** The name of this node, the part before the slash of every event id it gives. */
    String node();

    /** How full the spool is, from 0.0 to 1.0. New work is refused above 0.95 or so. */
    double fill();

    /** Takes an event; must not block. The event counts as done when the stage completes. */
    @ConsumerType
    @FunctionalInterface
    interface Handler {
        /**
         * Whether events of a type are of use, for example {@code call.established}. Those that are not count as done
         * without being read, as far as the bus knows them to be sound; {@link #handle} may see one nevertheless. Called
         * for each event on the reading thread; must not block.
         */
        default boolean wants(Topic topic, String tenant, String type) {
            return true;
        }

        /**
         * How long reading rests after each fetch that brought something, so that events gather: reading many at once
         * costs a fraction of reading each alone. An event waits for at most two such rests, one that comes after a
         * silence for none. Asked anew for each fetch. Zero for topics whose
         * events are for somebody who waits; the bus itself gathers those of calls and links for 20 ms, under load
         * for 60. Called on the reading thread; must not block.
         *
         * @return not negative; more than a second counts as one
         */
        default Duration gather() {
            return Duration.ZERO;
        }

        /** @return completes when done; exceptionally to see the same event again after a back-off */
        CompletionStage<?> handle(Event event);
    }
}
