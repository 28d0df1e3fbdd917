package org.jackfield.bus;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory. Until somebody says what records it holds, entries stay as JSON.
 * Safe for any thread; writes of this node are ordered by the spool, writes of others win when they are newer.
 */
final class BusTable<V extends Record> implements Table<V> {
    private final String name;
    private final Class<V> type;
    private final Tables tables;
    private final Map<Key, Slot<V>> slots = new ConcurrentHashMap<>();

    /** An entry; without value it was removed, which is kept for a while so that older news does not bring it back. */
    record Slot<V>(@Nullable V value, Instant recorded) {}

    BusTable(String name, Class<V> type, Tables tables) {
        this.name = name;
        this.type = type;
        this.tables = tables;
    }

    Class<V> type() {
        return type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable V get(Key key) {
        Slot<V> slot = slots.get(key);
        return slot == null ? null : slot.value();
    }

    @Override
    public void put(Key key, V value) {
        tables.append(name, key, value, recorded -> slots.put(key, new Slot<>(value, recorded)));
    }

    @Override
    public void remove(Key key) {
        if (get(key) != null) {
            tables.append(name, key, null, recorded -> slots.put(key, new Slot<>(null, recorded)));
        }
    }

    @Override
    public void forEach(BiConsumer<Key, V> visitor) {
        slots.forEach((key, slot) -> {
            V value = slot.value();
            if (value != null) {
                visitor.accept(key, value);
            }
        });
    }

    @Override
    public int size() {
        return (int) slots.values().stream().filter(s -> s.value() != null).count();
    }

    @Override
    public boolean complete() {
        return tables.complete();
    }

    /** Takes an entry from elsewhere unless what is here is newer. */
    void offer(Key key, byte @Nullable [] json, Instant recorded) throws RefusedException {
        V value = json == null ? null : Json.read(json, type);
        slots.merge(
                key,
                new Slot<>(value, recorded),
                (here, there) -> there.recorded().isBefore(here.recorded()) ? here : there);
    }

    void forEachSlot(BiConsumer<Key, Slot<V>> visitor) {
        slots.forEach(visitor);
    }

    /** Forgets removals older than {@code limit}. */
    void forget(Instant limit) {
        slots.values().removeIf(slot -> slot.value() == null && slot.recorded().isBefore(limit));
    }
}
