package org.jackfield.twin.acd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jackfield.twin.AgentFile;
import org.jspecify.annotations.Nullable;

/**
 * The agent table and the rules by which states follow each other (ECMA-269 6.1.1).
 * Used on the ACD's thread only; changes are told after the table has them.
 */
final class Agents {
    /** What became of a request. */
    enum Outcome {
        DONE,
        /** The agent is in that state: a positive answer and no event. */
        ALREADY,
        /** It comes after the call or the wrap-up. */
        PENDING,
        /** Not from this state. */
        REFUSED
    }

    private final Map<String, Agent> byId = new LinkedHashMap<>();
    private final Map<String, Agent> byDevice = new HashMap<>();
    private final Map<String, Agent> byNumber = new HashMap<>();
    private final Timers timers;
    private final long wrapUp;
    private final Consumer<AgentChange> changes;
    private long clock;

    Agents(List<AgentFile.Line> lines, State start, long wrapUp, Timers timers, Consumer<AgentChange> changes) {
        this.timers = timers;
        this.wrapUp = wrapUp;
        this.changes = changes;
        for (AgentFile.Line line : lines) {
            Agent agent = new Agent(line);
            agent.state = start;
            agent.readySince = ++clock;
            byId.put(line.id(), agent);
            byDevice.put(line.device(), agent);
            byNumber.put(line.number(), agent);
        }
    }

    Collection<Agent> all() {
        return byId.values();
    }

    @Nullable
    Agent byId(String id) {
        return byId.get(id);
    }

    @Nullable
    Agent byDevice(String device) {
        return byDevice.get(device);
    }

    /** By id, device or number: whatever a RouteSelect or a control request names. */
    Optional<Agent> find(String any) {
        Agent agent = byDevice.get(any);
        agent = agent == null ? byId.get(any) : agent;
        return Optional.ofNullable(agent == null ? byNumber.get(any) : agent);
    }

    /** SetAgentState, or a key of the agent's phone: the same rules. */
    Outcome request(Agent agent, String requested, @Nullable String reason) {
        if (requested.equals("loggedOn")) {
            return logOn(agent);
        }
        State wanted = State.requested(requested);
        if (agent.state == wanted && agent.pending == null) {
            return Outcome.ALREADY;
        }
        return switch (agent.state) {
            case NULL -> Outcome.REFUSED;
            case BUSY -> pend(agent, wanted, reason);
            case WORKING_AFTER_CALL -> {
                if (wanted == State.READY || wanted == State.WORKING_AFTER_CALL) {
                    agent.pending = null;
                    enter(agent, wanted, null);
                    yield Outcome.DONE;
                }
                yield pend(agent, wanted, reason);
            }
            case READY, NOT_READY -> {
                agent.before = agent.state;
                enter(agent, wanted, reason);
                yield Outcome.DONE;
            }
        };
    }

    /** The agent is rung for a call: nobody else may choose it, its state stays Ready. */
    void reserve(Agent agent) {
        agent.reserved = true;
    }

    /** The call did not come about. */
    void release(Agent agent) {
        agent.reserved = false;
    }

    /** The agent has a call. */
    void busy(Agent agent) {
        agent.reserved = false;
        agent.before = agent.state == State.NOT_READY ? State.NOT_READY : State.READY;
        enter(agent, State.BUSY, null);
    }

    /** The agent's call is over: wrap-up, then what is pending or what was before. */
    void afterCall(Agent agent) {
        if (agent.state != State.BUSY) {
            agent.reserved = false;
            return;
        }
        if (agent.pending == State.WORKING_AFTER_CALL) {
            agent.pending = null;
        }
        if (wrapUp == 0) {
            endWrapUp(agent);
        } else {
            enter(agent, State.WORKING_AFTER_CALL, null);
        }
    }

    /** Of the agents of a group who are Ready and free, the one longest so. */
    Optional<Agent> longestIdle(String group) {
        return byId.values().stream()
                .filter(agent -> agent.free() && agent.line().groups().contains(group))
                .min(Comparator.comparingLong(agent -> agent.readySince));
    }

    List<Map<String, Object>> view() {
        List<Map<String, Object>> view = new ArrayList<>(byId.size());
        byId.values().forEach(agent -> view.add(agent.view()));
        return view;
    }

    private Outcome logOn(Agent agent) {
        if (agent.state != State.NULL) {
            return Outcome.ALREADY;
        }
        agent.state = State.NOT_READY;
        tell(agent, AgentChange.Kind.LOGGED_ON);
        tell(agent, AgentChange.Kind.NOT_READY);
        return Outcome.DONE;
    }

    private Outcome pend(Agent agent, State wanted, @Nullable String reason) {
        agent.pending = wanted;
        agent.pendingReason = reason;
        return Outcome.PENDING;
    }

    private void enter(Agent agent, State state, @Nullable String reason) {
        agent.state = state;
        agent.reason = state == State.NOT_READY ? reason : null;
        switch (state) {
            case NULL -> tell(agent, AgentChange.Kind.LOGGED_OFF);
            case NOT_READY -> tell(agent, AgentChange.Kind.NOT_READY);
            case READY -> {
                agent.readySince = ++clock;
                tell(agent, AgentChange.Kind.READY);
            }
            case BUSY -> tell(agent, AgentChange.Kind.BUSY);
            case WORKING_AFTER_CALL -> {
                tell(agent, AgentChange.Kind.WORKING_AFTER_CALL);
                long visit = ++clock;
                agent.readySince = visit;
                timers.after(wrapUp, () -> {
                    if (agent.state == State.WORKING_AFTER_CALL && agent.readySince == visit) {
                        endWrapUp(agent);
                    }
                });
            }
        }
    }

    private void endWrapUp(Agent agent) {
        State next = agent.pending == null ? agent.before : agent.pending;
        String reason = agent.pendingReason;
        agent.pending = null;
        agent.pendingReason = null;
        enter(agent, next, reason);
    }

    private void tell(Agent agent, AgentChange.Kind kind) {
        boolean carriesPending = kind == AgentChange.Kind.BUSY || kind == AgentChange.Kind.WORKING_AFTER_CALL;
        changes.accept(new AgentChange(
                kind,
                agent.id(),
                agent.line().device(),
                agent.line().groups(),
                carriesPending ? agent.pending : null,
                agent.reason));
    }
}
