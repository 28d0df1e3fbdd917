package org.jackfield.bus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Reads the tails of partitions to find the last position of a node that each holds.
 * Positions of one node grow along a partition and so do their times, so reading from the time of the oldest record that
 * may be missing is enough.
 */
final class Tail {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** A killed process may have left a request in the broker's hands; the end is looked at twice. */
    private static final Duration SETTLE = Duration.ofMillis(100);

    /** So many always fit into a long. */
    private static final int MOST_DIGITS = 18;

    private Tail() {}

    /** @param oldest per partition when the oldest record was recorded that may be missing */
    static Map<TopicPartition, Long> read(
            Consumer<byte[], byte[]> consumer, String node, Map<TopicPartition, Instant> oldest)
            throws InterruptedException {
        Map<TopicPartition, Long> times = new HashMap<>();
        oldest.forEach((partition, recorded) -> times.put(partition, recorded.toEpochMilli()));
        consumer.assign(oldest.keySet());
        // The ends first: what comes in between is then found by its time, or lies behind the end.
        Map<TopicPartition, Long> ends = consumer.endOffsets(oldest.keySet());
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
        for (TopicPartition partition : oldest.keySet()) {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
        }
        Map<TopicPartition, Long> arrived = new HashMap<>();
        readTo(consumer, node, ends, arrived);
        Thread.sleep(SETTLE.toMillis());
        readTo(consumer, node, consumer.endOffsets(oldest.keySet()), arrived);
        return arrived;
    }

    private static void readTo(
            Consumer<byte[], byte[]> consumer,
            String node,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> arrived) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!reached(consumer, ends)) {
            if (System.nanoTime() > giveUp) {
                throw new KafkaException(
                        "the tails of " + ends.keySet() + " could not be read within " + PATIENCE.toSeconds() + " s");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long position = position(record, node);
                if (position > 0) {
                    arrived.merge(new TopicPartition(record.topic(), record.partition()), position, Math::max);
                }
            }
        }
    }

    private static boolean reached(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** The position in the id of a record of {@code node}, otherwise 0. */
    static long position(ConsumerRecord<byte[], byte[]> record, String node) {
        Header header = record.headers().lastHeader(KafkaHeaders.ID);
        byte[] id = header == null ? null : header.value();
        int slash = node.length();
        if (id == null || id.length <= slash + 1 || id.length > slash + MOST_DIGITS + 1 || id[slash] != '/') {
            return 0;
        }
        for (int i = 0; i < slash; i++) {
            if (id[i] != node.charAt(i)) {
                return 0;
            }
        }
        long position = 0;
        for (int i = slash + 1; i < id.length; i++) {
            if (id[i] < '0' || id[i] > '9') {
                return 0;
            }
            position = position * 10 + id[i] - '0';
        }
        return position;
    }
}
