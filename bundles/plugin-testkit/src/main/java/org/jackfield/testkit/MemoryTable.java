package org.jackfield.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/** A state table that lives as long as it does, whole from the beginning. Safe for any thread. */
public final class MemoryTable<V extends Record> implements Table<V> {
    private final String name;
    private final Class<V> type;
    private final Map<Key, V> entries = new ConcurrentHashMap<>();
    private volatile boolean complete = true;

    public MemoryTable(String name, Class<V> type) {
        this.name = name;
        this.type = type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable V get(Key key) {
        return entries.get(key);
    }

    @Override
    public void put(Key key, V value) {
        entries.put(key, value);
    }

    @Override
    public void remove(Key key) {
        entries.remove(key);
    }

    @Override
    public void forEach(BiConsumer<Key, V> visitor) {
        entries.forEach(visitor);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public boolean complete() {
        return complete;
    }

    /** The type it was asked for with first. */
    public Class<V> type() {
        return type;
    }

    /** Whether it says that it is whole from now on. */
    public void complete(boolean whole) {
        complete = whole;
    }
}
