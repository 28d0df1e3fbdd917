package org.jackfield.flow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Where a flow's events come in, whatever version of it runs: the subscriptions and one serial lane per key.
 * Each event runs in the version that is current when it starts and holds a lease on it, so a key moves to a new version
 * exactly when its exchange has ended; while no version is current, lanes stand still. At least once. Safe for any thread.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final String flow;
    private final EventBus bus;
    private final Executor workers;
    private final FlowMeters meters;
    private final Map<Topic, Registration> subscriptions = new EnumMap<>(Topic.class);
    private final Map<Key, Lane> lanes = new ConcurrentHashMap<>();
    private final Queue<Lane> parked = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable FlowVersion> current = new AtomicReference<>();
    private volatile boolean closed;

    private record Key(Topic topic, String tenant, String key) {}

    private record Job(Event event, CompletableFuture<@Nullable Void> done, long since) {}

    /** The events of one key that have not ended; the first of them is the one that runs. Guarded by the map's lock. */
    private static final class Lane {
        final Key key;
        final Deque<Job> jobs = new ArrayDeque<>();

        Lane(Key key) {
            this.key = key;
        }
    }

    Intake(String flow, EventBus bus, Executor workers, FlowMeters meters) {
        this.flow = flow;
        this.bus = bus;
        this.workers = workers;
        this.meters = meters;
    }

    /** Lets {@code next} (or nobody) run what starts from now on; returns who did so far. */
    @Nullable
    FlowVersion switchTo(@Nullable FlowVersion next) {
        FlowVersion before = current.getAndSet(next);
        if (next != null) {
            unpark();
        }
        return before;
    }

    @Nullable
    FlowVersion current() {
        return current.get();
    }

    /** A lease on the current version, to be released; null while there is none. */
    @Nullable
    FlowVersion lease() {
        while (true) {
            FlowVersion version = current.get();
            if (version == null || version.lease()) {
                return version;
            }
            Thread.onSpinWait(); // It was retired after it had been replaced, so the next look finds another.
        }
    }

    /** Reads these topics from now on and no others. One group per topic, so that a swap never makes one rebalance. */
    synchronized void read(Set<Topic> topics) {
        for (Topic topic : List.copyOf(subscriptions.keySet())) {
            if (!topics.contains(topic)) {
                Registration gone = subscriptions.remove(topic);
                if (gone != null) {
                    gone.close();
                }
            }
        }
        for (Topic topic : topics) {
            if (!subscriptions.containsKey(topic)) {
                String group = "flow." + flow + "." + topic.suffix();
                subscriptions.put(topic, bus.subscribe(group, Set.of(), Set.of(topic), new Reader(topic)));
            }
        }
    }

    private final class Reader implements EventBus.Handler {
        private final Topic topic;

        Reader(Topic topic) {
            this.topic = topic;
        }

        @Override
        public Duration gather() {
            FlowVersion version = current.get();
            return version == null ? Duration.ZERO : version.inputs().gather(topic);
        }

        /** What the current version does not want is passed over unread; while there is none, everything is kept for the next. */
        @Override
        public boolean wants(Topic topic, String tenant, String type) {
            FlowVersion version = lease(); // a version without a lease may have been stopped, and wants nothing then
            boolean wanted = version == null || version.inputs().want(topic, tenant, type);
            if (version != null) {
                version.release();
            }
            if (!wanted) {
                meters.received.increment();
                meters.filtered.increment();
            }
            return wanted;
        }

        @Override
        public CompletionStage<?> handle(Event event) {
            return take(event);
        }
    }

    private CompletionStage<?> take(Event event) {
        Job job = new Job(event, new CompletableFuture<>(), System.nanoTime());
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("flow " + flow + " was removed"));
        }
        meters.received.increment();
        AtomicBoolean first = new AtomicBoolean();
        Lane lane = lanes.compute(new Key(event.topic(), event.tenant(), event.key()), (key, known) -> {
            Lane here = known == null ? new Lane(key) : known;
            first.set(here.jobs.isEmpty());
            here.jobs.add(job);
            return here;
        });
        if (first.get()) {
            workers.execute(() -> step(lane, job));
        }
        return job.done();
    }

    private void step(Lane lane, Job job) {
        FlowVersion version = lease();
        if (version == null) {
            parked.add(lane);
            if (current.get() != null || closed) {
                unpark();
            }
            return;
        }
        List<BusConsumer> consumers = version.inputs().of(job.event());
        if (consumers.isEmpty()) {
            version.release();
            meters.filtered.increment();
            finish(lane, job);
            return;
        }
        Attempt attempt = new Attempt(lane, job, version, consumers);
        version.add(attempt);
        attempt.run();
    }

    private void unpark() {
        for (Lane lane = parked.poll(); lane != null; lane = parked.poll()) {
            again(lane);
        }
    }

    private void again(Lane lane) {
        AtomicReference<@Nullable Job> head = new AtomicReference<>();
        lanes.computeIfPresent(lane.key, (key, known) -> {
            head.set(known.jobs.peek());
            return known;
        });
        Job job = head.get();
        if (job != null) {
            if (closed) {
                giveBack(job);
                next(lane);
            } else {
                workers.execute(() -> step(lane, job));
            }
        }
    }

    private void finish(Lane lane, Job job) {
        meters.took(System.nanoTime() - job.since());
        job.done().complete(null);
        next(lane);
    }

    private void next(Lane lane) {
        Lane left = lanes.computeIfPresent(lane.key, (key, known) -> {
            known.jobs.poll();
            return known.jobs.isEmpty() ? null : known;
        });
        if (left != null) {
            again(left);
        }
    }

    private void giveBack(Job job) {
        meters.returned.increment();
        job.done().completeExceptionally(new IllegalStateException("flow " + flow + " gives the event back"));
    }

    /** Call when no version is current and the last lease is back: what has not ended goes back to the bus. */
    void close() {
        closed = true;
        unpark();
        synchronized (this) {
            subscriptions.values().forEach(Registration::close);
            subscriptions.clear();
        }
    }

    /** One run of one event through the routes of one version that want it, one after the other. */
    private final class Attempt implements FlowVersion.Attempt {
        private final Lane lane;
        private final Job job;
        private final FlowVersion version;
        private final List<BusConsumer> left;
        private final AtomicBoolean ended = new AtomicBoolean();

        Attempt(Lane lane, Job job, FlowVersion version, List<BusConsumer> consumers) {
            this.lane = lane;
            this.job = job;
            this.version = version;
            this.left = new ArrayList<>(consumers);
        }

        void run() {
            if (left.isEmpty()) {
                end(null, 1);
                return;
            }
            BusConsumer consumer = left.remove(0);
            Event event = job.event();
            MDC.put("tenant", event.tenant());
            MDC.put(event.topic().suffix(), event.key());
            try {
                consumer.take(event, (error, attempts) -> {
                    if (error == null) {
                        run();
                    } else {
                        end(error, attempts);
                    }
                });
            } catch (RuntimeException e) {
                end(e, 1);
            } finally {
                MDC.remove("tenant");
                MDC.remove(event.topic().suffix());
            }
        }

        private void end(@Nullable Throwable error, int attempts) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            version.remove(this);
            version.release();
            if (error == null) {
                meters.delivered.increment();
                finish(lane, job);
            } else if (version.orphaned()) {
                LOG.debug(
                        "flow {}: {} waits for what the flow needs",
                        flow,
                        job.event().id(),
                        error);
                again(lane);
            } else {
                bury(error, Failures.attempts(error, attempts));
            }
        }

        private void bury(Throwable error, int attempts) {
            try {
                bus.deadLetter(job.event(), flow, attempts, Failures.reason(error));
                meters.deadLettered.increment();
                LOG.warn(
                        "flow {}: gave up on {} {} after {} attempts, it is in the dead letters: {}",
                        flow,
                        job.event().data().type(),
                        job.event().id(),
                        attempts,
                        Failures.reason(error),
                        Failures.isAnswer(error) ? null : error);
                finish(lane, job);
            } catch (RuntimeException e) {
                LOG.error(
                        "flow {}: {} could not be put to the dead letters and goes back",
                        flow,
                        job.event().id(),
                        e);
                giveBack(job);
                next(lane);
            }
        }

        @Override
        public void abandon() {
            if (ended.compareAndSet(false, true)) {
                version.remove(this);
                version.release();
                again(lane);
            }
        }
    }
}
