package org.jackfield.bus;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.EventBus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One serial lane per key: an event is handled when the one before it with the same key has finished.
 * Handlers are called on the submitting thread or on the one that completed the event before; a failed event is tried
 * again in its place after a back-off. Safe for any thread.
 */
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final Backoff BACKOFF = Backoff.exponential(Duration.ofMillis(200), Duration.ofSeconds(30), 0.2);

    private final String name;
    private final EventBus.Handler handler;
    private final ScheduledExecutorService scheduler;
    private final Runnable onFinished;
    private final Map<LaneKey, Lane> lanes = new HashMap<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;

    private record LaneKey(String tenant, Topic topic, String key) {}

    /** @param onFinished told after each event that is done */
    Lanes(String name, EventBus.Handler handler, ScheduledExecutorService scheduler, Runnable onFinished) {
        this.name = name;
        this.handler = handler;
        this.scheduler = scheduler;
        this.onFinished = onFinished;
    }

    /** An event in its lane; {@code done} is told once, when the handler has finished with it. */
    private record Item(Event event, Runnable done) {}

    private static final class Lane {
        private final LaneKey key;
        private final ArrayDeque<Item> waiting = new ArrayDeque<>();

        private Lane(LaneKey key) {
            this.key = key;
        }
    }

    void submit(Event event, Runnable done) {
        unfinished.incrementAndGet();
        var key = new LaneKey(event.tenant(), event.topic(), event.key());
        var item = new Item(event, done);
        Lane lane;
        synchronized (lanes) {
            Lane running = lanes.get(key);
            if (running != null) {
                running.waiting.add(item);
                return;
            }
            lane = new Lane(key);
            lanes.put(key, lane);
        }
        run(lane, item);
    }

    /** How many events were submitted and are not done. */
    int unfinished() {
        return unfinished.get();
    }

    /** How many events a handler is busy with at this moment. */
    int running() {
        return running.get();
    }

    /** No handler is called any more; those that run are not waited for. */
    void close() {
        closed = true;
    }

    /** Runs items of a lane until one does not finish at once. */
    private void run(Lane lane, Item first) {
        Item item = first;
        while (item != null) {
            if (closed || !attempt(lane, item, 1)) {
                return;
            }
            item = finished(lane, item);
        }
    }

    /** True when the item is done already; otherwise the lane goes on when it is. */
    private boolean attempt(Lane lane, Item item, int number) {
        CompletionStage<?> stage;
        running.incrementAndGet();
        try {
            stage = handler.handle(item.event());
        } catch (RuntimeException e) {
            running.decrementAndGet();
            failed(lane, item, number, e);
            return false;
        }
        var future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            running.decrementAndGet();
            return true;
        }
        stage.whenComplete((answer, e) -> {
            if (e == null) {
                goOn(lane, item);
            } else {
                failed(lane, item, number, e);
            }
            running.decrementAndGet();
        });
        return false;
    }

    private void failed(Lane lane, Item item, int number, Throwable e) {
        Duration delay = BACKOFF.delay(number);
        LOG.debug(
                "{}: event {} failed, attempt {} follows in {}",
                name,
                item.event().id(),
                number + 1,
                delay,
                e);
        try {
            Future<?> unused =
                    scheduler.schedule(() -> again(lane, item, number + 1), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug(
                    "{}: event {} is left for the next start",
                    name,
                    item.event().id(),
                    closing);
        }
    }

    private void again(Lane lane, Item item, int number) {
        if (!closed && attempt(lane, item, number)) {
            goOn(lane, item);
        }
    }

    private void goOn(Lane lane, Item item) {
        Item next = finished(lane, item);
        if (next != null) {
            run(lane, next);
        }
    }

    /** Notes that an item is done and gives the next of its lane, which is gone when there is none. */
    private @Nullable Item finished(Lane lane, Item item) {
        item.done().run();
        Item next;
        synchronized (lanes) {
            next = lane.waiting.poll();
            if (next == null) {
                lanes.remove(lane.key);
            }
        }
        unfinished.decrementAndGet();
        onFinished.run();
        return next;
    }
}
