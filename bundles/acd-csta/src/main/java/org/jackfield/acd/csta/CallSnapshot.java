package org.jackfield.acd.csta;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaErrorException;
import org.jackfield.protocol.csta.Device;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the calls at the ACD with the calls that are known, after a time in which events may have been lost
 * (SnapshotDevice and SnapshotCall, ECMA-269 clause 16): what ended is told as ended, what is new or another is told,
 * all with the cause {@code resync}. Used on the lane only.
 */
final class CallSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(CallSnapshot.class);

    private final Settings settings;
    private final CallBook book;
    private final CallFollower calls;
    private final CallIds ids;
    private final Pacer pacer;

    CallSnapshot(Settings settings, CallBook book, CallFollower calls, CallIds ids, Pacer pacer) {
        this.settings = settings;
        this.book = book;
        this.calls = calls;
        this.ids = ids;
        this.pacer = pacer;
    }

    /** Asks about all known calls, and about the calls at {@code devices} and where calls are known. */
    void take(Collection<String> devices) {
        var round = new Round(book.all());
        var asked = new LinkedHashSet<>(devices);
        asked.addAll(book.devices());
        asked.remove("");
        round.open = 1;
        for (String device : asked) {
            round.open++;
            pacer.ask(new MonitorMessage.Snapshot(device), (answer, failure) -> {
                if (answer != null) {
                    round.asked.add(device);
                    answer.calls().forEach(call -> round.found(device, call));
                }
                round.answered(failure);
            });
        }
        round.answered(null);
    }

    /** One comparison; nothing is told of one that the loss of the connection cuts. */
    private final class Round {
        private final List<CallBook.Entry> before;
        /** From callID to device to state. */
        private final Map<String, Map<String, String>> found = new HashMap<>();

        private final Set<String> asked = new HashSet<>();
        private int open;
        private boolean cut;

        Round(List<CallBook.Entry> before) {
            this.before = before;
        }

        void found(String device, MonitorMessage.Call call) {
            String callId = call.connection().callId();
            if (callId != null) {
                String at = call.connection().deviceId();
                found.computeIfAbsent(callId, id -> new HashMap<>())
                        .put(at == null ? device : at, call.state() == null ? "connected" : call.state());
            }
        }

        void answered(@Nullable Throwable failure) {
            cut |= failure != null && Failures.cut(Failures.cause(failure));
            if (--open == 0 && !cut) {
                compare();
            }
        }

        private void compare() {
            for (CallBook.Entry entry : before) {
                if (!found.containsKey(entry.callId)) {
                    check(entry);
                }
            }
            found.forEach((callId, legs) -> {
                CallBook.Entry entry = book.get(callId);
                if (entry == null) {
                    learn(callId, legs);
                } else if (before.contains(entry)) {
                    legs(entry, legs);
                }
            });
        }

        /** A known call that no device's snapshot has: it may wait in a queue, or it is over. */
        private void check(CallBook.Entry entry) {
            String device =
                    entry.legs.isEmpty() ? null : entry.legs.keySet().iterator().next();
            pacer.ask(new MonitorMessage.SnapshotOfCall(new ConnectionId(entry.callId, device)), (answer, failure) -> {
                if (book.get(entry.callId) != entry) {
                    return; // an event has told meanwhile
                }
                if (answer != null) {
                    String token = CallIds.token(answer.correlatorData());
                    if (token != null && !token.equals(entry.known.token())) {
                        over(entry); // the callID has been given to another call
                    } else {
                        legs(entry, legsOf(answer));
                    }
                } else if (failure != null && isOver(entry, Failures.cause(failure))) {
                    over(entry);
                }
            });
        }

        private boolean isOver(CallBook.Entry entry, Throwable cause) {
            if (!(cause instanceof CstaErrorException refused)) {
                return false;
            }
            CstaError error = refused.error();
            boolean unknown =
                    error.code().startsWith("invalidCall") || error.code().startsWith("invalidConnection");
            boolean everywhere = !entry.legs.isEmpty() && asked.containsAll(entry.legs.keySet());
            return unknown || error.category().equals(CstaError.STATE_INCOMPATIBILITY) || everywhere;
        }

        private void over(CallBook.Entry entry) {
            LOG.info("{}: call {} ended while it could not be heard", settings.id(), entry.known.id());
            book.remove(entry.callId);
            calls.resync(Kind.CLEARED, entry, null);
            ids.forget(entry.callId, entry.known);
        }

        /** A call that began while it could not be heard. */
        private void learn(String callId, Map<String, String> legs) {
            String device = legs.keySet().iterator().next();
            pacer.ask(new MonitorMessage.SnapshotOfCall(new ConnectionId(callId, device)), (answer, failure) -> {
                if (book.get(callId) != null || (failure != null && Failures.cut(Failures.cause(failure)))) {
                    return;
                }
                CallIds.Known known = ids.of(callId, answer == null ? null : answer.correlatorData());
                CallBook.Entry entry = book.entry(callId, known, device);
                if (answer != null) {
                    entry.calling = Device.idOf(answer.calling());
                    entry.called = Device.idOf(answer.called());
                }
                legs(entry, legs);
            });
        }

        private Map<String, String> legsOf(MonitorMessage.SnapshotCallAnswer answer) {
            Map<String, String> legs = new HashMap<>();
            for (MonitorMessage.Party party : answer.parties()) {
                String half =
                        party.connection() == null ? null : party.connection().deviceId();
                String device = half == null ? Device.idOf(party.device()) : half;
                if (device != null) {
                    legs.put(device, party.state() == null ? "connected" : party.state());
                }
            }
            return legs;
        }

        /** Tells each leg whose state is another than known; devices that were asked and lack the call have left it. */
        private void legs(CallBook.Entry entry, Map<String, String> now) {
            for (String device : List.copyOf(entry.legs.keySet())) {
                if (!now.containsKey(device) && asked.contains(device)) {
                    entry.legs.remove(device);
                    calls.resync(Kind.CLEARED, entry, device);
                }
            }
            var changed = new ArrayList<String>();
            now.forEach((device, state) -> {
                if (!state.equals(entry.legs.put(device, state))) {
                    changed.add(device);
                }
            });
            changed.sort(null);
            for (String device : changed) {
                Kind kind = kind(String.valueOf(now.get(device)));
                if (kind != null) {
                    calls.resync(kind, entry, device);
                }
            }
        }

        private static @Nullable Kind kind(String state) {
            return switch (state) {
                case "alerting" -> Kind.DELIVERED;
                case "connected" -> Kind.ESTABLISHED;
                case "hold" -> Kind.HELD;
                case "queued" -> Kind.QUEUED;
                default -> null;
            };
        }
    }
}
