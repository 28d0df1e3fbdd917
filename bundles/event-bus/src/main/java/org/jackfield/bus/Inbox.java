package org.jackfield.bus;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what one ACD writes, in order per partition, each id once. One thread reads and calls the taker.
 * How far it is stands in a table, written after what was taken is in the spool; ids are known again after a restart
 * because the last records before that place are looked at first. While the spool is full it waits and loses nothing.
 */
final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    /** Ids that are remembered, and records that are looked at again for them after a restart. */
    static final int REMEMBERED = 10_000;

    private static final Duration POLL = Duration.ofMillis(250);
    private static final long REST_MS = 250;
    private static final long SPOOL_REST_MS = 100;

    private final LinkId id;
    private final String topic;
    private final KafkaEventBus bus;
    private final Table<InboxMark> marks;
    private final Taker taker;
    private final Counter taken;
    private final Counter repeated;
    private final Set<String> ids = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });
    private final Thread thread;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    /** What is done with what was read; called on the reading thread. */
    interface Taker {
        /** @throws SpoolFullException to be asked again with the same */
        void take(InboxCodec.Input input);

        /** A record that is none of the contract's. */
        void refused(ConsumerRecord<byte[], byte[]> record, RefusedException e);

        /** Whether the topic can be read, with the reason when not. */
        void reachable(@Nullable String trouble);
    }

    Inbox(LinkId id, KafkaEventBus bus, Taker taker) {
        this.id = id;
        this.topic = TopicNames.in(id.tenant(), id.name());
        this.bus = bus;
        this.marks = bus.table("acd-inbox", InboxMark.class);
        this.taker = taker;
        this.taken = bus.meters().counter("jackfield.acd.taken", "tenant", id.tenant(), "link", id.name());
        this.repeated = bus.meters().counter("jackfield.acd.repeated", "tenant", id.tenant(), "link", id.name());
        this.thread = new Thread(this::run, "acd-" + id.tenant() + "-" + id.name());
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
            } catch (InterruptedException | InterruptException e) {
                LOG.debug("{}: interrupted", id, e);
                closed = true;
            } catch (WakeupException e) {
                LOG.trace("{}: woken", id, e);
            } catch (KafkaException e) {
                taker.reachable(String.valueOf(e.getMessage()));
                rest(REST_MS);
            }
        }
    }

    private void rest(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void session() throws InterruptedException {
        while (!marks.complete() && !closed) {
            rest(REST_MS);
        }
        int partitions = bus.topics().partitions(topic);
        try (Consumer<byte[], byte[]> current = bus.kafka().reader("acd-" + id.tenant() + "-" + id.name())) {
            consumer = current;
            Map<TopicPartition, Long> next = seek(current, partitions);
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : current.poll(POLL)) {
                    take(record, next);
                }
                bus.topics().partitions(topic);
                taker.reachable(
                        bus.topics().connection().up()
                                ? null
                                : bus.topics().connection().reason());
            }
        } finally {
            consumer = null;
        }
    }

    /** Where each partition goes on; reading begins a little before, to know the ids that have been. */
    private Map<TopicPartition, Long> seek(Consumer<byte[], byte[]> current, int partitions) {
        Set<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(i -> new TopicPartition(topic, i))
                .collect(Collectors.toSet());
        current.assign(all);
        Map<TopicPartition, Long> first = current.beginningOffsets(all);
        Map<TopicPartition, Long> next = new HashMap<>();
        for (TopicPartition partition : all) {
            InboxMark mark = marks.get(key(partition));
            long from = mark == null ? 0 : mark.next();
            next.put(partition, from);
            current.seek(partition, Math.max(first.getOrDefault(partition, 0L), from - REMEMBERED));
        }
        return next;
    }

    private Table.Key key(TopicPartition partition) {
        return new Table.Key(id.tenant(), id.name() + "/" + partition.partition());
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> next) {
        var partition = new TopicPartition(record.topic(), record.partition());
        String known = KafkaHeaders.text(record.headers(), KafkaHeaders.ID);
        if (record.offset() < next.getOrDefault(partition, 0L)) {
            if (known != null && valid(record)) {
                ids.add(known);
            }
            return;
        }
        while (!closed && !taken(record, known, partition)) {
            rest(SPOOL_REST_MS);
        }
        next.put(partition, record.offset() + 1);
    }

    /** False when the spool was full. */
    private boolean taken(ConsumerRecord<byte[], byte[]> record, @Nullable String known, TopicPartition partition) {
        try {
            if (known != null && ids.contains(known)) {
                repeated.increment();
            } else if (read(record) && known != null) {
                ids.add(known);
            }
            marks.put(key(partition), new InboxMark(record.offset() + 1));
            return true;
        } catch (SpoolFullException e) {
            return false;
        }
    }

    private boolean valid(ConsumerRecord<byte[], byte[]> record) {
        try {
            InboxCodec.read(record, id.tenant());
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    /** False when the record was refused; its id may come again with something better. */
    private boolean read(ConsumerRecord<byte[], byte[]> record) {
        InboxCodec.Input input;
        try {
            input = InboxCodec.read(record, id.tenant());
        } catch (RefusedException e) {
            taker.refused(record, e);
            return false;
        }
        taker.take(input);
        taken.increment();
        return true;
    }

    @Override
    public void close() {
        closed = true;
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
