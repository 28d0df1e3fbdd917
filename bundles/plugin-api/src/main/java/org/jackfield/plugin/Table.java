package org.jackfield.plugin;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A compacted state table that every node holds whole in memory and that survives a restart, also without the broker.
 * Reads never block. A write is appended to the spool like an event and seen by reads on this node at once.
 */
@ProviderType
public interface Table<V extends Record> {
    /** Every id is (tenant, id). */
    record Key(String tenant, String id) {}

    String name();

    @Nullable
    V get(Key key);

    /** @throws SpoolFullException when the spool is at its bound; nothing changed */
    void put(Key key, V value);

    /** Removes the entry, also on the bus (a tombstone). */
    void remove(Key key);

    /** Visits all entries, in no order; entries that change meanwhile may or may not be seen. */
    void forEach(BiConsumer<Key, V> visitor);

    int size();

    /** True once the table is whole: up to the bus's end seen at start, or from the local snapshot while it is away. */
    boolean complete();
}
