package org.jackfield.bus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jackfield.event.Custom;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus: spool first, Kafka behind it. All methods are safe for any thread; publishing never waits for the broker.
 */
final class KafkaEventBus implements EventBus, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventBus.class);

    private final BusSettings settings;
    private final Clock clock;
    private final Spool spool;
    private final Watermark shipped;
    private final KafkaFactory kafka;
    private final Topics topics;
    private final Tables tables;
    private final Shipper shipper;
    private final TableReader tableReader;
    private final Refusals refusals;
    private final ScheduledExecutorService scheduler;
    /** Apart from the clock: what takes as long as the disk needs, a snapshot and a new segment. */
    private final ScheduledExecutorService snapshots;

    private final Subscription.Shared shared;
    private final List<Consumer<Event>> taps = new CopyOnWriteArrayList<>();
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    private final ArrayBlockingQueue<Encoder> encoders = new ArrayBlockingQueue<>(16);
    private final List<Meter> gauges = new ArrayList<>();
    private final MeterRegistry meters;
    private final Counter appended;
    private final Counter dead;
    private final Counter tapFailures;
    private boolean telling;
    private volatile boolean closed;

    /** Opens the spool and the tables; nothing is sent before {@link #start()}. */
    KafkaEventBus(BusSettings settings, MeterRegistry meters, Clock clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
        Path dir = settings.dataDir();
        snapshots = thread("bus-snapshot");
        spool = Spool.open(dir, settings.node(), settings.spoolLimit(), settings.segmentSize(), clock, snapshots);
        try {
            shipped = new Watermark(dir.resolve("shipped"));
            kafka = new KafkaFactory(settings.bootstrapServers(), spool.node());
            topics = new Topics(kafka, settings, clock);
            tables = new Tables(spool, dir.resolve("tables.snapshot"), clock, () -> signal(false));
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
        appended = meters.counter("jackfield.bus.appended");
        dead = meters.counter("jackfield.bus.dead");
        tapFailures = meters.counter("jackfield.bus.tap.failed");
        Counter arrived = meters.counter("jackfield.bus.shipped");
        shipper = new Shipper(spool, shipped, topics, kafka, clock, tables::covered, arrived::increment);
        refusals = new Refusals(meters, clock, spool.node(), this::publish);
        tableReader = new TableReader(kafka, topics, tables, spool.node(), refusals);
        scheduler = thread("bus-clock");
        shared = new Subscription.Shared(spool.node(), kafka, topics, refusals, scheduler, meters);
        gauges.add(Gauge.builder("jackfield.bus.lag", shipper, Shipper::lag).register(meters));
        gauges.add(Gauge.builder("jackfield.bus.fill", spool, Spool::fill).register(meters));
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts everything that talks to the broker, whether it is there or not. */
    void start() {
        topics.start();
        shipper.start();
        tableReader.start();
        long every = settings.snapshotEvery().toMillis();
        Future<?> unused = snapshots.scheduleWithFixedDelay(this::snapshot, every, every, TimeUnit.MILLISECONDS);
        LOG.info("bus of node {} started: {} events wait for {}", node(), shipper.lag(), settings.bootstrapServers());
    }

    MeterRegistry meters() {
        return meters;
    }

    private void snapshot() {
        try {
            tables.snapshot();
        } catch (IOException | RuntimeException e) {
            LOG.warn("tables could not be written to {}; a restart replays the spool instead", settings.dataDir(), e);
        }
    }

    private void signal(boolean prompt) {
        appended.increment();
        shipper.signal(prompt);
    }

    @Override
    public Event publish(EventDraft draft) {
        EventData data = draft.data();
        LinkId.requireWord("tenant", draft.tenant());
        requireSource(draft.source());
        Encoder pooled = encoders.poll();
        Encoder encoder = pooled == null ? new Encoder() : pooled;
        Frame.event(
                encoder,
                data.topic(),
                draft.tenant(),
                data.key(),
                data.type(),
                draft.source(),
                draft.origin(),
                draft.time(),
                draft.correlationId(),
                draft.causationId());
        Json.write(encoder, data instanceof Custom custom ? custom.members() : data);
        Event event = append(encoder, draft);
        encoders.offer(encoder);
        if (data.topic() == Topic.DEAD) {
            dead.increment();
        }
        signal(Shipper.urgent(data.topic(), data.type()));
        return event;
    }

    private Event append(Encoder encoder, EventDraft draft) {
        spool.lock().lock();
        try {
            if (telling) {
                throw new IllegalStateException("publish from within a tap (expected: from anywhere else)");
            }
            Spool.Appended at = spool.append(encoder);
            var event = new Event(
                    spool.node() + "/" + at.position(),
                    draft.tenant(),
                    draft.source(),
                    draft.origin(),
                    draft.time(),
                    at.recorded(),
                    draft.correlationId(),
                    draft.causationId(),
                    draft.data());
            tell(event);
            return event;
        } finally {
            spool.lock().unlock();
        }
    }

    private void tell(Event event) {
        telling = true;
        try {
            for (Consumer<Event> tap : taps) {
                tellOne(tap, event);
            }
        } finally {
            telling = false;
        }
    }

    private void tellOne(Consumer<Event> tap, Event event) {
        try {
            tap.accept(event);
        } catch (RuntimeException e) {
            tapFailures.increment();
            LOG.warn("a tap failed at event {}; the event is kept, the tap has missed it", event.id(), e);
        }
    }

    /** A source that is no URI reference would be refused by every reader (CloudEvents 1.0, source). */
    private void requireSource(String source) {
        if (!sources.contains(source)) {
            if (source.isEmpty()) {
                throw new IllegalArgumentException("source: \"\" (expected: a URI reference)");
            }
            URI.create(source);
            if (sources.size() < 1000) {
                sources.add(source);
            }
        }
    }

    @Override
    public Registration subscribe(String group, Set<String> tenants, Set<Topic> wanted, Handler handler) {
        if (closed) {
            throw new IllegalStateException("the bus is closed (expected: open)");
        }
        try {
            GroupStart start = GroupStart.of(settings.dataDir().resolve("groups"), group, spool.now(), spool.last());
            var subscription = new Subscription(group, tenants, wanted, handler, shared, start, subscriptions::remove);
            if (subscriptions.putIfAbsent(group, subscription) != null) {
                throw new IllegalStateException("group " + group + ": is subscribed (expected: closed before)");
            }
            subscription.start();
            return subscription;
        } catch (IOException e) {
            throw new UncheckedIOException("group " + group + ": its start could not be kept", e);
        }
    }

    /** The running subscription of a group, or null. */
    @Nullable
    Subscription subscription(String group) {
        return subscriptions.get(group);
    }

    @Override
    public Registration tap(Consumer<Event> listener) {
        taps.add(listener);
        return () -> taps.remove(listener);
    }

    @Override
    public void deadLetter(Event event, String flow, int attempts, String reason) {
        EventData data = event.data();
        String body =
                new String(Json.bytes(data instanceof Custom custom ? custom.members() : data), StandardCharsets.UTF_8);
        var letter =
                new DeadLetter(event.key(), flow, attempts, reason, event.id(), DeadLetter.Original.of(event), body);
        publish(new EventDraft(
                event.tenant(),
                "/bus/" + node(),
                Origin.HOST,
                clock.instant(),
                event.correlationId(),
                event.id(),
                letter));
    }

    @Override
    public <V extends Record> Table<V> table(String name, Class<V> type) {
        return tables.table(name, type);
    }

    @Override
    public String node() {
        return spool.node();
    }

    @Override
    public double fill() {
        return spool.fill();
    }

    boolean tablesComplete() {
        return tables.complete();
    }

    /** The first position that the spool still holds. */
    long firstPosition() {
        return spool.first();
    }

    long lag() {
        return shipper.lag();
    }

    Shipper.@Nullable Fault lastFault() {
        return shipper.lastFault();
    }

    Topics.Connection connection() {
        return topics.connection();
    }

    Topics topics() {
        return topics;
    }

    KafkaFactory kafka() {
        return kafka;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        tables.hurry();
        subscriptions.values().forEach(Subscription::stop);
        subscriptions.values().forEach(Subscription::close);
        tableReader.close();
        if (!topics.connection().up()) {
            // Nobody waits for an answer that will not come.
            topics.close();
        }
        shipper.close();
        topics.close();
        scheduler.shutdownNow();
        snapshots.shutdown(); // one that is being written is waited for by the last one
        snapshot();
        gauges.forEach(meters::remove);
        try {
            spool.close();
        } catch (IOException e) {
            LOG.warn("spool {} could not be closed in order; the next start looks at its tail", settings.dataDir(), e);
        }
    }
}
