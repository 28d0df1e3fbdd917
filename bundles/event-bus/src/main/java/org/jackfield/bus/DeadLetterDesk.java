package org.jackfield.bus;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.DeadLetters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists dead letters from the bus and gives one back to the flow that gave up on it.
 * Works on a thread of its own, one request after the other.
 */
final class DeadLetterDesk implements DeadLetters, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterDesk.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SEARCHED = 5000;

    private final KafkaEventBus bus;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(work -> {
        var thread = new Thread(work, "bus-desk");
        thread.setDaemon(true);
        return thread;
    });

    DeadLetterDesk(KafkaEventBus bus) {
        this.bus = bus;
    }

    @Override
    public CompletionStage<List<Letter>> last(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 or more)");
        }
        return CompletableFuture.supplyAsync(() -> list(limit), worker);
    }

    @Override
    public CompletionStage<Replay> replay(String id, Duration within) {
        return CompletableFuture.supplyAsync(() -> find(id), worker)
                .thenCompose(found -> found.map(letter -> replay(letter, within))
                        .orElseGet(() -> done(Result.UNKNOWN, "no dead letter " + id + " among the last " + SEARCHED)));
    }

    private Optional<Letter> find(String id) {
        return list(SEARCHED).stream().filter(letter -> letter.id().equals(id)).findFirst();
    }

    private CompletableFuture<Replay> replay(Letter letter, Duration within) {
        DeadLetter dead = letter.letter();
        Event event = original(letter);
        if (event == null) {
            return done(Result.UNREADABLE, "event " + dead.event() + " was not readable: " + dead.reason());
        }
        Subscription flow = flow(dead.flow(), event.topic());
        if (flow == null) {
            return done(Result.NO_FLOW, "flow " + dead.flow() + " does not run here");
        }
        return CompletableFuture.supplyAsync(() -> newer(event), worker).thenCompose(newer -> {
            if (newer.isPresent()) {
                return done(
                        Result.OVERTAKEN,
                        "event " + dead.event() + " was overtaken by " + newer.get() + " of the same key and type");
            }
            return flow.inject(event)
                    .toCompletableFuture()
                    .thenApply(e -> new Replay(Result.DONE, "event " + e.id() + " was taken by flow " + dead.flow()))
                    .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(e -> failed(dead, within, e));
        });
    }

    private static Replay failed(DeadLetter dead, Duration within, Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new Replay(
                Result.FAILED,
                cause instanceof TimeoutException
                        ? "flow " + dead.flow() + " has not finished with it within " + within.toSeconds() + " s"
                        : "flow " + dead.flow() + " failed: " + cause);
    }

    private static CompletableFuture<Replay> done(Result result, String sentence) {
        return CompletableFuture.completedFuture(new Replay(result, sentence));
    }

    /** A flow reads each topic as a group of its own, so that an edit that adds a topic moves no other. */
    private @Nullable Subscription flow(String name, Topic topic) {
        Subscription exact = bus.subscription(name);
        return exact != null ? exact : bus.subscription("flow." + name + "." + topic.suffix());
    }

    /** The event that died, as its letter keeps it, or null. */
    private static @Nullable Event original(Letter letter) {
        DeadLetter dead = letter.letter();
        DeadLetter.Original was = dead.original();
        String body = dead.body();
        if (was == null || body == null) {
            return null;
        }
        try {
            return new Event(
                    dead.event(),
                    letter.tenant(),
                    was.source(),
                    was.origin(),
                    was.time(),
                    was.recorded(),
                    letter.correlationId(),
                    was.causationId(),
                    CloudEventCodec.data(was.type(), was.topic(), dead.key(), body.getBytes(StandardCharsets.UTF_8)));
        } catch (RefusedException e) {
            LOG.debug("dead letter {} holds an event that cannot be read", letter.id(), e);
            return null;
        }
    }

    /** The id of a later event of the same key and type, if there is one. */
    private Optional<String> newer(Event event) {
        Instant after = event.recorded();
        List<Event> found = read(
                topic -> topic.equals(event.topic().of(event.tenant())),
                (consumer, partitions) -> {
                    Map<TopicPartition, Long> times = new HashMap<>();
                    partitions.forEach(p -> times.put(p, after.toEpochMilli()));
                    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
                    partitions.forEach(p -> consumer.seek(
                            p,
                            starts.get(p) == null ? ends.get(p) : starts.get(p).offset()));
                },
                e -> e.key().equals(event.key())
                        && e.type().equals(event.type())
                        && !e.id().equals(event.id())
                        && e.recorded().isAfter(after));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.get(found.size() - 1).id());
    }

    private List<Letter> list(int limit) {
        List<Event> dead = read(
                topic -> TopicNames.topic(topic) == Topic.DEAD,
                (consumer, partitions) -> {
                    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                    consumer.beginningOffsets(partitions)
                            .forEach((p, begin) -> consumer.seek(p, Math.max(begin, end(ends, p) - limit)));
                },
                e -> e.data() instanceof DeadLetter);
        return dead.stream()
                .sorted(Comparator.comparing(Event::recorded).reversed())
                .limit(limit)
                .map(e -> new Letter(e.id(), e.tenant(), e.recorded(), e.correlationId(), (DeadLetter) e.data()))
                .toList();
    }

    private interface Seek {
        void seek(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions);
    }

    /** All events of the topics from where {@code seek} puts the reader to the end as it is now. */
    private List<Event> read(Predicate<String> topics, Seek seek, Predicate<Event> wanted) {
        List<TopicPartition> partitions = new ArrayList<>();
        bus.topics().known().forEach((topic, count) -> {
            for (int i = 0; i < count && topics.test(topic); i++) {
                partitions.add(new TopicPartition(topic, i));
            }
        });
        if (partitions.isEmpty()) {
            return List.of();
        }
        try (Consumer<byte[], byte[]> consumer = bus.kafka().reader("desk")) {
            consumer.assign(partitions);
            seek.seek(consumer, partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Event> events = new ArrayList<>();
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < end(ends, p))) {
                if (System.nanoTime() > giveUp) {
                    throw new KafkaException("the broker gave not all within " + PATIENCE.toSeconds() + " s");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    decode(record).filter(wanted).ifPresent(events::add);
                }
            }
            return events;
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private static Optional<Event> decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(CloudEventCodec.decode(record));
        } catch (RefusedException e) {
            LOG.trace("passed over at {}@{}", record.topic(), record.offset(), e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
