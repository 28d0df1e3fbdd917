package org.jackfield.testkit.load;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jackfield.testkit.MemoryTable;

/**
 * A bus that keeps no event, tells nobody but its taps, and has tables that live as long as it does: what is measured
 * beside it is the host without its record. Safe for any thread.
 */
public class NullBus implements EventBus {
    private final AtomicLong count = new AtomicLong();
    private final List<Consumer<Event>> taps = new CopyOnWriteArrayList<>();
    private final Map<String, Table<?>> tables = new ConcurrentHashMap<>();

    /** An event would be on the bus now; for any thread. */
    protected void published(EventDraft draft) {}

    @Override
    public Event publish(EventDraft draft) {
        published(draft);
        Event event = new Event(
                "bench/" + count.incrementAndGet(),
                draft.tenant(),
                draft.source(),
                draft.origin(),
                draft.time(),
                draft.time(),
                draft.correlationId(),
                draft.causationId(),
                draft.data());
        taps.forEach(tap -> tap.accept(event));
        return event;
    }

    @Override
    public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
        return () -> {};
    }

    @Override
    public Registration tap(Consumer<Event> listener) {
        taps.add(listener);
        return () -> taps.remove(listener);
    }

    @Override
    public void deadLetter(Event event, String flow, int attempts, String reason) {}

    @Override
    public <V extends Record> Table<V> table(String name, Class<V> type) {
        @SuppressWarnings("unchecked") // one type per name
        Table<V> table = (Table<V>) tables.computeIfAbsent(name, n -> new MemoryTable<>(n, type));
        return table;
    }

    @Override
    public String node() {
        return "bench";
    }

    @Override
    public double fill() {
        return 0;
    }
}
