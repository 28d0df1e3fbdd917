package org.jackfield.twin.acd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * The ACD: its agents, queues and calls, with SIP towards the trunk and CSTA towards the host.
 * Public methods are for any thread; everything happens on the ACD's one thread.
 */
public final class AcdTwin implements AutoCloseable {
    private static final String SIDE = "acd";
    private static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY";

    /**
     * How the ACD is set up.
     *
     * @param start the state of every agent at the start: {@code ready}, {@code notReady} or {@code loggedOff}
     * @param wrapUpMs how long agents work after a call
     * @param routeTimeoutMs how long an application may think about a RouteRequest
     */
    public record Setup(
            int sipPort,
            int cstaPort,
            Hop trunk,
            List<AgentFile.Line> agents,
            Set<String> pilots,
            String start,
            long wrapUpMs,
            long routeTimeoutMs,
            int sessionSeconds,
            @Nullable Path state) {}

    private final TwinLog log;
    private final UserAgent phone;
    private final Agents agents;
    private final CallCenter calls;
    private final Shift shift;
    private final Ledger ledger;
    private final CstaServer csta;
    private final DeskLines desks = new DeskLines(this::after, 20);

    public AcdTwin(Setup setup, Faults faults, TwinLog log) throws IOException {
        this.log = log;
        this.ledger = new Ledger(setup.state());
        AcdLines lines = new AcdLines(setup.trunk());
        this.phone = new UserAgent(SIDE, setup.sipPort(), ALLOW, lines, log);
        phone.names(setup.trunk());
        Timers timers = this::after;
        this.agents = new Agents(
                setup.agents(), State.requested(setup.start()), setup.wrapUpMs(), timers, this::agentChanged);
        this.shift = new Shift(agents, timers);
        this.calls = new CallCenter(agents, timers, faults, setup.pilots(), setup.routeTimeoutMs(), this::callChanged);
        this.csta = new CstaServer(
                setup.cstaPort(), phone.thread(), agents, calls, timers, faults, log, setup.sessionSeconds());
        calls.routeBy(csta);
        lines.attach(phone, calls);
        calls.dialBy(desks, lines);
        csta.open();
        ledger.write(agents.all());
    }

    public int sipPort() {
        return phone.port();
    }

    /** What speaks SIP here, for scenarios. */
    public UserAgent userAgent() {
        return phone;
    }

    public int cstaPort() {
        return csta.port();
    }

    /** The agent presses a key: loggedOn, loggedOff, ready, notReady or workingAfterCall. */
    public Map<String, Object> press(String agentId, String state, @Nullable String reason) {
        return ask(() -> {
            Agent agent = agents.find(agentId)
                    .orElseThrow(() -> new IllegalArgumentException("agent: " + agentId + " is unknown"));
            log.note(SIDE, "key " + state, "agent", agentId, "reason", reason);
            Agents.Outcome outcome = agents.request(agent, state, reason);
            if (outcome == Agents.Outcome.REFUSED) {
                throw new IllegalStateException("agent: " + agentId + " is " + agent.state + ", not logged on");
            }
            Map<String, Object> answer = new LinkedHashMap<>(agent.view());
            answer.put("outcome", outcome.name());
            return answer;
        });
    }

    /**
     * All agents press keys in turn, see {@link Shift}.
     *
     * @throws IllegalArgumentException for a state, rate or number that cannot be
     */
    public Map<String, Object> shift(List<String> states, int rate, int presses) {
        var order = new Shift.Order(states, rate, presses);
        return ask(() -> {
            log.note(SIDE, "shift", "rate", rate, "presses", presses);
            shift.begin(order);
            return shift.view();
        });
    }

    /** How far the shift is; asks about nothing else. */
    public Map<String, Object> shift() {
        return ask(shift::view);
    }

    /** The agent transfers a call by a key: a single step transfer, as SingleStepTransferCall does it. */
    public String transfer(String callId, String agentId, String to) {
        return ask(() -> {
            Agent agent = agents.find(agentId)
                    .orElseThrow(() -> new IllegalArgumentException("agent: " + agentId + " is unknown"));
            String device = agent.line().device();
            String id = callId.equals("-") ? onlyCall(device) : callId;
            try {
                return calls.transfer(id, device, to);
            } catch (CallCenter.Refused e) {
                throw new IllegalStateException("transfer: " + e.getMessage(), e);
            }
        });
    }

    /** A call on the ACD's own trunk, answered at the agent's desk: nothing of it is seen on SIP. */
    public void ownCall(String pilot, String from, long talkMs) {
        ask(() -> {
            if (!calls.isPilot(pilot)) {
                throw new IllegalArgumentException("pilot: " + pilot + " is unknown");
            }
            Line.Listener[] caller = new Line.Listener[1];
            Line line = DeskLines.caller("own-" + from, () -> after(talkMs, () -> caller[0].hungUp()));
            caller[0] = calls.incoming(pilot, from, "", line, desks);
            return true;
        });
    }

    public Map<String, Object> state() {
        return ask(() -> {
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("agents", agents.view());
            state.put("changes", ledger.changes());
            state.put("sessions", csta.view());
            state.putAll(calls.view());
            return state;
        });
    }

    @Override
    public void close() {
        csta.close();
        phone.close();
        ledger.close();
    }

    private String onlyCall(String device) {
        List<AcdCall> there = calls.at(device);
        if (there.isEmpty()) {
            throw new IllegalStateException("device: " + device + " has no call");
        }
        return there.get(0).id;
    }

    private void agentChanged(AgentChange change) {
        Agent agent = agents.byId(change.agent());
        if (agent == null) {
            throw new IllegalStateException("agent: " + change.agent() + " changed and is unknown");
        }
        ledger.write(List.of(agent));
        log.note(SIDE, "agent " + change.kind(), "agent", change.agent(), "reason", change.reason());
        csta.tell(change);
        if (change.kind() == AgentChange.Kind.READY) {
            calls.dispatch(agent);
        }
    }

    private void callChanged(CallChange change) {
        csta.tell(change);
        log.note(
                SIDE,
                "call " + change.kind(),
                "call",
                change.callId(),
                "device",
                change.device(),
                "cause",
                change.cause());
    }

    private Timers.Timer after(long millis, Runnable task) {
        var scheduled = phone.thread().schedule(task, millis, TimeUnit.MILLISECONDS);
        return () -> {
            boolean stopped = scheduled.cancel(false);
            if (!stopped) {
                log.note(SIDE, "timer was over");
            }
        };
    }

    private <T> T ask(Callable<T> question) {
        try {
            return phone.thread().submit(question).get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the ACD does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
