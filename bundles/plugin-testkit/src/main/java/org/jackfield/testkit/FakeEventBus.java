package org.jackfield.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;

/**
 * An {@link EventBus} in memory for unit tests of links, flows and services.
 * Events are delivered to subscribers on the publishing thread, once, without retry; {@link #full} makes it refuse.
 * Tables are kept by name, so a test can give them to a second instance of what it tests as a restart would.
 */
public final class FakeEventBus implements EventBus {
    private final Clock clock;
    private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
    private final List<Consumer<Event>> taps = new CopyOnWriteArrayList<>();
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final Map<String, MemoryTable<?>> tables = new ConcurrentHashMap<>();
    private volatile boolean full;
    private volatile boolean forgetful;
    private long published;

    public FakeEventBus() {
        this(Clock.systemUTC());
    }

    public FakeEventBus(Clock clock) {
        this.clock = clock;
    }

    private record Subscriber(Set<String> tenants, Set<Topic> topics, Handler handler) {
        boolean wants(Event event) {
            return topics.contains(event.topic())
                    && (tenants.isEmpty() || tenants.contains(event.tenant()))
                    && handler.wants(event.topic(), event.tenant(), event.data().type());
        }
    }

    @Override
    public Event publish(EventDraft draft) {
        Event event;
        synchronized (this) {
            if (full) {
                throw new SpoolFullException("spool: full (expected: room)");
            }
            event = new Event(
                    node() + "/" + published++,
                    draft.tenant(),
                    draft.source(),
                    draft.origin(),
                    draft.time(),
                    clock.instant(),
                    draft.correlationId(),
                    draft.causationId(),
                    draft.data());
            if (!forgetful) {
                events.add(event);
            }
            taps.forEach(tap -> tap.accept(event));
        }
        subscribers.stream()
                .filter(s -> s.wants(event))
                .forEach(s -> s.handler().handle(event));
        return event;
    }

    @Override
    public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
        var subscriber = new Subscriber(Set.copyOf(tenants), Set.copyOf(topics), handler);
        subscribers.add(subscriber);
        return () -> subscribers.remove(subscriber);
    }

    /** For how long each subscriber of a topic would let events gather now; here nothing waits. */
    public List<Duration> gathers(Topic topic) {
        return subscribers.stream()
                .filter(s -> s.topics().contains(topic))
                .map(s -> s.handler().gather())
                .toList();
    }

    @Override
    public Registration tap(Consumer<Event> listener) {
        taps.add(listener);
        return () -> taps.remove(listener);
    }

    @Override
    public void deadLetter(Event event, String flow, int attempts, String reason) {
        publish(new EventDraft(
                event.tenant(),
                "/flow/" + flow,
                Origin.HOST,
                clock.instant(),
                event.correlationId(),
                event.id(),
                new DeadLetter(event.key(), flow, attempts, reason, event.id(), DeadLetter.Original.of(event), null)));
    }

    @Override
    public <V extends Record> Table<V> table(String name, Class<V> type) {
        MemoryTable<?> table = tables.computeIfAbsent(name, n -> new MemoryTable<>(n, type));
        if (table.type() != type) {
            throw new IllegalArgumentException("table " + name + ": " + type + " (expected: " + table.type() + ")");
        }
        @SuppressWarnings("unchecked")
        var typed = (Table<V>) table;
        return typed;
    }

    @Override
    public String node() {
        return "test";
    }

    @Override
    public double fill() {
        return full ? 1 : 0;
    }

    /** Makes every append fail from now on, or work again. */
    public void full(boolean isFull) {
        full = isFull;
    }

    /** Keeps no event from now on, for tests that measure memory. */
    public void forget() {
        forgetful = true;
    }

    /** Makes a table whole or not; tables are whole when made. */
    public void complete(String table, boolean complete) {
        MemoryTable<?> known = tables.get(table);
        if (known == null) {
            throw new IllegalArgumentException("table: " + table + " (expected: one of " + tables.keySet() + ")");
        }
        known.complete(complete);
    }

    /** All that was published so far, in order. */
    public List<Event> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /** The data of one kind published so far, in order. */
    public <D extends EventData> List<D> data(Class<D> kind) {
        List<D> found = new ArrayList<>();
        for (Event event : events()) {
            if (kind.isInstance(event.data())) {
                found.add(kind.cast(event.data()));
            }
        }
        return found;
    }

    /** When this bus thinks it is. */
    public Instant now() {
        return clock.instant();
    }
}
