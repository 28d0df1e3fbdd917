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

    /**
     * An entry; without value it was removed, which is kept for a while so that older news does not bring it back.
     *
     * @param shared it came from the broker once, so another node may write it too
     */
    record Slot<V>(@Nullable V value, Instant recorded, boolean shared) {}

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
        tables.append(name, key, value, recorded -> set(key, value, recorded));
    }

    @Override
    public void remove(Key key) {
        if (get(key) != null) {
            tables.append(name, key, null, recorded -> set(key, null, recorded));
        }
    }

    private void set(Key key, @Nullable V value, Instant recorded) {
        slots.compute(key, (same, before) -> new Slot<>(value, recorded, before != null && before.shared()));
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
                new Slot<>(value, recorded, true),
                (here, there) -> there.recorded().isBefore(here.recorded())
                        ? new Slot<>(here.value(), here.recorded(), true)
                        : there);
    }

    /** A live view, weakly consistent. */
    Iterable<Map.Entry<Key, Slot<V>>> entries() {
        return slots.entrySet();
    }

    void forEachSlot(BiConsumer<Key, Slot<V>> visitor) {
        slots.forEach(visitor);
    }

    /** Forgets removals of entries that are this node's alone from before {@code own}, others from before {@code shared}. */
    void forget(Instant own, Instant shared) {
        slots.values().removeIf(slot -> slot.value() == null && slot.recorded().isBefore(slot.shared() ? shared : own));
    }
}
