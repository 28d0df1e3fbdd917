package org.jackfield.mediation.correlation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one call, whoever said it. Immutable and bounded.
 *
 * @param state the last thing that happened
 * @param legs the connections that are up or ringing, by their id
 * @param transfers transfers that have no outcome yet, by their id
 * @param finished what was told already: ids of transfers with an outcome, the ACD's moves and aliases, oldest first
 */
public record CallMemory(
        String call,
        String state,
        @Nullable String calling,
        @Nullable String called,
        @Nullable String queue,
        @Nullable String agent,
        Instant since,
        Instant changed,
        Map<String, Leg> legs,
        Map<String, Open> transfers,
        List<String> finished) {
    private static final int MOST_LEGS = 16;
    private static final int MOST_FINISHED = 16;

    public CallMemory {
        legs = Map.copyOf(legs);
        transfers = Map.copyOf(transfers);
        finished = List.copyOf(finished);
    }

    /** One connection: an agent's at the ACD (with acdCall and device), or a leg on the trunk. */
    public record Leg(
            @Nullable String acdCall,
            @Nullable String device,
            @Nullable String agent,
            @Nullable String side,
            boolean established,
            Instant since) {}

    /**
     * A transfer without an outcome.
     *
     * @param moving once the ACD has agreed to it
     * @param kind as asked for
     * @param path given with the request: whoever tells of it makes it by itself; null when somebody is to
     */
    public record Open(
            Origin origin,
            @Nullable String alias,
            @Nullable String target,
            @Nullable String agent,
            boolean moving,
            Instant since,
            @Nullable String kind,
            @Nullable String path) {}

    public static CallMemory begin(String call, Instant at) {
        return new CallMemory(call, "new", null, null, null, null, at, at, Map.of(), Map.of(), List.of());
    }

    /**
     * The id by which a connection is found again: callID and device at the ACD; on the trunk, which tells one session's
     * beginning and end on different legs, who called whom.
     */
    public static @Nullable String legId(CallEvents.Call event) {
        if (event.acdCall() != null) {
            return "acd:" + event.acdCall() + ":" + (event.device() == null ? "" : event.device());
        }
        if (event.calling() != null || event.called() != null) {
            return "sip:" + event.calling() + ">" + event.called();
        }
        return event.leg() == null ? null : "sip:" + event.leg();
    }

    /** True when nothing of it is left: its last known connection has gone. */
    public boolean over() {
        return legs.isEmpty() && (state.equals("cleared") || state.equals("failed") || state.equals("diverted"));
    }

    /** Takes an event of this call in. */
    public CallMemory with(CallEvents.Call event, @Nullable String agentOfDevice, Instant at) {
        String who = event.agent() != null ? event.agent() : agentOfDevice;
        Map<String, Leg> nextLegs = legs(event, who, at);
        boolean ends = event.kind() == Kind.CLEARED || event.kind() == Kind.FAILED || event.kind() == Kind.DIVERTED;
        boolean goesOn = ends && !nextLegs.isEmpty();
        return new CallMemory(
                call,
                goesOn ? state : event.kind().text(),
                calling != null ? calling : event.calling(),
                called != null ? called : event.called(),
                event.queue() != null ? event.queue() : queue,
                !ends && who != null ? who : agent,
                since,
                at,
                nextLegs,
                transfers,
                finished);
    }

    private Map<String, Leg> legs(CallEvents.Call event, @Nullable String who, Instant at) {
        String id = legId(event);
        Map<String, Leg> next = new LinkedHashMap<>(legs);
        if (id == null) {
            return next;
        }
        switch (event.kind()) {
            case CLEARED, FAILED, DIVERTED -> remove(next, event, id);
            case TRANSFERRED -> transferred(next, event, who);
            case OFFERED, QUEUED, DELIVERED, ESTABLISHED, HELD, RETRIEVED, CONFERENCED -> {
                Leg old = next.get(id);
                boolean up = event.kind() == Kind.ESTABLISHED
                        || event.kind() == Kind.HELD
                        || event.kind() == Kind.RETRIEVED
                        || (old != null && old.established());
                if (old != null || next.size() < MOST_LEGS) {
                    next.put(
                            id,
                            new Leg(
                                    event.acdCall(),
                                    event.device(),
                                    who != null || old == null ? who : old.agent(),
                                    event.side(),
                                    up,
                                    old == null ? at : old.since()));
                }
            }
        }
        return next;
    }

    /** The transferring party leaves; what stays goes on under the new callID. */
    private static void transferred(Map<String, Leg> legs, CallEvents.Call event, @Nullable String who) {
        for (Map.Entry<String, Leg> entry : List.copyOf(legs.entrySet())) {
            Leg leg = entry.getValue();
            if (leg.acdCall() == null
                    || (!leg.acdCall().equals(event.leg()) && !leg.acdCall().equals(event.acdCall()))) {
                continue;
            }
            legs.remove(entry.getKey());
            boolean leaves = (leg.device() != null && leg.device().equals(event.device()))
                    || (who != null && who.equals(leg.agent()));
            if (!leaves) {
                String id = "acd:" + event.acdCall() + ":" + (leg.device() == null ? "" : leg.device());
                legs.put(
                        id,
                        new Leg(
                                event.acdCall(),
                                leg.device(),
                                leg.agent(),
                                leg.side(),
                                leg.established(),
                                leg.since()));
            }
        }
    }

    /** An end without a device ends every connection of that call at the ACD. */
    private static void remove(Map<String, Leg> legs, CallEvents.Call event, String id) {
        if (event.acdCall() != null && event.device() == null) {
            legs.values().removeIf(leg -> event.acdCall().equals(leg.acdCall()));
        } else {
            legs.remove(id);
            // The queue's own connection has no device and ends with the agent's.
            if (event.acdCall() != null
                    && legs.values().stream()
                            .noneMatch(l -> event.acdCall().equals(l.acdCall()) && l.device() != null)) {
                legs.remove("acd:" + event.acdCall() + ":");
            }
        }
    }

    /** The trunk bridges by itself what nobody else shall do, and tells the outcome itself. */
    private boolean bridgedUnasked(CallEvents.Transfer event, Origin origin) {
        boolean known = transfers.containsKey(event.transfer());
        // Asked for on the bus by somebody else than this node, and taken by a flow here.
        boolean takenHere =
                event.step() == TransferStep.ACCEPTED && (origin == Origin.OPERATOR || origin == Origin.HOST);
        return !known && !takenHere && event.step() != TransferStep.REQUESTED;
    }

    /** The id of a transfer that the ACD made by itself: one per callID and new party. */
    public static String moveId(@Nullable String acdCall, @Nullable String to) {
        return "acd-" + acdCall + "-" + to;
    }

    private static String aliasId(String alias) {
        return "alias-" + alias.replace("+", "");
    }

    /** True when a TransferedEvent of the ACD was told already, or belongs to a transfer of the trunk that was. */
    public boolean told(@Nullable String acdCall, @Nullable String to) {
        return finished.contains(moveId(acdCall, to)) || (to != null && finished.contains(aliasId(to)));
    }

    /** Takes a step of a transfer in. */
    public CallMemory with(CallEvents.Transfer event, Origin origin, Instant at) {
        Map<String, Open> open = new LinkedHashMap<>(transfers);
        List<String> done = new ArrayList<>(finished);
        if (event.step() == TransferStep.COMPLETED || event.step() == TransferStep.FAILED) {
            open.remove(event.transfer());
            done.add(event.transfer());
            if (event.leg() != null && (event.target() != null || "acd".equals(event.path()))) {
                done.add(moveId(event.leg(), event.target()));
            }
            if (event.alias() != null) {
                done.add(aliasId(event.alias()));
            }
            while (done.size() > MOST_FINISHED) {
                done.remove(0);
            }
        } else if (!done.contains(event.transfer()) && !bridgedUnasked(event, origin)) {
            Open old = open.get(event.transfer());
            boolean moving = event.step() == TransferStep.ACCEPTED && "acd".equals(event.path());
            open.put(
                    event.transfer(),
                    old == null
                            ? new Open(
                                    origin,
                                    event.alias(),
                                    event.target(),
                                    event.agent(),
                                    moving,
                                    at,
                                    event.kind(),
                                    event.step() == TransferStep.REQUESTED ? event.path() : null)
                            : new Open(
                                    old.origin(),
                                    old.alias(),
                                    old.target(),
                                    old.agent(),
                                    old.moving() || moving,
                                    old.since(),
                                    old.kind(),
                                    old.path()));
        }
        return new CallMemory(call, state, calling, called, queue, agent, since, at, legs, open, done);
    }

    /** The agent's connection at the ACD, or the only agent's when no agent is named; null when there is none. */
    public @Nullable Leg agentLeg(@Nullable String who, @Nullable String device) {
        List<Leg> atAcd = legs.values().stream()
                .filter(leg ->
                        leg.acdCall() != null && leg.device() != null && leg.agent() != null && leg.established())
                .toList();
        for (Leg leg : atAcd) {
            if ((who != null && who.equals(leg.agent())) || (device != null && device.equals(leg.device()))) {
                return leg;
            }
        }
        return who == null && atAcd.size() == 1 ? atAcd.get(0) : null;
    }
}
