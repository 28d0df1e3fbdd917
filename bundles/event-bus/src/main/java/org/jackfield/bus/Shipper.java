package org.jackfield.bus;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the spool to Kafka, in order, each record once. One thread; it waits with back-off while the broker is away.
 *
 * <p>A producer is kept for as long as the broker accepts it, because its own numbering (idempotence) is what keeps a
 * retried batch from doubling. Only when a producer is new while something may be on its way (a start after a kill, a
 * fatal answer) the tails of the partitions are read to find what had arrived: {@link Tail}.
 */
final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final int WINDOW = 2000;
    private static final Duration GATHER = Duration.ofMillis(20);
    /** The same when {@link Pace#MANY} come in that time. */
    private static final Duration LOADED_GATHER = Duration.ofMillis(60);
    /** Rows are safe in the spool; only another node looks for them on the bus, and that seldom. */
    private static final int TABLES_MS = 250;

    private static final Duration SLEEP = Duration.ofMillis(200);
    private static final long LIVELY_NS = Duration.ofMillis(100).toNanos();
    /** A broker that is there and takes nothing for so long will not take it from this producer any more. */
    private static final Duration STUCK = Duration.ofSeconds(20);

    private static final Backoff BACKOFF = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(2), 0.2);

    private final Spool spool;
    private final Watermark shipped;
    private final Topics topics;
    private final KafkaFactory kafka;
    private final Clock clock;
    private final Runnable onShipped;
    private final LongSupplier releasable;
    private final Thread thread;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean closed;
    private volatile Rest rest = Rest.NONE;
    private volatile @Nullable Fault lastFault;
    private long progress = System.nanoTime();
    private long progressAt;
    private long lastTaken;
    private int taken;

    private enum Rest {
        NONE,
        /** Wakes by itself within {@link #LOADED_GATHER}; only what is prompt wakes it earlier. */
        LIGHT,
        /** Sleeps until it is woken. */
        DEEP
    }

    /** The last trouble the shipper had, and when. */
    record Fault(Instant at, String sentence) {}

    /**
     * @param releasable up to which position the spool is not needed for tables any more
     * @param onShipped told per record that has arrived, on a thread of the Kafka client
     */
    Shipper(
            Spool spool,
            Watermark shipped,
            Topics topics,
            KafkaFactory kafka,
            Clock clock,
            LongSupplier releasable,
            Runnable onShipped) {
        this.spool = spool;
        this.shipped = shipped;
        this.topics = topics;
        this.kafka = kafka;
        this.clock = clock;
        this.releasable = releasable;
        this.onShipped = onShipped;
        thread = new Thread(this::run, "bus-shipper");
        thread.setDaemon(true);
        thread.setContextClassLoader(Producer.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    /**
     * Says that something was appended. Never waits.
     *
     * @param prompt false when it may wait a few milliseconds for company, which makes it several times cheaper
     */
    void signal(boolean prompt) {
        Rest now = rest;
        if (now == Rest.DEEP || (prompt && now == Rest.LIGHT)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * True for events that somebody waits for. What Teams shows and what came of a write to it are told to both sides by
     * seconds: such an event goes with the next urgent one, or after {@link #GATHER}, in the order of the spool. Of calls
     * only transfers are waited for.
     */
    static boolean urgent(Topic topic, String type) {
        return prompt(topic) ? !type.startsWith("presence.") : type.startsWith("call.transfer.");
    }

    /** True for topics with events that somebody waits for. */
    static boolean prompt(Topic topic) {
        return topic == Topic.AGENT || topic == Topic.COMMAND;
    }

    /** How many appended records have not arrived yet. */
    long lag() {
        return Math.max(0, spool.last() - shipped.value());
    }

    @Nullable
    Fault lastFault() {
        return lastFault;
    }

    private void run() {
        int attempt = 0;
        while (!closed) {
            long before = shipped.value();
            try {
                session();
            } catch (InterruptedException | InterruptException e) {
                LOG.debug("shipper interrupted", e);
            } catch (RuntimeException e) {
                fault(e);
                attempt = shipped.value() > before ? 1 : attempt + 1;
                pause(BACKOFF.delay(attempt));
            }
        }
    }

    private void fault(Exception e) {
        LOG.debug("shipping stopped at {}", shipped.value(), e);
        lastFault = new Fault(clock.instant(), e.getMessage() == null ? e.toString() : e.getMessage());
    }

    private void pause(Duration delay) {
        if (!closed) {
            LockSupport.parkNanos(delay.toNanos());
        }
    }

    private void session() throws InterruptedException {
        long from = shipped.value() + 1;
        Map<TopicPartition, Long> arrived = arrived(from);
        failure.set(null);
        shipped.forget();
        try (var prompt = new Lane("prompt", 0);
                var bulk = new Lane("bulk", 5);
                var tables = new Lane("tables", TABLES_MS)) {
            ship(
                    spool.cursor(from),
                    arrived,
                    frame -> frame instanceof Frame.TableFrame ? tables : prompt(frame) ? prompt : bulk);
        }
    }

    /** Which positions of ours the partitions hold already, from {@code from} on; waits for the broker. */
    private Map<TopicPartition, Long> arrived(long from) throws InterruptedException {
        Map<TopicPartition, Instant> oldest = new HashMap<>();
        Spool.Cursor cursor = spool.cursor(from);
        for (Segment.Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            oldest.putIfAbsent(partition(Frame.decode(entry.payload())), entry.recorded());
        }
        if (oldest.isEmpty()) {
            return Map.of();
        }
        try (var consumer = kafka.reader("tail")) {
            return Tail.read(consumer, spool.node(), oldest);
        }
    }

    private TopicPartition partition(Frame frame) throws InterruptedException {
        int partitions = topics.partitions(frame.kafkaTopic());
        byte[] key = frame.kafkaKey().getBytes(StandardCharsets.UTF_8);
        return new TopicPartition(frame.kafkaTopic(), Utils.toPositive(Utils.murmur2(key)) % partitions);
    }

    private void ship(Spool.Cursor cursor, Map<TopicPartition, Long> arrived, Function<Frame, Lane> lanes)
            throws InterruptedException {
        while (!closed) {
            Exception failed = failure.get();
            if (failed != null) {
                throw failed instanceof RuntimeException e ? e : new KafkaException(failed);
            }
            requireProgress();
            Segment.Entry entry = shipped.pending() < WINDOW ? cursor.next() : null;
            if (entry == null) {
                spool.release(Math.min(shipped.value(), releasable.getAsLong()));
                park(cursor);
                continue;
            }
            lastTaken = System.nanoTime();
            taken++;
            Frame frame = Frame.decode(entry.payload());
            TopicPartition to = partitionPatiently(frame);
            Watermark.Pending pending = shipped.sent(entry.position());
            if (entry.position() <= arrived.getOrDefault(to, 0L)) {
                shipped.arrived(pending);
                onShipped.run();
            } else {
                lanes.apply(frame).send(CloudEventCodec.encode(spool.node(), entry, frame, to.partition()), pending);
            }
        }
    }

    private void requireProgress() {
        long before = progress;
        if (shipped.pending() == 0
                || shipped.value() != progressAt
                || !topics.connection().up()) {
            progressAt = shipped.value();
            progress = System.nanoTime();
        } else if (System.nanoTime() - before > STUCK.toNanos()) {
            progress = System.nanoTime();
            throw new KafkaException("the broker has taken nothing for " + STUCK.toSeconds() + " s; starting over");
        }
    }

    /** The partition of a record; while the broker cannot make its topic, nothing else is shipped either. */
    private TopicPartition partitionPatiently(Frame frame) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return partition(frame);
            } catch (KafkaException e) {
                if (closed || failure.get() != null) {
                    throw e;
                }
                fault(e);
                pause(BACKOFF.delay(attempt));
            }
        }
    }

    private static boolean prompt(Frame frame) {
        return frame instanceof Frame.EventFrame event && prompt(event.topic());
    }

    private void park(Spool.Cursor cursor) {
        boolean full = shipped.pending() >= WINDOW;
        boolean lively = System.nanoTime() - lastTaken < LIVELY_NS;
        rest = lively ? Rest.LIGHT : Rest.DEEP;
        if (!closed && failure.get() == null && (full || cursor.exhausted())) {
            Duration gather = taken < Pace.MANY ? GATHER : LOADED_GATHER;
            LockSupport.parkNanos((lively ? gather : SLEEP).toNanos());
        }
        rest = Rest.NONE;
        taken = 0;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            if (topics.connection().up()) {
                thread.join(4000);
            }
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(3000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A producer with its own patience for filling batches. */
    private final class Lane implements AutoCloseable {
        private final Producer<byte[], byte[]> producer;

        Lane(String name, int lingerMs) {
            producer = kafka.producer("shipper-" + name, lingerMs);
        }

        void send(ProducerRecord<byte[], byte[]> record, Watermark.Pending pending) {
            while (true) {
                try {
                    Future<?> unused = producer.send(record, (metadata, e) -> done(pending, e));
                    return;
                } catch (TimeoutException e) {
                    // No metadata or no room: nothing was taken, so the same record comes again.
                    if (closed || failure.get() != null) {
                        throw e;
                    }
                    fault(e);
                }
            }
        }

        private void done(Watermark.Pending pending, @Nullable Exception e) {
            if (e == null) {
                shipped.arrived(pending);
                onShipped.run();
                if (shipped.pending() == WINDOW - 1) {
                    signal(true);
                }
            } else if (failure.compareAndSet(null, e)) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void close() {
            boolean flush =
                    closed && failure.get() == null && topics.connection().up();
            producer.close(flush ? Duration.ofSeconds(2) : Duration.ZERO);
        }
    }
}
