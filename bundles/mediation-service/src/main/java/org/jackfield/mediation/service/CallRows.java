package org.jackfield.mediation.service;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way to the state table, which a restart reads. A call is written once it has lasted for a second or is
 * being transferred, and then with each change: what is refused, given up or over before leaves no records at all, and a
 * kill in a call's first second costs no more than its agent's leg, which the ACD tells again. Safe for any thread.
 */
final class CallRows {
    static final Duration SETTLED = Duration.ofSeconds(1);

    private final Table<CallMemory> table;
    private final Function<Table.Key, @Nullable CallMemory> calls;
    private final Set<Table.Key> young = ConcurrentHashMap.newKeySet();
    private final Set<Table.Key> dirty = ConcurrentHashMap.newKeySet();

    /** @param calls what is known of a call now; null when it is forgotten */
    CallRows(Table<CallMemory> table, Function<Table.Key, @Nullable CallMemory> calls) {
        this.table = table;
        this.calls = calls;
    }

    /** Takes note of a change; true when there is something to {@link #flush}. */
    boolean changed(Table.Key key, @Nullable CallMemory call, Instant now) {
        boolean written = table.get(key) != null;
        if (call == null || !worthARow(call)) {
            young.remove(key);
            if (written) {
                dirty.add(key);
            }
            return written;
        }
        if (!written && call.transfers().isEmpty() && call.since().plus(SETTLED).isAfter(now)) {
            young.add(key);
            return false;
        }
        young.remove(key);
        dirty.add(key);
        return true;
    }

    /** Looks for calls that have lasted long enough by now; true when there is something to {@link #flush}. */
    boolean settle(Instant now) {
        for (Table.Key key : young) {
            changed(key, calls.apply(key), now);
        }
        return !dirty.isEmpty();
    }

    /** @throws SpoolFullException what is left is written by the next flush */
    void flush() {
        for (Table.Key key : List.copyOf(dirty)) {
            dirty.remove(key);
            CallMemory call = calls.apply(key);
            try {
                if (call != null && worthARow(call)) {
                    table.put(key, call);
                } else if (table.get(key) != null) {
                    table.remove(key);
                }
            } catch (SpoolFullException e) {
                dirty.add(key);
                throw e;
            }
        }
    }

    private static boolean worthARow(CallMemory call) {
        return !call.over() || !call.transfers().isEmpty();
    }
}
