package org.jackfield.acd.csta;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
        book.watchEnds();
        var asked = new LinkedHashSet<>(devices);
        asked.addAll(book.devices());
        asked.remove("");
        round.open = 1;
        for (String device : asked) {
            round.open++;
            pacer.ask(new MonitorMessage.Snapshot(device), (answer, failure) -> {
                if (answer != null) {
                    round.device(device, answer.calls());
                }
                round.answered(failure);
            });
        }
        round.answered(null);
    }

    /**
     * One comparison; nothing is concluded from one that the loss of the connection cuts. Each answer is compared when
     * it comes, for it is as new as the events before it and older than those behind it.
     */
    private final class Round {
        private final List<CallBook.Entry> before;
        /** Calls that are not known, from callID to device to state. */
        private final Map<String, Map<String, String>> unknown = new LinkedHashMap<>();

        private final Set<String> found = new HashSet<>();
        private final Set<String> lacking = new HashSet<>();
        private final Set<String> asked = new HashSet<>();
        private int open;
        private boolean cut;

        Round(List<CallBook.Entry> before) {
            this.before = before;
        }

        void device(String device, List<MonitorMessage.Call> there) {
            asked.add(device);
            var here = new HashSet<String>();
            for (MonitorMessage.Call call : there) {
                String callId = call.connection().callId();
                if (callId == null) {
                    continue;
                }
                here.add(callId);
                String half = call.connection().deviceId();
                String at = half == null ? device : half;
                String state = call.state() == null ? "connected" : call.state();
                CallBook.Entry entry = book.get(callId);
                if (entry == null) {
                    unknown.computeIfAbsent(callId, id -> new LinkedHashMap<>()).put(at, state);
                } else {
                    leg(entry, at, state);
                }
            }
            found.addAll(here);
            for (CallBook.Entry entry : before) {
                if (entry.legs.containsKey(device) && !here.contains(entry.callId)) {
                    lacking.add(entry.callId);
                }
            }
        }

        void answered(@Nullable Throwable failure) {
            cut |= failure != null && Failures.cut(Failures.cause(failure));
            if (--open == 0 && !cut) {
                for (CallBook.Entry entry : before) {
                    boolean seen = found.contains(entry.callId) && !lacking.contains(entry.callId);
                    if (!seen && book.get(entry.callId) == entry) {
                        check(entry);
                    }
                }
                unknown.forEach(this::learn);
            }
        }

        /** A known call that some device's snapshot lacks: it may be elsewhere or wait in a queue, or it is over. */
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
            boolean everywhere =
                    !entry.legs.isEmpty() && asked.containsAll(entry.legs.keySet()) && !found.contains(entry.callId);
            return isUnknown(refused.error()) || everywhere;
        }

        private static boolean isUnknown(CstaError error) {
            return error.code().startsWith("invalidCall")
                    || error.code().startsWith("invalidConnection")
                    || error.category().equals(CstaError.STATE_INCOMPATIBILITY);
        }

        private void over(CallBook.Entry entry) {
            LOG.info("{}: call {} ended while it could not be heard", settings.id(), entry.known.id());
            book.remove(entry.callId);
            calls.resync(Kind.CLEARED, entry, null);
            ids.forget(entry.callId, entry.known);
        }

        /** A call that began while it could not be heard. */
        private void learn(String callId, Map<String, String> stale) {
            String device = stale.keySet().iterator().next();
            pacer.ask(new MonitorMessage.SnapshotOfCall(new ConnectionId(callId, device)), (answer, failure) -> {
                Throwable cause = failure == null ? null : Failures.cause(failure);
                boolean gone = cause instanceof CstaErrorException refused && isUnknown(refused.error());
                if (gone
                        || book.get(callId) != null
                        || book.hasEnded(callId)
                        || (cause != null && Failures.cut(cause))) {
                    return;
                }
                CallIds.Known known = ids.of(callId, answer == null ? null : answer.correlatorData());
                CallBook.Entry entry = book.entry(callId, known, device);
                if (answer != null) {
                    entry.calling = Device.idOf(answer.calling());
                    entry.called = Device.idOf(answer.called());
                }
                legs(entry, answer == null ? stale : legsOf(answer));
            });
        }

        private Map<String, String> legsOf(MonitorMessage.SnapshotCallAnswer answer) {
            Map<String, String> legs = new TreeMap<>();
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

        /** Takes a call's legs as the ACD has them now. */
        private void legs(CallBook.Entry entry, Map<String, String> now) {
            for (String device : List.copyOf(entry.legs.keySet())) {
                if (!now.containsKey(device) && !device.isEmpty()) {
                    String state = entry.legs.remove(device);
                    if (!"queued".equals(state)) {
                        calls.resync(Kind.CLEARED, entry, device);
                    }
                }
            }
            now.forEach((device, state) -> leg(entry, device, state));
        }

        /** Tells a leg whose state is another than known; of one from an earlier run only its being there is known. */
        private void leg(CallBook.Entry entry, String device, String state) {
            String known = entry.legs.put(device, state);
            Kind kind = kind(state);
            if (!state.equals(known) && !"".equals(known) && kind != null) {
                calls.resync(kind, entry, device);
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
