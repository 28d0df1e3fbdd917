package org.jackfield.bus;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tables of this node: whole in memory from the local snapshot and the spool behind it, or from the broker when
 * this disk has none. Safe for any thread; reads never wait.
 */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    /** How long a removal is remembered against older news from the broker, when another node ever wrote the entry. */
    private static final Duration REMOVAL_KEPT = Duration.ofHours(1);
    /** And when none did: a call's entries come and go by the thousand, and nobody else writes them. */
    private static final Duration OWN_REMOVAL_KEPT = Duration.ofSeconds(10);

    private static final int AT_ONCE = 64;

    private final Spool spool;
    private final Path file;
    private final Clock clock;
    private final Runnable onAppend;
    private final Map<String, BusTable<?>> opened = new ConcurrentHashMap<>();
    private final Map<String, Map<Table.Key, TableSnapshot.Row>> unopened = new HashMap<>();
    private final ArrayBlockingQueue<Encoder> encoders = new ArrayBlockingQueue<>(8);
    private final ReentrantLock snapshotting = new ReentrantLock();
    private final boolean restoring;
    private volatile boolean complete;
    private volatile boolean savedWhole;
    private volatile boolean hurried;
    private volatile long covered;
    private volatile long changed;

    Tables(Spool spool, Path file, Clock clock, Runnable onAppend) throws IOException {
        this.spool = spool;
        this.file = file;
        this.clock = clock;
        this.onAppend = onAppend;
        TableSnapshot snapshot = TableSnapshot.read(file);
        boolean whole = snapshot != null && snapshot.whole();
        // Without a snapshot, entries of this very node may be missing here and lie on the bus only.
        restoring = snapshot == null && spool.first() > 1;
        complete = whole;
        savedWhole = whole;
        long from = 1;
        if (snapshot != null) {
            snapshot.rows().forEach(this::keep);
            from = snapshot.position() + 1;
            covered = snapshot.position();
        }
        replay(from);
        LOG.info(
                "tables: {} in the local snapshot, {}",
                unopened.size(),
                whole ? "whole" : "to be read from the broker");
    }

    private void replay(long from) {
        Spool.Cursor cursor = spool.cursor(from);
        for (Segment.Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            if (entry.payload()[0] == Frame.TABLE && Frame.decode(entry.payload()) instanceof Frame.TableFrame change) {
                keep(new TableSnapshot.Row(change.table(), change.key(), entry.recorded(), change.json()));
                changed = entry.position();
            }
        }
    }

    private void keep(TableSnapshot.Row row) {
        unopened.computeIfAbsent(row.table(), t -> new HashMap<>()).put(row.key(), row);
    }

    <V extends Record> BusTable<V> table(String name, Class<V> type) {
        LinkId.requireWord("table", name);
        synchronized (unopened) {
            BusTable<?> table = opened.get(name);
            if (table == null) {
                table = open(name, type);
            }
            if (table.type() != type) {
                if (!table.type().getName().equals(type.getName())) {
                    throw new IllegalArgumentException("table " + name + ": " + type.getName() + " (expected: "
                            + table.type().getName() + ")");
                }
                table = reopen(table, type);
            }
            @SuppressWarnings("unchecked")
            var typed = (BusTable<V>) table;
            return typed;
        }
    }

    private <V extends Record> BusTable<V> open(String name, Class<V> type) {
        var table = new BusTable<>(name, type, this);
        Map<Table.Key, TableSnapshot.Row> rows = unopened.remove(name);
        if (rows != null) {
            rows.values().forEach(row -> offer(table, row));
        }
        opened.put(name, table);
        return table;
    }

    /** The bundle that holds it was updated or refreshed, and its record is another class of the same name now. */
    private <V extends Record> BusTable<V> reopen(BusTable<?> before, Class<V> type) {
        var table = new BusTable<>(before.name(), type, this);
        spool.lock().lock();
        try {
            before.forEachSlot((key, slot) -> {
                Record value = slot.value();
                byte[] json = value == null ? null : Json.bytes(value);
                offer(table, new TableSnapshot.Row(before.name(), key, slot.recorded(), json));
            });
            opened.put(before.name(), table);
        } finally {
            spool.lock().unlock();
        }
        return table;
    }

    private static void offer(BusTable<?> table, TableSnapshot.Row row) {
        try {
            table.offer(row.key(), row.json(), row.recorded());
        } catch (RefusedException e) {
            LOG.warn("table {}: entry {} is left out: {}", table.name(), row.key(), e.getMessage());
        }
    }

    /** Appends a change and makes it seen, in the order of the spool. */
    void append(String table, Table.Key key, @Nullable Record value, Consumer<Instant> seen) {
        LinkId.requireWord("tenant", key.tenant());
        Encoder pooled = encoders.poll();
        Encoder encoder = pooled == null ? new Encoder() : pooled;
        Frame.table(encoder, table, key);
        if (value != null) {
            Json.write(encoder, value);
        }
        spool.lock().lock();
        try {
            Spool.Appended appended = spool.append(encoder);
            seen.accept(appended.recorded());
            changed = appended.position();
        } finally {
            spool.lock().unlock();
        }
        encoders.offer(encoder);
        onAppend.run();
    }

    /** True when what the broker has need not be looked at, because this node wrote it and knows what came of it. */
    boolean knows(boolean own) {
        return own && !restoring;
    }

    /** Takes an entry that the broker has. */
    void fromBroker(TableSnapshot.Row row) throws RefusedException {
        synchronized (unopened) {
            BusTable<?> table = opened.get(row.table());
            if (table != null) {
                table.offer(row.key(), row.json(), row.recorded());
                return;
            }
            unopened.computeIfAbsent(row.table(), t -> new HashMap<>())
                    .merge(row.key(), row, (here, there) -> there.recorded().isBefore(here.recorded()) ? here : there);
        }
    }

    /** Says that all that the broker had at the start has been read. */
    void reachedEnd() {
        if (!complete) {
            LOG.info("tables: whole, read from the broker");
        }
        complete = true;
        try {
            snapshot();
        } catch (IOException e) {
            LOG.warn("tables could not be written to {}; a restart needs the broker", file, e);
        }
    }

    boolean complete() {
        return complete;
    }

    /** Up to which position the spool is not needed for tables any more. */
    long covered() {
        spool.lock().lock();
        try {
            return changed <= covered ? spool.last() : covered;
        } finally {
            spool.lock().unlock();
        }
    }

    /** Writes the snapshot when something changed since the last. Takes as long as the disk needs. */
    void snapshot() throws IOException {
        snapshotting.lock();
        try {
            if (changed <= covered && savedWhole == complete) {
                return;
            }
            long position;
            spool.lock().lock();
            try {
                position = spool.last();
            } finally {
                spool.lock().unlock();
            }
            forgetRemovals();
            boolean whole = complete;
            try (var writer = new TableSnapshot.Writer(file, position, whole)) {
                write(writer);
                writer.commit();
            }
            savedWhole = whole;
            covered = position;
        } finally {
            snapshotting.unlock();
        }
    }

    private void forgetRemovals() {
        Instant now = clock.instant();
        opened.values().forEach(table -> table.forget(now.minus(OWN_REMOVAL_KEPT), now.minus(REMOVAL_KEPT)));
    }

    private void write(TableSnapshot.Writer writer) throws IOException {
        synchronized (unopened) {
            for (Map<Table.Key, TableSnapshot.Row> rows : unopened.values()) {
                for (TableSnapshot.Row row : rows.values()) {
                    writer.row(row);
                }
            }
        }
        for (BusTable<?> table : opened.values()) {
            write(table, writer);
        }
    }

    /** Rests after each few rows for as long as they took: nobody waits for a snapshot, but calls want the core. */
    private <V extends Record> void write(BusTable<V> table, TableSnapshot.Writer writer) throws IOException {
        int written = 0;
        long began = System.nanoTime();
        for (Map.Entry<Table.Key, BusTable.Slot<V>> entry : table.entries()) {
            BusTable.Slot<V> slot = entry.getValue();
            V value = slot.value();
            byte[] json = value == null ? null : Json.bytes(value);
            writer.row(new TableSnapshot.Row(table.name(), entry.getKey(), slot.recorded(), json));
            if (++written % AT_ONCE == 0 && !hurried) {
                LockSupport.parkNanos(System.nanoTime() - began);
                began = System.nanoTime();
            }
        }
    }

    /** The next snapshot, and the one that is being written, do not rest any more. */
    void hurry() {
        hurried = true;
    }
}
