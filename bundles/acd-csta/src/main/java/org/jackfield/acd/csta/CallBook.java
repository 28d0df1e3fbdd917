package org.jackfield.acd.csta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jackfield.plugin.Table;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.ConnectionListItem;
import org.jackfield.protocol.csta.Device;
import org.jspecify.annotations.Nullable;

/** The calls that are up at the ACD, by callID, with each device's connection state. Used on the lane only. */
final class CallBook {
    private static final int MOST = 20_000;

    private final Settings settings;
    private final Outlet outlet;
    private final Table<LiveCall> table;
    private final Map<String, Entry> calls = new LinkedHashMap<>(64, 0.75f, false) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MOST;
        }
    };

    private final Set<String> ended = new HashSet<>();

    CallBook(Settings settings, Outlet outlet, Table<LiveCall> table) {
        this.settings = settings;
        this.outlet = outlet;
        this.table = table;
    }

    /** Remembers from now on which calls end. */
    void watchEnds() {
        ended.clear();
    }

    /** True when the ACD has told the call's end since {@link #watchEnds}. */
    boolean hasEnded(String callId) {
        return ended.contains(callId);
    }

    /** A call with its legs: from the device to {@code alerting}, {@code connected}, {@code hold} or {@code queued}. */
    static final class Entry {
        final String callId;
        CallIds.Known known;
        final Map<String, String> legs = new TreeMap<>();

        @Nullable
        String calling;

        @Nullable
        String called;

        Entry(String callId, CallIds.Known known) {
            this.callId = callId;
            this.known = known;
        }
    }

    /** Takes what an earlier run of the host knew. */
    void load() {
        table.forEach((key, live) -> {
            boolean ours = key.tenant().equals(settings.id().tenant())
                    && live.link().equals(settings.id().toString());
            if (ours && !calls.containsKey(live.acdCall())) {
                var entry = new Entry(live.acdCall(), new CallIds.Known(live.call(), live.token(), null));
                live.devices().forEach(device -> entry.legs.put(device, ""));
                entry.calling = live.calling();
                entry.called = live.called();
                calls.put(live.acdCall(), entry);
            }
        });
    }

    List<Entry> all() {
        return List.copyOf(calls.values());
    }

    @Nullable
    Entry get(String callId) {
        return calls.get(callId);
    }

    /** An event of the ACD, once however many monitors told it; {@code now} is the callID after it. */
    void event(CallEvent event, String callId, String now, CallIds.Known known) {
        switch (event.kind()) {
            case SERVICE_INITIATED, ORIGINATED, FAILED -> {}
            case CALL_CLEARED -> {
                ended.add(callId);
                remove(callId);
            }
            case TRANSFERED, CONFERENCED -> moved(event, callId, now, known);
            case CONNECTION_CLEARED -> {
                Entry entry = calls.get(callId);
                if (entry != null) {
                    entry.legs.remove(device(event));
                }
            }
            case DIVERTED -> {
                Entry entry = entry(callId, known, device(event));
                entry.legs.remove(device(event));
            }
            case OFFERED, DELIVERED -> leg(event, callId, known, "alerting");
            case QUEUED -> leg(event, callId, known, "queued");
            case ESTABLISHED, RETRIEVED -> leg(event, callId, known, "connected");
            case HELD -> leg(event, callId, known, "hold");
        }
    }

    private static String device(CallEvent event) {
        String half = event.connection().deviceId();
        String subject = Device.idOf(event.subject());
        return half != null ? half : subject == null ? "" : subject;
    }

    private void leg(CallEvent event, String callId, CallIds.Known known, String state) {
        Entry entry = entry(callId, known, device(event));
        if (state.equals("connected") || state.equals("alerting")) {
            entry.legs.values().removeIf("queued"::equals);
        }
        String before = entry.legs.put(device(event), state);
        if (before == null && !state.equals("queued")) {
            keep(entry);
        }
        entry.calling = event.calling() == null ? entry.calling : Device.idOf(event.calling());
        entry.called = event.called() == null ? entry.called : Device.idOf(event.called());
    }

    private void moved(CallEvent event, String callId, String now, CallIds.Known known) {
        Entry old = calls.get(callId);
        var legs = new HashMap<String, String>();
        for (ConnectionListItem item : event.connections()) {
            if (item.newConnection() != null && item.newConnection().deviceId() != null) {
                legs.put(item.newConnection().deviceId(), "connected");
            }
        }
        remove(callId);
        if (event.secondary() != null && event.secondary().callId() != null) {
            remove(event.secondary().callId());
        }
        Entry entry =
                entry(now, known, legs.isEmpty() ? "" : legs.keySet().iterator().next());
        entry.legs.clear();
        entry.legs.putAll(legs);
        entry.calling = old == null ? null : old.calling;
        entry.called = old == null ? null : old.called;
    }

    /** The entry of a call that a snapshot or an event tells of. */
    Entry entry(String callId, CallIds.Known known, String device) {
        Entry entry = calls.get(callId);
        if (entry == null || !entry.known.id().equals(known.id())) {
            if (entry != null) {
                forget(entry);
            }
            var fresh = new Entry(callId, known);
            calls.put(callId, fresh);
            fresh.legs.put(device, "");
            keep(fresh);
            fresh.legs.remove(device);
            return fresh;
        }
        entry.known = known;
        return entry;
    }

    private void keep(Entry entry) {
        var live = new LiveCall(
                settings.id().toString(),
                entry.known.id(),
                entry.known.token(),
                entry.callId,
                List.copyOf(entry.legs.keySet()),
                entry.calling,
                entry.called);
        outlet.append(() -> table.put(key(entry.callId), live));
    }

    private void forget(Entry entry) {
        outlet.append(() -> table.remove(key(entry.callId)));
    }

    void remove(String callId) {
        Entry entry = calls.remove(callId);
        if (entry != null) {
            forget(entry);
        }
    }

    /** The devices at which calls are known. */
    List<String> devices() {
        var devices = new ArrayList<String>();
        calls.values().forEach(entry -> devices.addAll(entry.legs.keySet()));
        return devices;
    }

    private Table.Key key(String callId) {
        return new Table.Key(settings.id().tenant(), settings.id().name() + "/" + callId);
    }
}
