package org.jackfield.acd.csta;

import java.time.Duration;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Agent;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.ConnectionListItem;
import org.jackfield.protocol.csta.Device;
import org.jspecify.annotations.Nullable;

/** Follows calls: each call event of the ACD once on the bus, under the host's call id. Used on the lane only. */
final class CallFollower {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    /** How long other monitors may still speak of a call that is over. */
    private static final Duration FORGET = Duration.ofSeconds(5);

    private final AgentFollower agents;
    private final CallIds ids;
    private final Outlet outlet;
    private final Meters meters;
    private final Lane lane;
    private final CallBook book;
    private final Duplicates<Report> duplicates = new Duplicates<>(WINDOW, Report::equals);

    private record Report(
            CallEvent.Kind kind,
            @Nullable String device,
            @Nullable String subject,
            @Nullable String cause) {}

    CallFollower(AgentFollower agents, CallIds ids, Outlet outlet, Meters meters, Lane lane, CallBook book) {
        this.book = book;
        this.lane = lane;
        this.agents = agents;
        this.ids = ids;
        this.outlet = outlet;
        this.meters = meters;
    }

    void connected() {
        duplicates.clear();
    }

    void event(CallEvent event, long nanos) {
        String callId = event.connection().callId();
        if (callId == null) {
            meters.refused("no-call-id");
            return;
        }
        CallIds.Known call = ids.of(callId, event.correlatorData());
        link(call.id(), call.replaced(), "correlatorData");
        var report =
                new Report(event.kind(), event.connection().deviceId(), Device.idOf(event.subject()), event.cause());
        if (duplicates.repeats(callId, report, event.crossRef(), nanos)) {
            meters.duplicate();
            return;
        }
        String acdCall = moved(event, callId, call);
        Kind kind = kind(event.kind());
        if (kind != null) {
            publish(kind, event, call, callId, acdCall);
        }
        book.event(event, callId, acdCall, ids.of(acdCall, null));
        if (event.kind() == CallEvent.Kind.CALL_CLEARED) {
            lane.after(FORGET, () -> ids.forget(callId, call));
        }
    }

    /** Null for what the bus has no event for: a call that is only being dialled. */
    private static @Nullable Kind kind(CallEvent.Kind kind) {
        return switch (kind) {
            case SERVICE_INITIATED, ORIGINATED -> null;
            case OFFERED -> Kind.OFFERED;
            case QUEUED -> Kind.QUEUED;
            case DELIVERED -> Kind.DELIVERED;
            case ESTABLISHED -> Kind.ESTABLISHED;
            case HELD -> Kind.HELD;
            case RETRIEVED -> Kind.RETRIEVED;
            case DIVERTED -> Kind.DIVERTED;
            case TRANSFERED -> Kind.TRANSFERRED;
            case CONFERENCED -> Kind.CONFERENCED;
            case CONNECTION_CLEARED, CALL_CLEARED -> Kind.CLEARED;
            case FAILED -> Kind.FAILED;
        };
    }

    /** Follows old to new callIDs; the callID that the call has afterwards. */
    private String moved(CallEvent event, String callId, CallIds.Known call) {
        if (event.kind() != CallEvent.Kind.TRANSFERED && event.kind() != CallEvent.Kind.CONFERENCED) {
            return callId;
        }
        CallIds.Known one = call;
        String second = event.secondary() == null ? null : event.secondary().callId();
        if (second != null && !second.equals(callId)) {
            CallIds.Known other = ids.of(second, null);
            boolean better = call.token() == null && other.token() != null;
            one = better ? other : call;
            link(one.id(), better ? call.id() : other.id(), "transfer");
            ids.follow(second, one);
            ids.follow(callId, one);
        }
        String now = callId;
        for (ConnectionListItem item : event.connections()) {
            if (item.newConnection() != null && item.newConnection().callId() != null) {
                now = item.newConnection().callId();
                ids.follow(now, one);
            }
        }
        return now;
    }

    /**
     * Tells what a snapshot found.
     *
     * @param device whose leg it is about; null for the whole call
     */
    void resync(Kind kind, CallBook.Entry entry, @Nullable String device) {
        Agent agent = agents.byDevice(device);
        CallIds.Known call = entry.known;
        outlet.publish(
                Origin.ACD,
                new CallEvents.Call(
                        kind,
                        call.id(),
                        entry.callId,
                        entry.callId,
                        "acd",
                        entry.calling,
                        entry.called,
                        kind == Kind.QUEUED ? device : null,
                        agent == null ? null : agent.id(),
                        device,
                        null,
                        "resync",
                        call.token()),
                call.id());
    }

    private void link(String id, @Nullable String other, String by) {
        if (other != null && !other.equals(id)) {
            outlet.publish(Origin.ACD, new CallEvents.Linked(id, other, by), id);
        }
    }

    private void publish(Kind kind, CallEvent event, CallIds.Known call, String callId, String acdCall) {
        String device = event.kind() == CallEvent.Kind.CALL_CLEARED
                ? null
                : event.connection().deviceId();
        String subject = Device.idOf(event.subject());
        Agent agent = agents.byDevice(subject);
        agent = agent == null ? agents.byDevice(device) : agent;
        outlet.publish(
                Origin.ACD,
                new CallEvents.Call(
                        kind,
                        call.id(),
                        callId,
                        acdCall,
                        "acd",
                        Device.idOf(event.calling()),
                        Device.idOf(event.called()),
                        kind == Kind.QUEUED ? subject : null,
                        agent == null || event.kind() == CallEvent.Kind.CALL_CLEARED ? null : agent.id(),
                        device,
                        Device.idOf(event.target()),
                        event.cause(),
                        call.token()),
                call.id());
    }
}
