package org.jackfield.bus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group's reading of the bus: a consumer of its own, assigned by hand, so that no group ever rebalances.
 * At least once, in order per key; offsets are committed below which everything has finished. One thread reads.
 */
final class Subscription implements Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final int MOST_UNFINISHED = 256;
    private static final Duration POLL = Duration.ofMillis(250);
    /** When nothing waits to be committed; a new topic wakes the reader. */
    private static final Duration RESTING_POLL = Duration.ofSeconds(2);

    private static final long COMMIT_EVERY_NS = Duration.ofMillis(200).toNanos();
    private static final long REFRESH_EVERY_NS = Duration.ofMinutes(30).toNanos();
    /** For topics whose events are gathered on their way in, too ({@link Shipper}). */
    private static final Duration GAP = Duration.ofMillis(20);

    private static final Duration LOADED_GAP = Duration.ofMillis(60);

    private static final Duration CLOSING = Duration.ofMillis(500);
    private static final long REST_MS = 250;
    private static final long DRAIN_MS = 1000;

    private final String group;
    private final Set<String> tenants;
    private final Set<Topic> wanted;
    private final KafkaFactory kafka;
    private final Topics topics;
    private final Refusals refusals;
    private final GroupStart start;
    private final EventBus.Handler handler;
    private final String node;
    private final Counter consumed;
    private final BiConsumer<String, Subscription> onClosed;
    private final Lanes lanes;
    private final Pace pace;
    private final Thread thread;
    private final Map<TopicPartition, Offsets> offsets = new HashMap<>();
    private final Map<TopicPartition, Map<String, Long>> lastPositions = new HashMap<>();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;
    private volatile boolean paused;
    private int seen = -1;
    private long lastCommit;
    private long lastRefresh = System.nanoTime();

    Subscription(
            String group,
            Set<String> tenants,
            Set<Topic> wanted,
            EventBus.Handler handler,
            Shared shared,
            GroupStart start,
            BiConsumer<String, Subscription> onClosed) {
        this.group = group;
        this.tenants = Set.copyOf(tenants);
        this.wanted = Set.copyOf(wanted);
        this.kafka = shared.kafka();
        this.topics = shared.topics();
        this.refusals = shared.refusals();
        this.start = start;
        this.handler = handler;
        this.node = shared.node();
        this.consumed = shared.meters().counter("jackfield.bus.consumed", "group", group);
        this.onClosed = onClosed;
        boolean prompt = wanted.stream().anyMatch(Shipper::prompt);
        pace = new Pace(records -> {
            Duration given = handler.gather();
            return prompt ? given : longer(records < Pace.MANY ? GAP : LOADED_GAP, given);
        });
        lanes = new Lanes(group, handler, shared.scheduler(), this::finishedOne);
        thread = new Thread(this::run, "bus-" + group);
        thread.setDaemon(true);
        thread.setContextClassLoader(Consumer.class.getClassLoader());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** What all subscriptions have in common. */
    record Shared(
            String node,
            KafkaFactory kafka,
            Topics topics,
            Refusals refusals,
            ScheduledExecutorService scheduler,
            MeterRegistry meters) {}

    void start() {
        thread.start();
    }

    /** Gives the group an event besides those it reads, in the lane of its key; completes when the group is done with it. */
    CompletionStage<Event> inject(Event event) {
        var done = new CompletableFuture<Event>();
        lanes.submit(event, () -> done.complete(event));
        return done;
    }

    private void run() {
        while (!closed) {
            try {
                session();
            } catch (InterruptedException | InterruptException e) {
                LOG.debug("{}: interrupted", group, e);
                closed = true;
            } catch (KafkaException e) {
                LOG.debug("{}: bus not readable, again in a moment", group, e);
                rest();
            }
        }
        onClosed.accept(group, this);
    }

    private void session() throws InterruptedException {
        Consumer<byte[], byte[]> current = kafka.member(group);
        try (Registration unused = topics.watch(current::wakeup)) {
            consumer = current;
            seen = -1;
            read(current);
            end(current);
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

    private void read(Consumer<byte[], byte[]> current) throws InterruptedException {
        while (!closed) {
            try {
                if (topics.version() != seen) {
                    assign(current);
                }
                if (offsets.isEmpty()) {
                    topics.await(seen, REST_MS);
                    continue;
                }
                ConsumerRecords<byte[], byte[]> records = current.poll(settled() ? RESTING_POLL : POLL);
                records.forEach(this::take);
                holdBack(current);
                commit(current);
                if (!records.isEmpty() && records.count() < KafkaFactory.MOST_POLLED) {
                    pace.took(records.count());
                }
            } catch (WakeupException e) {
                LOG.trace("{}: woken", group, e);
            } catch (TimeoutException e) {
                LOG.debug("{}: the broker does not answer, again in a moment", group, e);
                rest();
            }
        }
    }

    private void assign(Consumer<byte[], byte[]> current) {
        int version = topics.version();
        Set<TopicPartition> added = new HashSet<>();
        topics.known().forEach((topic, partitions) -> {
            for (int i = 0; i < partitions && wants(topic); i++) {
                added.add(new TopicPartition(topic, i));
            }
        });
        Set<TopicPartition> all = new HashSet<>(added);
        all.addAll(offsets.keySet());
        added.removeAll(current.assignment());
        if (!added.isEmpty()) {
            Map<TopicPartition, Long> starts = starts(current, added);
            current.assign(all);
            starts.forEach(current::seek);
        }
        seen = version;
    }

    private boolean wants(String kafkaTopic) {
        Topic topic = TopicNames.topic(kafkaTopic);
        return topic != null
                && wanted.contains(topic)
                && (tenants.isEmpty() || tenants.contains(TopicNames.tenant(kafkaTopic)));
    }

    /** Where each partition goes on: after what this reader has taken, at the group's commit, or where the group began. */
    private Map<TopicPartition, Long> starts(Consumer<byte[], byte[]> current, Set<TopicPartition> added) {
        Map<TopicPartition, OffsetAndMetadata> commits = current.committed(added);
        Map<TopicPartition, Long> fresh = new HashMap<>();
        for (TopicPartition partition : added) {
            if (commits.get(partition) == null) {
                fresh.put(partition, start.at().toEpochMilli());
            }
        }
        // The ends first: what comes in between is then found by its time, or lies behind the end.
        Map<TopicPartition, Long> ends = fresh.isEmpty() ? Map.of() : current.endOffsets(fresh.keySet());
        Map<TopicPartition, OffsetAndTimestamp> found = fresh.isEmpty() ? Map.of() : current.offsetsForTimes(fresh);
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition partition : added) {
            OffsetAndMetadata commit = commits.get(partition);
            OffsetAndTimestamp at = found.get(partition);
            Long end = ends.get(partition);
            long offset = commit != null ? commit.offset() : at != null ? at.offset() : end == null ? 0 : end;
            starts.put(partition, offset);
            offsets.put(partition, new Offsets(offset, commit == null));
            lastPositions.put(partition, new HashMap<>());
        }
        return starts;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        var partition = new TopicPartition(record.topic(), record.partition());
        Offsets of = offsets.get(partition);
        if (of == null) {
            return;
        }
        Offsets.Taken taken = of.take(record.offset());
        long own = Tail.position(record, node);
        if (own > 0 && !wanted(record)) {
            taken.finish();
            return;
        }
        Event event;
        try {
            event = CloudEventCodec.decode(record);
        } catch (RefusedException e) {
            refusals.event(record, e);
            taken.finish();
            return;
        }
        boolean before = of.fresh() && own > 0 && own <= start.position();
        if (before || doubled(partition, event.id())) {
            taken.finish();
            return;
        }
        consumed.increment();
        lanes.submit(event, taken::finish);
    }

    /** False for what the handler has no use for; asked only about events of this node, which wrote them from their types. */
    private boolean wanted(ConsumerRecord<byte[], byte[]> record) {
        Topic topic = TopicNames.topic(record.topic());
        String tenant = TopicNames.tenant(record.topic());
        String type = CloudEventCodec.type(record);
        return topic == null || tenant == null || type == null || handler.wants(topic, tenant, type);
    }

    /** True when this partition gave the event already: positions of one node only grow along a partition. */
    private boolean doubled(TopicPartition partition, String id) {
        int slash = id.lastIndexOf('/');
        Map<String, Long> last = lastPositions.get(partition);
        if (slash <= 0 || last == null) {
            return false;
        }
        try {
            long position = Long.parseLong(id, slash + 1, id.length(), 10);
            Long before = last.get(id.substring(0, slash));
            if (before != null && position <= before) {
                LOG.debug("{}: {} came twice from {}", group, id, partition);
                return true;
            }
            last.put(id.substring(0, slash), position);
            return false;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void holdBack(Consumer<byte[], byte[]> current) {
        int unfinished = lanes.unfinished();
        if (!paused && unfinished >= MOST_UNFINISHED) {
            paused = true;
            current.pause(current.assignment());
        }
        if (paused && lanes.unfinished() < MOST_UNFINISHED / 2) {
            paused = false;
            current.resume(current.assignment());
        }
    }

    private void finishedOne() {
        Consumer<byte[], byte[]> current = consumer;
        if (paused && current != null && lanes.unfinished() == MOST_UNFINISHED / 2 - 1) {
            current.wakeup();
        }
    }

    private void commit(Consumer<byte[], byte[]> current) {
        long now = System.nanoTime();
        if (now - lastCommit < COMMIT_EVERY_NS) {
            return;
        }
        if (now - lastRefresh > REFRESH_EVERY_NS) {
            // Kafka forgets the commits of a group that was silent for long.
            lastRefresh = now;
            offsets.values().forEach(Offsets::refresh);
        }
        Map<TopicPartition, OffsetAndMetadata> dirty = dirty();
        if (!dirty.isEmpty()) {
            lastCommit = now;
            current.commitAsync(dirty, (done, e) -> {
                if (e == null) {
                    done.forEach((partition, offset) -> committed(partition, offset.offset()));
                } else {
                    LOG.debug("{}: commit failed, the next one covers it", group, e);
                }
            });
        }
    }

    private boolean settled() {
        return lanes.unfinished() == 0 && offsets.values().stream().noneMatch(Offsets::dirty);
    }

    private void committed(TopicPartition partition, long offset) {
        Offsets of = offsets.get(partition);
        if (of != null) {
            of.committed(offset);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> dirty() {
        Map<TopicPartition, OffsetAndMetadata> dirty = new HashMap<>();
        offsets.forEach((partition, of) -> {
            if (of.dirty()) {
                dirty.put(partition, new OffsetAndMetadata(of.low()));
            }
        });
        return dirty;
    }

    /** Gives running handlers a moment, then commits what is finished. */
    private void end(Consumer<byte[], byte[]> current) throws InterruptedException {
        lanes.close();
        long giveUp = System.nanoTime() + Duration.ofMillis(DRAIN_MS).toNanos();
        while (lanes.running() > 0 && System.nanoTime() < giveUp) {
            Thread.sleep(5);
        }
        Map<TopicPartition, OffsetAndMetadata> dirty = dirty();
        if (!dirty.isEmpty() && topics.connection().up()) {
            try {
                current.commitSync(dirty, Duration.ofSeconds(2));
            } catch (WakeupException e) {
                current.commitSync(dirty, Duration.ofSeconds(2));
            }
        }
    }

    /** Begins to end; {@link #close()} waits for it. */
    void stop() {
        closed = true;
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
    }

    @Override
    public void close() {
        stop();
        if (Thread.currentThread() != thread) {
            try {
                thread.join(5000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
