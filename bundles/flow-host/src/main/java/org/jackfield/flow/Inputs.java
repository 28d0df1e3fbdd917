package org.jackfield.flow;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Link;
import org.jspecify.annotations.Nullable;

/** The started consumers of one version of a flow: where its intake delivers. Safe for any thread. */
final class Inputs {
    private final List<BusConsumer> events = new CopyOnWriteArrayList<>();
    private final List<OfferConsumer> offers = new CopyOnWriteArrayList<>();

    void add(BusConsumer consumer) {
        events.add(consumer);
    }

    void remove(BusConsumer consumer) {
        events.remove(consumer);
    }

    void add(OfferConsumer consumer) {
        offers.add(consumer);
    }

    void remove(OfferConsumer consumer) {
        offers.remove(consumer);
    }

    /** The consumers that want an event; empty when it is to be passed over. */
    List<BusConsumer> of(Event event) {
        return events.stream().filter(consumer -> consumer.wants(event)).toList();
    }

    /** Whether any consumer wants events of a type. */
    boolean want(Topic topic, String tenant, String type) {
        for (BusConsumer consumer : events) {
            if (consumer.wants(topic, tenant, type)) {
                return true;
            }
        }
        return false;
    }

    /** How long reading a topic rests: as the most hurried of its consumers says. */
    Duration gather(Topic topic) {
        return events.stream()
                .filter(consumer -> consumer.topic() == topic)
                .map(BusConsumer::gather)
                .min(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    @Nullable
    OfferConsumer of(Link link, String point) {
        for (OfferConsumer consumer : offers) {
            if (consumer.wants(link, point)) {
                return consumer;
            }
        }
        return null;
    }
}
