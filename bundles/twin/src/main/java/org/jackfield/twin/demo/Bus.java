package org.jackfield.twin.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A plain Kafka consumer of one tenant's event topics and of what the host tells of its flows, from now on. For one thread. */
final class Bus implements AutoCloseable {
    /** Flows belong to no tenant; what the host tells of itself has topics of its own. */
    private static final String FLOWS = "host.link";

    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<BusEvent> seen = new ArrayList<>();

    Bus(String bootstrapServers, String tenant, Duration within) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "key.deserializer",
                ByteArrayDeserializer.class.getName(),
                "value.deserializer",
                ByteArrayDeserializer.class.getName(),
                "enable.auto.commit",
                "false",
                "fetch.max.wait.ms",
                "50"));
        this.consumer = new KafkaConsumer<>(properties);
        Set<TopicPartition> partitions = new HashSet<>();
        long deadline = System.nanoTime() + within.toNanos();
        for (String topic : List.of(tenant + ".agent", tenant + ".call", FLOWS)) {
            partitions.addAll(partitions("jackfield." + topic, deadline));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** How many events were seen; a place to wait from. */
    int now() {
        poll(Duration.ZERO);
        return seen.size();
    }

    /** The first event after {@code from} that is wanted, or empty when none comes in time. */
    Optional<BusEvent> await(int from, Duration within, Predicate<BusEvent> wanted) {
        long deadline = System.nanoTime() + within.toNanos();
        int at = from;
        while (true) {
            for (; at < seen.size(); at++) {
                if (wanted.test(seen.get(at))) {
                    return Optional.of(seen.get(at));
                }
            }
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            poll(POLL);
        }
    }

    List<BusEvent> since(int from) {
        poll(Duration.ZERO);
        return List.copyOf(seen.subList(from, seen.size()));
    }

    @Override
    public void close() {
        consumer.close(Duration.ofSeconds(1));
    }

    private void poll(Duration wait) {
        consumer.poll(wait).forEach(record -> seen.add(BusEvent.of(record)));
    }

    private List<TopicPartition> partitions(String topic, long deadline) {
        while (true) {
            var found = consumer.listTopics(Duration.ofSeconds(10)).get(topic);
            if (found != null) {
                return found.stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("topic: " + topic + " is missing on the bus");
            }
            Steps.pause(100);
        }
    }
}
