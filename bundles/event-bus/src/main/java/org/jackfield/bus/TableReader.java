package org.jackfield.bus;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the state topics of all tenants from their beginning and gives what other nodes wrote to the tables.
 * One thread; says once that the ends seen at the start have been reached.
 */
final class TableReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    /** When the tables are complete; a new topic wakes the reader. */
    private static final Duration RESTING_POLL = Duration.ofSeconds(2);

    /** How late another node's entry may be seen for the sake of fewer fetches. */
    private static final Duration GAP = Duration.ofMillis(50);

    private static final Duration LOADED_GAP = Duration.ofMillis(400);

    private static final Duration CLOSING = Duration.ofMillis(500);
    private static final long REST_MS = 500;

    private final KafkaFactory kafka;
    private final Topics topics;
    private final Tables tables;
    private final String node;
    private final Refusals refusals;
    private final Thread thread;
    private final Pace pace = new Pace(records -> records < Pace.MANY ? GAP : LOADED_GAP);
    private final Set<TopicPartition> assigned = new HashSet<>();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;
    private int seen = -1;
    private @Nullable Map<TopicPartition, Long> ends;

    TableReader(KafkaFactory kafka, Topics topics, Tables tables, String node, Refusals refusals) {
        this.kafka = kafka;
        this.topics = topics;
        this.tables = tables;
        this.node = node;
        this.refusals = refusals;
        thread = new Thread(this::run, "bus-tables");
        thread.setDaemon(true);
        thread.setContextClassLoader(Consumer.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                session();
            } catch (InterruptException e) {
                LOG.trace("table reader interrupted", e);
            } catch (InterruptedException e) {
                return;
            } catch (KafkaException e) {
                LOG.debug("state topics not readable, again in a moment", e);
                rest();
            }
        }
    }

    private void session() throws InterruptedException {
        Consumer<byte[], byte[]> current = kafka.reader("tables");
        try (Registration unused = topics.watch(current::wakeup)) {
            consumer = current;
            assigned.clear();
            seen = -1;
            while (!closed) {
                try {
                    follow(current);
                } catch (WakeupException e) {
                    LOG.trace("table reader woken", e);
                }
            }
        } finally {
            consumer = null;
            current.close(CLOSING);
        }
    }

    private void rest() {
        try {
            Thread.sleep(REST_MS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void follow(Consumer<byte[], byte[]> current) throws InterruptedException {
        if (!topics.connection().up() && seen < 0) {
            topics.await(topics.version(), REST_MS);
            return;
        }
        if (topics.version() != seen) {
            assign(current);
        }
        if (!assigned.isEmpty()) {
            ConsumerRecords<byte[], byte[]> records = current.poll(tables.complete() ? RESTING_POLL : POLL);
            records.forEach(this::take);
            if (tables.complete() && !records.isEmpty() && records.count() < KafkaFactory.MOST_POLLED) {
                pace.took(records.count());
            }
        }
        if (!tables.complete() && atEnd(current)) {
            tables.reachedEnd();
        }
        if (assigned.isEmpty()) {
            topics.await(seen, REST_MS);
        }
    }

    private void assign(Consumer<byte[], byte[]> current) {
        int version = topics.version();
        Set<TopicPartition> added = new HashSet<>();
        new HashMap<>(topics.known()).forEach((topic, partitions) -> {
            for (int i = 0; i < partitions && TopicNames.table(topic) != null; i++) {
                added.add(new TopicPartition(topic, i));
            }
        });
        added.removeAll(assigned);
        if (!added.isEmpty()) {
            if (ends == null) {
                ends = Map.copyOf(current.endOffsets(added));
            }
            Set<TopicPartition> all = new HashSet<>(assigned);
            all.addAll(added);
            current.assign(all);
            current.seekToBeginning(added);
            assigned.addAll(added);
        } else if (ends == null) {
            ends = Map.of();
        }
        seen = version;
    }

    private boolean atEnd(Consumer<byte[], byte[]> current) {
        Map<TopicPartition, Long> wanted = ends;
        return wanted != null
                && wanted.entrySet().stream()
                        .allMatch(end ->
                                !assigned.contains(end.getKey()) || current.position(end.getKey()) >= end.getValue());
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            String tenant = TopicNames.tenant(record.topic());
            String table = TopicNames.table(record.topic());
            String id = KafkaHeaders.text(record.headers(), KafkaHeaders.ID);
            if (tenant == null || table == null || id == null || record.key() == null) {
                throw new RefusedException("cloudevent", "ce_id or key: absent (expected: present)");
            }
            boolean own = Tail.position(record, node) > 0;
            if (tables.knows(own)) {
                return;
            }
            var key = new Table.Key(tenant, new String(record.key(), StandardCharsets.UTF_8));
            tables.fromBroker(new TableSnapshot.Row(table, key, recorded(record), record.value()));
        } catch (RefusedException e) {
            refusals.state(record, e);
        }
    }

    private static Instant recorded(ConsumerRecord<byte[], byte[]> record) {
        String text = KafkaHeaders.text(record.headers(), "ce_recordedtime");
        try {
            return text == null ? Instant.ofEpochMilli(record.timestamp()) : IsoTime.parse(text);
        } catch (DateTimeException e) {
            return Instant.ofEpochMilli(record.timestamp());
        }
    }

    @Override
    public void close() {
        closed = true;
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
