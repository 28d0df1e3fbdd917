package org.jackfield.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A plain Kafka consumer of one tenant's event topics, from the first record on: what anybody may read on the bus. */
final class BusReader implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Entry> seen = new ArrayList<>();
    private final String tenant;

    /** A record as it lies on the bus. */
    record Entry(
            String topic,
            long offset,
            String key,
            String id,
            String type,
            Instant time,
            String causationId,
            JsonNode data) {
        String text(String member) {
            JsonNode value = data.get(member);
            return value == null || value.isNull() ? "" : value.asText();
        }

        boolean is(String kind) {
            return type.equals("org.jackfield." + kind + ".v1");
        }
    }

    BusReader(String bootstrapServers, String tenant) {
        this.tenant = tenant;
        var properties = new Properties();
        properties.putAll(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "key.deserializer",
                ByteArrayDeserializer.class.getName(),
                "value.deserializer",
                ByteArrayDeserializer.class.getName(),
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"));
        consumer = new KafkaConsumer<>(properties);
    }

    /** Everything on the tenant's event topics up to now, in topic order. */
    List<Entry> all() {
        List<TopicPartition> partitions = consumer.listTopics(Duration.ofSeconds(10)).entrySet().stream()
                .filter(t -> t.getKey().startsWith("jackfield." + tenant + ".")
                        && !t.getKey().startsWith("jackfield." + tenant + ".state."))
                .flatMap(t -> t.getValue().stream())
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        List<TopicPartition> fresh = partitions.stream()
                .filter(p -> !consumer.assignment().contains(p))
                .toList();
        if (!fresh.isEmpty()) {
            Map<TopicPartition, Long> positions = new java.util.HashMap<>();
            consumer.assignment().forEach(p -> positions.put(p, consumer.position(p)));
            consumer.assign(partitions);
            positions.forEach(consumer::seek);
            consumer.seekToBeginning(fresh);
        }
        if (partitions.isEmpty()) {
            return List.of();
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Duration.ofSeconds(10));
        while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(this::add);
        }
        return List.copyOf(seen);
    }

    List<Entry> all(Predicate<Entry> wanted) {
        return all().stream().filter(wanted).toList();
    }

    /** What is no CloudEvent was put there by a test on purpose. */
    private void add(ConsumerRecord<byte[], byte[]> r) {
        if (r.headers().lastHeader("ce_id") != null) {
            seen.add(entry(r));
        }
    }

    private static Entry entry(ConsumerRecord<byte[], byte[]> r) {
        try {
            return new Entry(
                    r.topic(),
                    r.offset(),
                    r.key() == null ? "" : new String(r.key(), StandardCharsets.UTF_8),
                    header(r, "ce_id"),
                    header(r, "ce_type"),
                    header(r, "ce_time").isEmpty() ? Instant.EPOCH : Instant.parse(header(r, "ce_time")),
                    header(r, "ce_causationid"),
                    JSON.readTree(r.value()));
        } catch (IOException e) {
            throw new UncheckedIOException(r.topic() + "@" + r.offset() + " is not JSON", e);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> r, String name) {
        Header header = r.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close(Duration.ofSeconds(2));
    }
}
