package org.jackfield.bus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.plugin.EventBus;

/** What the tests of the bus share: a tenant of their own, drafts, buses, and a plain look at a topic. */
final class Bench {
    private static final AtomicInteger TENANTS = new AtomicInteger();

    private final String address;
    private final Path dir;
    final String tenant = "t" + TENANTS.incrementAndGet();
    final io.micrometer.core.instrument.simple.SimpleMeterRegistry meters =
            new io.micrometer.core.instrument.simple.SimpleMeterRegistry();

    Bench(String address, Path dir) {
        this.address = address;
        this.dir = dir;
    }

    BusSettings settings(String node) {
        return BusSettings.of(node, address, dir.resolve(node), List.of());
    }

    KafkaEventBus bus(String node) throws IOException {
        return started(settings(node));
    }

    KafkaEventBus started(BusSettings settings) throws IOException {
        var bus = new KafkaEventBus(settings, meters, Clock.systemUTC());
        bus.start();
        return bus;
    }

    EventDraft draft(String agent, String reason) {
        return draft(tenant, agent, reason);
    }

    static EventDraft draft(String tenant, String agent, String reason) {
        return EventDraft.of(
                tenant,
                "/csta/" + tenant + "/main",
                Origin.ACD,
                Instant.now(),
                new AgentEvents.StateChanged(
                        agent, "4711", AgentState.NOT_READY, AgentState.READY, null, reason, List.of(), false));
    }

    /** A handler that notes each event and is done at once. */
    static EventBus.Handler into(List<Event> seen) {
        return event -> {
            seen.add(event);
            return CompletableFuture.completedFuture(null);
        };
    }

    /** All records of a topic as a plain consumer sees them, in order per partition. */
    List<ConsumerRecord<byte[], byte[]>> dump(String topic, int partitions) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaFactory(address, "dump").reader("dump")) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(i -> new TopicPartition(topic, i))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    List<String> ids(String topic) {
        return dump(topic, 1).stream()
                .map(r -> KafkaHeaders.text(r.headers(), "ce_id"))
                .toList();
    }

    /** How far a group has come in the first partition of a topic. */
    long committed(String group, String topic) {
        var partition = new TopicPartition(topic, 0);
        try (var member = new KafkaFactory(address, "look").member(group)) {
            OffsetAndMetadata commit = member.committed(Set.of(partition)).get(partition);
            return commit == null ? 0 : commit.offset();
        }
    }

    /** Puts a record on the bus as a foreign producer would. */
    void produce(String topic, String key, String value, Map<String, String> headers)
            throws ExecutionException, InterruptedException {
        var all = new RecordHeaders();
        headers.forEach((name, text) -> KafkaHeaders.put(all, name, text));
        try (var producer = new KafkaFactory(address, "foreign").producer("foreign", 0)) {
            producer.send(new ProducerRecord<>(
                            topic,
                            0,
                            System.currentTimeMillis(),
                            key.getBytes(StandardCharsets.UTF_8),
                            value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                            all))
                    .get();
        }
    }
}
