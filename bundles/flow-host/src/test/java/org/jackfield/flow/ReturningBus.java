package org.jackfield.flow;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jackfield.testkit.FakeEventBus;

/** A bus of which a test sees what its subscribers give back. */
final class ReturningBus implements EventBus {
    private final FakeEventBus bus = new FakeEventBus();
    private final List<Handler> handlers = new CopyOnWriteArrayList<>();
    private final List<Throwable> returned;

    ReturningBus(List<Throwable> returned) {
        this.returned = returned;
    }

    void deliver(EventData data) {
        Event event = bus.publish(EventDraft.of("demo", "/test/demo/x", Origin.ACD, Instant.now(), data));
        handlers.forEach(handler -> handler.handle(event).whenComplete((done, error) -> {
            if (error != null) {
                returned.add(error);
            }
        }));
    }

    @Override
    public Event publish(EventDraft draft) {
        return bus.publish(draft);
    }

    @Override
    public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
        handlers.add(handler);
        return () -> handlers.remove(handler);
    }

    @Override
    public Registration tap(Consumer<Event> listener) {
        return bus.tap(listener);
    }

    @Override
    public void deadLetter(Event event, String flow, int attempts, String reason) {
        bus.deadLetter(event, flow, attempts, reason);
    }

    @Override
    public <V extends Record> Table<V> table(String name, Class<V> type) {
        return bus.table(name, type);
    }

    @Override
    public String node() {
        return bus.node();
    }

    @Override
    public double fill() {
        return bus.fill();
    }
}
