package org.jackfield.twin.acd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jackfield.twin.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Call control: queues, routeing with a fall-back to the longest idle agent, dialling out, transfer.
 * Used on the ACD's thread only.
 */
final class CallCenter {
    private static final long NO_ANSWER = 20_000;
    private static final long NO_SIGN = 4_000;
    private static final long AGAIN = 500;
    private static final int MAX_ATTEMPTS = 5;

    /** Thrown when a request does not fit the call's state; the message is the ECMA-323 literal. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String category;

        Refused(String category, String literal) {
            super(literal, null, false, false);
            this.category = category;
        }

        /** The child of CSTAErrorCode. */
        String category() {
            return category;
        }
    }

    private final Agents agents;
    private final Timers timers;
    private final Faults faults;
    private final Consumer<CallChange> changes;
    private final Set<String> pilots;
    private final long routeTimeout;
    private final Map<String, AcdCall> calls = new LinkedHashMap<>();
    private final Map<String, AcdCall> asked = new LinkedHashMap<>();
    private final Map<String, LinkedHashSet<AcdCall>> queues = new LinkedHashMap<>();
    private Routeing routeing = new NobodyRoutes();
    private Line.@Nullable Dialer desks;
    private Line.@Nullable Dialer outside;
    private long lastCall = 0xFF0000L;
    private long lastCrossRef;
    private long accepted;
    private long completed;

    CallCenter(
            Agents agents,
            Timers timers,
            Faults faults,
            Set<String> pilots,
            long routeTimeout,
            Consumer<CallChange> changes) {
        this.agents = agents;
        this.timers = timers;
        this.faults = faults;
        this.pilots = pilots;
        this.routeTimeout = routeTimeout;
        this.changes = changes;
    }

    /** How devices dial: inside the ACD, and through the trunk. */
    void dialBy(Line.Dialer inside, Line.Dialer trunk) {
        desks = inside;
        outside = trunk;
    }

    void routeBy(Routeing application) {
        routeing = application;
    }

    Set<String> pilots() {
        return pilots;
    }

    boolean isPilot(String number) {
        return pilots.contains(number);
    }

    /** A call to a pilot came in; what its caller does is to be told to the listener. */
    Line.Listener incoming(String pilot, String from, String uui, Line caller, Line.Dialer dialer) {
        AcdCall call = new AcdCall(nextCallId(), pilot, from, uui, caller, dialer);
        calls.put(call.id, call);
        accepted++;
        emit(call, CallChange.Kind.QUEUED, pilot, "enteringDistribution", List.of(pilot));
        route(call);
        return new CallerListener(call);
    }

    /** RouteSelect from the application. */
    void routeSelected(String crossRef, String destination, boolean usedWanted) {
        AcdCall call = take(crossRef);
        if (call == null) {
            return;
        }
        call.usedWanted = usedWanted;
        Optional<Agent> agent = agents.find(destination);
        if (agent.isPresent() && !agent.get().free()) {
            routeing.end(crossRef, "requestIncompatibleWithCalledDevice");
            byItself(call);
            return;
        }
        if (agent.isPresent()) {
            offer(call, agent.get());
        } else {
            call.partyNumber = destination;
            call.phase = AcdCall.Phase.RINGING;
            call.party = call.dialer.dial(destination, call.calling, call.uui, new PartyListener(call));
        }
        if (usedWanted) {
            routeing.used(crossRef, call.partyDevice(), call.calling);
        }
        routeing.end(crossRef, null);
    }

    /** RouteEnd or RouteReject from the application: the switch goes by its own algorithm. */
    void routeEnded(String crossRef) {
        AcdCall call = take(crossRef);
        if (call != null) {
            byItself(call);
        }
    }

    /** An agent may have become free. */
    void dispatch(Agent agent) {
        for (String group : agent.line().groups()) {
            LinkedHashSet<AcdCall> queue = queues.get(group);
            if (agent.free() && queue != null && !queue.isEmpty()) {
                AcdCall call = queue.iterator().next();
                queue.remove(call);
                offer(call, agent);
            }
        }
    }

    /** SingleStepTransferCall: rings {@code to} while the agent keeps the call; the answer is the new callID. */
    String transfer(String callId, String device, String to) {
        AcdCall call = connected(callId, device);
        if (call.transfer != null) {
            throw new Refused("stateIncompatibility", "invalidConnectionState");
        }
        if (faults.strikes("acd.transfer-fails") || to.isEmpty()) {
            throw new Refused("operation", "invalidDestination");
        }
        AcdCall.Transfer transfer = new AcdCall.Transfer(nextCallId(), to, device);
        call.transfer = transfer;
        transfer.line = call.dialer.dial(to, call.calling, call.uui, new TransferListener(call, transfer));
        return transfer.callId;
    }

    /** ClearConnection: the device's party leaves the call. */
    void clear(String callId, String device) {
        AcdCall call = calls.get(callId);
        if (call != null && call.phase == AcdCall.Phase.RINGING && device.equals(call.origin)) {
            leave(call, device);
            return;
        }
        leave(connected(callId, device), device);
    }

    /** MakeCall: a device calls a number, or another device; the answer is the callID. */
    String make(String device, String to, String uui) {
        if (agents.byDevice(device) == null) {
            throw new Refused("operation", "invalidCallingDeviceID");
        }
        return originate(device, to, uui, null).id;
    }

    /** ConsultationCall: the device's call is held, and another is made. */
    String consult(String callId, String device, String to) {
        AcdCall call = connected(callId, device);
        if (call.held) {
            throw new Refused("stateIncompatibility", "invalidConnectionState");
        }
        AcdCall made = originate(device, to, call.uui, call);
        call.held = true;
        emit(call, CallChange.Kind.HELD, device, "consultation", audience(call));
        return made.id;
    }

    private AcdCall originate(String device, String to, String uui, @Nullable AcdCall from) {
        Optional<Agent> other = agents.find(to);
        Line.Dialer dialer = from != null ? from.dialer : other.isPresent() ? desks : outside;
        if (to.isEmpty()
                || dialer == null
                || other.map(agent -> agent.line().device().equals(device)).orElse(false)) {
            throw new Refused("operation", "invalidCalledDeviceID");
        }
        AcdCall made = new AcdCall(nextCallId(), to, device, uui, DeskLines.caller("desk-" + device, () -> {}), dialer);
        made.origin = device;
        made.partyNumber = other.map(agent -> agent.line().device()).orElse(to);
        made.phase = AcdCall.Phase.RINGING;
        calls.put(made.id, made);
        accepted++;
        emit(made, CallChange.Kind.ORIGINATED, device, "newCall", audience(made));
        String number = other.map(agent -> agent.line().number()).orElse(to);
        made.party = dialer.dial(number, device, uui, new PartyListener(made));
        return made;
    }

    /** ReconnectCall: the consultation ends, the held call goes on. */
    void reconnect(String activeId, String heldId, String device) {
        AcdCall held = connected(heldId, device);
        AcdCall active = calls.get(activeId);
        if (active == null || !active.has(device) || active == held) {
            throw new Refused("operation", "invalidCallID");
        }
        if (!held.held) {
            throw new Refused("stateIncompatibility", "invalidConnectionState");
        }
        leave(active, device);
        hold(heldId, device, false);
    }

    /** TransferCall: the held call's caller and the active call's party stay; the answer is the new callID. */
    String join(String heldId, String activeId, String device, boolean stays) {
        AcdCall held = connected(heldId, device);
        AcdCall active = connected(activeId, device);
        if (!held.held || active == held || !device.equals(active.origin)) {
            throw new Refused("stateIncompatibility", "invalidConnectionState");
        }
        if (faults.strikes("acd.transfer-fails")) {
            throw new Refused("operation", "generic");
        }
        String next = nextCallId();
        String to = active.partyDevice();
        List<String> heard = new ArrayList<>(audience(held));
        heard.addAll(audience(active));
        changes.accept(new CallChange(
                stays ? CallChange.Kind.CONFERENCED : CallChange.Kind.TRANSFERED,
                held.id,
                device,
                held.calling,
                held.pilot,
                next,
                to,
                stays ? "conference" : "transfer",
                held.correlator(),
                heard.stream().distinct().toList(),
                active.id));
        calls.values().removeIf(each -> each == held || each == active);
        active.into = held;
        active.phase = AcdCall.Phase.ENDED;
        completed++;
        held.id = next;
        held.held = false;
        calls.put(next, held);
        Line joined = active.party;
        if (joined != null && stays) {
            held.extras.put(to, joined);
        } else if (joined != null) {
            replaceParty(held, joined, to);
        }
        return next;
    }

    private void replaceParty(AcdCall call, Line joined, String to) {
        Line old = call.party;
        Agent before = call.agent;
        call.party = joined;
        call.partyNumber = to;
        Agent after = agents.byDevice(to);
        call.agent = after;
        if (old != null) {
            old.hangUp();
        }
        if (before != null) {
            agents.afterCall(before);
        }
        if (after != null) {
            agents.busy(after);
        }
    }

    /** SingleStepConferenceCall: another device is rung and joins when it answers. */
    String addParty(String callId, String device, String to) {
        AcdCall call = connected(callId, device);
        Optional<Agent> other = agents.find(to);
        if (to.isEmpty() || call.has(to)) {
            throw new Refused("operation", "invalidCalledDeviceID");
        }
        String number = other.map(agent -> agent.line().number()).orElse(to);
        Line[] line = new Line[1];
        line[0] = call.dialer.dial(number, call.calling, call.uui, new JoinListener(call, device, to, () -> line[0]));
        return call.id;
    }

    /** DeflectCall: a call that rings at the device goes elsewhere. */
    void deflect(String callId, String device, String to) {
        AcdCall call = ringing(callId, device);
        if (to.isEmpty()) {
            throw new Refused("operation", "invalidDestination");
        }
        Agent agent = call.agent;
        changes.accept(new CallChange(
                CallChange.Kind.DIVERTED,
                call.id,
                device,
                call.calling,
                call.pilot,
                null,
                to,
                "redirected",
                call.correlator(),
                audience(call)));
        takeBack(call);
        Optional<Agent> other = agents.find(to);
        if (other.isPresent() && other.get().free()) {
            offer(call, other.get());
        } else {
            call.partyNumber = to;
            call.party = call.dialer.dial(to, call.calling, call.uui, new PartyListener(call));
        }
        if (agent != null) {
            agents.release(agent);
            dispatch(agent);
        }
    }

    /** AnswerCall: only phones inside the ACD can be answered for their users. */
    void answer(String callId, String device) {
        AcdCall call = ringing(callId, device);
        if (call.dialer != desks || call.party == null) {
            throw new Refused("operation", "requestIncompatibleWithObject");
        }
        call.party.answer();
    }

    private AcdCall ringing(String callId, String device) {
        AcdCall call = calls.get(callId);
        if (call == null) {
            throw new Refused("operation", "invalidCallID");
        }
        if (!call.partyDevice().equals(device)) {
            throw new Refused("operation", "invalidConnectionID");
        }
        if (call.phase != AcdCall.Phase.RINGING) {
            throw new Refused("stateIncompatibility", "noCallToAnswer");
        }
        return call;
    }

    /** A device leaves: with others in a conference the call goes on, otherwise it ends. */
    private void leave(AcdCall call, String device) {
        Line extra = call.extras.remove(device);
        if (extra != null) {
            extra.hangUp();
            emit(call, CallChange.Kind.CONNECTION_CLEARED, device, "normalClearing", audience(call));
        } else if (!call.extras.isEmpty() && !device.equals(call.origin)) {
            emit(call, CallChange.Kind.CONNECTION_CLEARED, device, "normalClearing", audience(call));
            String next = call.extras.keySet().iterator().next();
            replaceParty(call, call.extras.remove(next), next);
        } else if (device.equals(call.origin)) {
            emit(call, CallChange.Kind.CONNECTION_CLEARED, device, "normalClearing", audience(call));
            if (call.party != null) {
                call.party.hangUp();
            }
            end(call, "normalClearing");
        } else {
            agentLeft(call);
        }
    }

    /** HoldCall and RetrieveCall. */
    void hold(String callId, String device, boolean held) {
        AcdCall call = connected(callId, device);
        if (call.held == held) {
            throw new Refused("stateIncompatibility", "invalidConnectionState");
        }
        call.held = held;
        emit(call, held ? CallChange.Kind.HELD : CallChange.Kind.RETRIEVED, device, "normal", audience(call));
    }

    /** The calls in which the device has a connection. */
    List<AcdCall> at(String device) {
        return calls.values().stream()
                .filter(call -> call.phase != AcdCall.Phase.ENDED)
                .filter(call -> call.has(device))
                .distinct()
                .toList();
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("accepted", accepted);
        view.put("completed", completed);
        view.put("calls", calls.values().stream().distinct().map(AcdCall::view).toList());
        return view;
    }

    @Nullable
    AcdCall call(String callId) {
        return calls.get(callId);
    }

    private void route(AcdCall call) {
        String crossRef = "R" + ++lastCrossRef;
        call.phase = AcdCall.Phase.ROUTEING;
        boolean askedSomebody =
                !faults.isOn("acd.no-route-request") && routeing.request(crossRef, call.pilot, call, routeTimeout);
        if (!askedSomebody) {
            byItself(call);
            return;
        }
        call.crossRef = crossRef;
        asked.put(crossRef, call);
        call.timer = timers.after(routeTimeout, () -> {
            if (take(crossRef) != null) {
                routeing.end(crossRef, "timeOut");
                byItself(call);
            }
        });
    }

    private @Nullable AcdCall take(String crossRef) {
        AcdCall call = asked.remove(crossRef);
        if (call != null) {
            call.stopTimer();
            call.crossRef = null;
        }
        return call;
    }

    private void byItself(AcdCall call) {
        call.timer = null;
        Optional<Agent> agent = agents.longestIdle(call.pilot);
        if (agent.isPresent()) {
            offer(call, agent.get());
            return;
        }
        call.phase = AcdCall.Phase.QUEUED;
        queues.computeIfAbsent(call.pilot, pilot -> new LinkedHashSet<>()).add(call);
        call.caller.queued();
    }

    private void offer(AcdCall call, Agent agent) {
        agents.reserve(agent);
        call.agent = agent;
        call.phase = AcdCall.Phase.RINGING;
        call.attempts++;
        call.party = call.dialer.dial(agent.line().number(), call.calling, call.uui, new PartyListener(call));
        call.timer = timers.after(NO_SIGN, () -> trunkFailed(call));
    }

    /** The trunk gave no sign of life or refused: not the agent's fault, so the agent stays Ready and it is tried again. */
    private void trunkFailed(AcdCall call) {
        Agent agent = call.agent;
        if (agent == null || call.phase != AcdCall.Phase.RINGING) {
            return;
        }
        emit(call, CallChange.Kind.FAILED, agent.line().device(), "networkOutOfOrder", audience(call));
        takeBack(call);
        agents.release(agent);
        if (call.attempts >= MAX_ATTEMPTS) {
            call.caller.refuse(480);
            end(call, "networkOutOfOrder");
        } else {
            call.phase = AcdCall.Phase.QUEUED;
            call.timer = timers.after(AGAIN, () -> byItself(call));
        }
        dispatch(agent);
    }

    private void takeBack(AcdCall call) {
        call.stopTimer();
        Line party = call.party;
        if (party != null) {
            party.hangUp();
        }
        call.agent = null;
        call.party = null;
    }

    /** RONA: the agent is taken out and the caller keeps its place. */
    private void noAnswer(AcdCall call, String cause) {
        Agent agent = call.agent;
        if (agent == null || call.phase != AcdCall.Phase.RINGING) {
            return;
        }
        emit(call, CallChange.Kind.FAILED, agent.line().device(), cause, audience(call));
        takeBack(call);
        agents.release(agent);
        agents.request(agent, "notReady", "RONA");
        if (call.attempts >= MAX_ATTEMPTS) {
            call.caller.refuse(480);
            end(call, "noAvailableAgents");
        } else {
            byItself(call);
        }
    }

    private AcdCall connected(String callId, String device) {
        AcdCall call = calls.get(callId);
        if (call == null) {
            throw new Refused("operation", "invalidCallID");
        }
        if (!call.has(device)) {
            throw new Refused("operation", "invalidConnectionID");
        }
        if (call.phase != AcdCall.Phase.CONNECTED) {
            throw new Refused("stateIncompatibility", "noConnectionToClear");
        }
        return call;
    }

    private void agentLeft(AcdCall call) {
        Agent agent = call.agent;
        Line party = call.party;
        if (party != null) {
            party.hangUp();
        }
        if (call.transfer != null) {
            partGone(call, agent);
            return;
        }
        emit(call, CallChange.Kind.CONNECTION_CLEARED, call.partyDevice(), "normalClearing", audience(call));
        call.caller.hangUp();
        end(call, "normalClearing");
    }

    /** The agent left while the new party rings: the agent is free, the caller waits for the transfer's end. */
    private void partGone(AcdCall call, @Nullable Agent agent) {
        emit(call, CallChange.Kind.CONNECTION_CLEARED, call.partyDevice(), "normalClearing", audience(call));
        call.party = null;
        call.agent = null;
        if (agent != null) {
            agents.afterCall(agent);
        }
    }

    private void end(AcdCall call, String cause) {
        if (call.phase == AcdCall.Phase.ENDED) {
            return;
        }
        List<String> audience = audience(call);
        Agent agent = call.agent;
        call.phase = AcdCall.Phase.ENDED;
        completed++;
        call.stopTimer();
        if (call.crossRef != null) {
            asked.remove(call.crossRef);
            routeing.end(call.crossRef, "callClearedOrAbandoned");
        }
        queues.getOrDefault(call.pilot, new LinkedHashSet<>()).remove(call);
        if (call.transfer != null && call.transfer.line != null) {
            call.transfer.line.hangUp();
        }
        call.extras.values().forEach(Line::hangUp);
        calls.values().removeIf(each -> each == call);
        emit(call, CallChange.Kind.CALL_CLEARED, call.partyDevice(), cause, audience);
        if (agent != null && agent.state == State.BUSY) {
            agents.afterCall(agent);
        } else if (agent != null) {
            agents.release(agent);
            dispatch(agent);
        }
    }

    private String nextCallId() {
        return Long.toHexString(++lastCall).toUpperCase(java.util.Locale.ROOT);
    }

    /** Monitors on the agent's device, on its groups and on the pilot all hear a call: the same event comes more than once. */
    private List<String> audience(AcdCall call) {
        Set<String> audience = new LinkedHashSet<>();
        Agent agent = call.agent;
        if (agent != null) {
            audience.add(agent.line().device());
        }
        if (call.origin != null) {
            audience.add(call.origin);
            audience.add(call.partyDevice());
        }
        audience.addAll(call.extras.keySet());
        audience.add(call.pilot);
        return new ArrayList<>(audience);
    }

    private void emit(AcdCall call, CallChange.Kind kind, String device, String cause, List<String> audience) {
        changes.accept(new CallChange(
                kind, call.id, device, call.calling, call.pilot, null, null, cause, call.correlator(), audience));
    }

    private final class CallerListener implements Line.Listener {
        private final AcdCall call;

        CallerListener(AcdCall call) {
            this.call = call;
        }

        @Override
        public void ringing() {}

        @Override
        public void answered() {}

        @Override
        public void refused(int status) {
            hungUp();
        }

        @Override
        public void hungUp() {
            if (call.phase == AcdCall.Phase.ENDED) {
                return;
            }
            if (call.phase == AcdCall.Phase.CONNECTED) {
                emit(call, CallChange.Kind.CONNECTION_CLEARED, call.calling, "normalClearing", audience(call));
            }
            if (call.party != null) {
                call.party.hangUp();
            }
            end(call, "normalClearing");
        }
    }

    private final class PartyListener implements Line.Listener {
        private final AcdCall call;
        private boolean rang;

        PartyListener(AcdCall call) {
            this.call = call;
        }

        @Override
        public void ringing() {
            if (call.phase == AcdCall.Phase.RINGING && !rang) {
                rang = true;
                call.stopTimer();
                call.timer = timers.after(NO_ANSWER, () -> noAnswer(call, "callForwardNoAnswer"));
                emit(call, CallChange.Kind.DELIVERED, call.partyDevice(), "distributed", audience(call));
                call.caller.ringing();
            }
        }

        @Override
        public void answered() {
            if (call.phase != AcdCall.Phase.RINGING) {
                return;
            }
            ringing();
            call.stopTimer();
            call.phase = AcdCall.Phase.CONNECTED;
            emit(call, CallChange.Kind.ESTABLISHED, call.partyDevice(), "distributed", audience(call));
            if (call.agent != null) {
                agents.busy(call.agent);
            }
            call.caller.answer();
        }

        @Override
        public void refused(int status) {
            if (call.phase != AcdCall.Phase.RINGING) {
                return;
            }
            call.party = null;
            if (call.origin != null) {
                emit(call, CallChange.Kind.FAILED, call.partyDevice(), cause(status), audience(call));
                end(call, cause(status));
                return;
            }
            if (call.agent != null && (status == 408 || (status >= 500 && status < 600))) {
                trunkFailed(call);
            } else if (call.agent != null) {
                noAnswer(call, status == 486 ? "busy" : "callForwardNoAnswer");
            } else {
                emit(call, CallChange.Kind.FAILED, call.partyDevice(), cause(status), audience(call));
                call.caller.refuse(status);
                end(call, cause(status));
            }
        }

        @Override
        public void hungUp() {
            if (call.into != null) {
                partLeft(call.current(), call.partyDevice());
            } else if (call.phase == AcdCall.Phase.CONNECTED) {
                call.party = null;
                agentLeft(call);
            }
        }
    }

    /** A party that came by a consultation or a conference hung up. */
    private void partLeft(AcdCall call, String device) {
        if (call.phase != AcdCall.Phase.CONNECTED || !call.has(device)) {
            return;
        }
        if (!call.extras.containsKey(device)) {
            call.party = null;
        }
        leave(call, device);
    }

    /** A party that is added to a call. */
    private final class JoinListener implements Line.Listener {
        private final AcdCall call;
        private final String by;
        private final String device;
        private final java.util.function.Supplier<Line> line;

        JoinListener(AcdCall call, String by, String to, java.util.function.Supplier<Line> line) {
            this.call = call;
            this.by = by;
            this.device = agents.find(to).map(agent -> agent.line().device()).orElse(to);
            this.line = line;
        }

        @Override
        public void ringing() {}

        @Override
        public void answered() {
            if (call.phase != AcdCall.Phase.CONNECTED) {
                line.get().hangUp();
                return;
            }
            call.extras.put(device, line.get());
            changes.accept(new CallChange(
                    CallChange.Kind.CONFERENCED,
                    call.id,
                    by,
                    call.calling,
                    call.pilot,
                    call.id,
                    device,
                    "singleStepConference",
                    call.correlator(),
                    audience(call)));
        }

        @Override
        public void refused(int status) {
            emit(call, CallChange.Kind.FAILED, device, cause(status), audience(call));
        }

        @Override
        public void hungUp() {
            partLeft(call.current(), device);
        }
    }

    private final class TransferListener implements Line.Listener {
        private final AcdCall call;
        private final AcdCall.Transfer transfer;

        TransferListener(AcdCall call, AcdCall.Transfer transfer) {
            this.call = call;
            this.transfer = transfer;
        }

        @Override
        public void ringing() {}

        @Override
        public void answered() {
            if (call.transfer != transfer) {
                return;
            }
            call.transfer = null;
            Line old = call.party;
            Agent agent = call.agent;
            changes.accept(new CallChange(
                    CallChange.Kind.TRANSFERED,
                    call.id,
                    transfer.device,
                    call.calling,
                    call.pilot,
                    transfer.callId,
                    transfer.to,
                    "singleStepTransfer",
                    call.correlator(),
                    audienceOf(transfer)));
            call.party = transfer.line;
            call.partyNumber = transfer.to;
            call.agent = null;
            call.id = transfer.callId;
            calls.put(call.id, call);
            if (old != null) {
                old.hangUp();
            }
            if (agent != null) {
                agents.afterCall(agent);
            }
        }

        @Override
        public void refused(int status) {
            if (call.transfer != transfer) {
                return;
            }
            call.transfer = null;
            changes.accept(new CallChange(
                    CallChange.Kind.FAILED,
                    transfer.callId,
                    transfer.to,
                    call.calling,
                    transfer.to,
                    null,
                    transfer.to,
                    cause(status),
                    call.correlator(),
                    audienceOf(transfer)));
            if (call.party == null) {
                call.caller.hangUp();
                end(call, cause(status));
            }
        }

        @Override
        public void hungUp() {
            if (call.party == transfer.line) {
                call.party = null;
                agentLeft(call);
            }
        }

        private List<String> audienceOf(AcdCall.Transfer of) {
            return List.of(of.device, call.pilot);
        }
    }

    private static String cause(int status) {
        return switch (status) {
            case 486, 600 -> "busy";
            case 404, 484, 604 -> "invalidNumberFormat";
            case 408, 480, 487 -> "callNotAnswered";
            default -> "networkNotObtainable";
        };
    }

    private static final class NobodyRoutes implements Routeing {
        @Override
        public boolean request(String crossRef, String pilot, AcdCall call, long replyTimeout) {
            return false;
        }

        @Override
        public void used(String crossRef, String destination, String calling) {}

        @Override
        public void end(String crossRef, @Nullable String error) {}
    }
}
