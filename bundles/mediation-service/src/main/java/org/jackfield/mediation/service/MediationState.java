package org.jackfield.mediation.service;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.mediation.correlation.CallLinks;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.mediation.presence.AgentMemory;
import org.jackfield.mediation.presence.PresenceDecision;
import org.jackfield.mediation.presence.PresenceDecision.Step;
import org.jackfield.mediation.presence.PresenceInput;
import org.jackfield.mediation.presence.PresencePolicy;
import org.jackfield.mediation.routing.CallRouter.Candidate;
import org.jackfield.mediation.transfer.Transfers;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What mediation remembers: agents, calls, reservations, and the rules in force.
 * Fed by every event that this node appends, before the appender goes on, so it is right also while the broker is away;
 * restored from the state tables at start. Safe for any thread; one short lock per agent.
 */
@Component(
        service = {MediationState.class, Health.class},
        configurationPid = "org.jackfield.mediation")
public final class MediationState implements Health, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MediationState.class);
    private static final Duration RING = Duration.ofMinutes(3);
    private static final Duration KEEP_ENDED_CALL = Duration.ofSeconds(60);
    private static final Duration LONGEST_CALL = Duration.ofHours(12);
    private static final Duration TRANSFER_WAIT = Duration.ofSeconds(30);
    private static final int MOST_CALLS = 200_000;
    private static final int MOST_AGENTS = 200_000;
    private static final int MOST_UNKNOWN = 1_000;
    private static final Duration FLUSH = Duration.ofMillis(20);
    /** How often the sweep passes by until it looks at all calls, also those that came from the table. */
    private static final int SWEEPS_TO_ALL = 60;

    private final EventBus bus;
    private final AgentDirectory directory;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Timers worker;
    private final ConcurrentMap<Table.Key, Slot> agents = new ConcurrentHashMap<>();
    private final ConcurrentMap<Table.Key, CallMemory> calls = new ConcurrentHashMap<>();
    private final Set<Table.Key> transferring = ConcurrentHashMap.newKeySet();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final Reservations reservations = new Reservations();
    private final CallLinks links = new CallLinks(MOST_CALLS);
    private final Table<AgentRow> agentTable;
    private final Table<AgentMemory> presenceTable;
    private final Table<CallMemory> callTable;
    private final Set<Table.Key> dirtyAgents = ConcurrentHashMap.newKeySet();
    private final CallRows callRows;
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final Set<String> tenantsOfFiles = ConcurrentHashMap.newKeySet();
    private final Set<Table.Key> unknown = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, TenantOverride> overrides = new ConcurrentHashMap<>();
    private final Registration tap;
    private final Registration watch;
    private volatile Map<String, String> lines;
    private volatile Rules rules;
    private volatile Status status;
    private volatile boolean whole;
    private long sweeps;

    /** A call that was over at this time. */
    private record Ended(Table.Key key, Instant at) {}

    /** One agent; the memory is guarded by this object. */
    private static final class Slot {
        AgentMemory memory = AgentMemory.EMPTY;

        @Nullable
        AgentRow row;

        @Nullable
        Registration timer;

        @Nullable
        Instant due;
    }

    @Activate
    public MediationState(
            @Reference EventBus bus,
            @Reference AgentDirectory directory,
            @Reference MeterRegistry meters,
            Map<String, Object> properties) {
        this(bus, directory, meters, Clock.systemUTC(), Timers.thread("mediation"), Settings.lines(properties));
    }

    MediationState(
            EventBus bus,
            AgentDirectory directory,
            MeterRegistry meters,
            Clock clock,
            Timers worker,
            Map<String, String> lines) {
        this.bus = bus;
        this.directory = directory;
        this.meters = meters;
        this.clock = clock;
        this.worker = worker;
        this.lines = lines;
        this.status = Status.starting(clock.instant());
        this.rules = read();
        agentTable = bus.table("agent", AgentRow.class);
        presenceTable = bus.table("presence", AgentMemory.class);
        callTable = bus.table("call", CallMemory.class);
        callRows = new CallRows(callTable, calls::get);
        restore();
        watch = directory.watch(this::dictionaryChanged);
        tap = bus.tap(this::see);
        worker.every(Duration.ofSeconds(1), this::sweep);
        whenWhole();
    }

    @Modified
    void modified(Map<String, Object> properties) {
        lines = Settings.lines(properties);
        rules = read();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addOverride(TenantOverride override) {
        overrides.put(override.tenant(), override);
        rules = read();
    }

    void removeOverride(TenantOverride override) {
        if (overrides.remove(override.tenant(), override)) {
            rules = read();
        }
    }

    private synchronized Rules read() {
        Rules next = new Rules(lines, overrides.values());
        for (String fault : next.faults()) {
            LOG.error("{}; the default is used instead", fault);
            meters.counter("jackfield.input.refused", "place", "mediation", "reason", "configuration")
                    .increment();
        }
        status = status(next);
        return next;
    }

    private Status status(Rules now) {
        List<String> faults = now.faults();
        Instant at = clock.instant();
        if (!faults.isEmpty()) {
            String more = faults.size() == 1 ? "" : " and " + (faults.size() - 1) + " more";
            return Status.degraded(Status.Detail.CONFIGURATION, faults.get(0) + more, at);
        }
        return whole ? Status.up("rules and tables are there", at) : Status.starting(at);
    }

    @Deactivate
    @Override
    public void close() {
        tap.close();
        watch.close();
        callRows.settle(Instant.MAX);
        flushSafely();
        worker.close();
    }

    // --- what is seen

    private void see(Event event) {
        EventData data = event.data();
        if (data instanceof AgentEvents.StateChanged changed) {
            seeState(event, changed);
        } else if (data instanceof PresenceEvents.Observed observed) {
            known(event.tenant(), observed.agent());
            observe(
                    event,
                    observed.agent(),
                    new PresenceInput.TeamsState(event.recorded(), observed.availability(), observed.activity()));
        } else if (data instanceof CallEvents.Call call) {
            seeCall(event, call);
        } else if (data instanceof CallEvents.Transfer transfer) {
            Origin origin = event.origin();
            changeCall(
                    event,
                    new Table.Key(event.tenant(), transfer.call()),
                    call -> call.with(transfer, origin, event.recorded()));
        } else if (data instanceof CallEvents.Route route) {
            if (route.step() == CallEvents.RouteStep.ENDED || route.step() == CallEvents.RouteStep.REJECTED) {
                reservations.releaseCall(event.tenant(), route.call());
            }
        } else if (data instanceof LinkEvents.Changed changed) {
            if (changed.state().equals("up")) {
                later(() -> reassert(event.tenant()));
            }
        } else {
            seeResult(event, data);
        }
    }

    /** A link that only observed or was stopped may write now: what it did not write is decided again. */
    private void reassert(String tenant) {
        agents.forEach((key, slot) -> {
            if (key.tenant().equals(tenant)) {
                boolean changed;
                synchronized (slot) {
                    AgentMemory next = slot.memory.reassert(false);
                    changed = !next.equals(slot.memory);
                    slot.memory = next;
                }
                if (changed) {
                    lookAgain(key, slot, clock.instant());
                }
            }
        });
    }

    private void seeResult(Event event, EventData data) {
        if (data instanceof PresenceEvents.Applied applied) {
            observe(event, applied.agent(), Inputs.of(event, applied));
            lookAfterFailure(event, applied.agent(), applied.outcome());
        } else if (data instanceof AgentEvents.StateResult result) {
            observe(event, result.agent(), Inputs.of(event, result));
            lookAfterFailure(event, result.agent(), result.outcome());
        } else if (data instanceof AgentEvents.StateRequested requested && event.origin() == Origin.OPERATOR) {
            observe(event, requested.agent(), new PresenceInput.OperatorOrder(event.recorded()));
        }
    }

    /** A write that failed later than its decision (a renewal) has no check waiting for it. */
    private void lookAfterFailure(Event event, String agent, String outcome) {
        Table.Key key = new Table.Key(event.tenant(), agent);
        Slot slot = agents.get(key);
        if (slot != null && (outcome.equals("failed") || outcome.equals("expired"))) {
            lookAgain(key, slot, event.recorded().plusSeconds(1));
        }
    }

    private void seeState(Event event, AgentEvents.StateChanged changed) {
        known(event.tenant(), changed.agent());
        Table.Key key = new Table.Key(event.tenant(), changed.agent());
        Slot slot = slot(key);
        if (slot == null) {
            return;
        }
        synchronized (slot) {
            slot.row = AgentRow.of(changed, slot.row, event.recorded());
        }
        observe(event, changed.agent(), Inputs.of(event, changed));
        if (changed.state() != AgentState.READY) {
            reservations.release(key);
        }
    }

    private void seeCall(Event event, CallEvents.Call call) {
        String tenant = event.tenant();
        Agent ofDevice = call.device() == null ? null : directory.byDevice(tenant, call.device());
        String agent = call.agent() != null ? call.agent() : ofDevice == null ? null : ofDevice.id();
        Table.Key key = new Table.Key(tenant, call.call());
        CallMemory before = calls.get(key);
        CallMemory after = changeCall(event, key, memory -> memory.with(call, agent, event.recorded()));
        Set<String> concerned = Inputs.agents(call, agent, before);
        for (String one : concerned) {
            PresenceInput input = Inputs.of(event, call);
            if (input != null) {
                observe(event, one, input);
            }
        }
        if (call.kind() == CallEvents.Kind.DELIVERED && agent != null) {
            reservations.ringing(
                    new Table.Key(tenant, agent), call.call(), event.recorded().plus(RING));
        } else if (Inputs.ends(call) && agent != null) {
            reservations.release(new Table.Key(tenant, agent), call.call());
        }
        if (after == null || after.over()) {
            reservations.releaseCall(tenant, call.call());
        }
        CallEvents.Linked linked = links.see(tenant, call);
        if (linked != null) {
            later(() -> publish(tenant, event, linked));
        }
    }

    private void observe(Event event, String agent, PresenceInput input) {
        Table.Key key = new Table.Key(event.tenant(), agent);
        Slot slot = slot(key);
        if (slot == null) {
            return;
        }
        PresencePolicy policy = rules.of(event.tenant()).presence();
        synchronized (slot) {
            slot.memory = policy.observe(slot.memory, input);
        }
        dirty(key);
    }

    private @Nullable Slot slot(Table.Key key) {
        Slot slot = agents.get(key);
        if (slot == null && agents.size() >= MOST_AGENTS) {
            meters.counter("jackfield.mediation.dropped", "what", "agent").increment();
            return null;
        }
        return slot != null ? slot : agents.computeIfAbsent(key, k -> new Slot());
    }

    /** What is known of the call now; null when too many are known to begin with another. */
    private @Nullable CallMemory changeCall(Event event, Table.Key key, UnaryOperator<CallMemory> change) {
        if (calls.size() >= MOST_CALLS && !calls.containsKey(key)) {
            meters.counter("jackfield.mediation.dropped", "what", "call").increment();
            return null;
        }
        CallMemory changed = calls.compute(
                key, (k, memory) -> change.apply(memory == null ? CallMemory.begin(k.id(), event.recorded()) : memory));
        if (!changed.transfers().isEmpty()) {
            transferring.add(key);
        }
        if (changed.over()) {
            ended.add(new Ended(key, changed.changed()));
        }
        if (callRows.changed(key, changed, event.recorded())) {
            flushSoon();
        }
        return changed;
    }

    /** Reports an agent whom the dictionary does not know, once; nothing is guessed about him. */
    private void known(String tenant, String agent) {
        if (directory.byId(tenant, agent) != null || unknown.size() >= MOST_UNKNOWN) {
            return;
        }
        if (unknown.add(new Table.Key(tenant, agent))) {
            String file = "etc/agents-" + tenant + ".csv";
            LOG.warn("agent {} of tenant {} is unknown (expected: a line in {})", agent, tenant, file);
            meters.counter("jackfield.input.refused", "place", "dictionary", "reason", "unknownAgent")
                    .increment();
            later(() -> publish(
                    tenant,
                    null,
                    new LinkEvents.Refused("agent/" + agent, "unknown agent", agent, "a line in " + file)));
        }
    }

    /** A line may have come or changed for an agent of whom something is known already. */
    private void dictionaryChanged(String tenant) {
        tenantsOfFiles.add(tenant);
        unknown.removeIf(key -> key.tenant().equals(tenant));
        agents.forEach((key, slot) -> {
            if (key.tenant().equals(tenant)) {
                lookAgain(key, slot, clock.instant());
            }
        });
    }

    // --- what is decided

    /** Makes a step for an agent under its lock; null when there is no such agent or nothing was seen of it. */
    @Nullable
    PresenceDecision decide(String tenant, String agent, BiFunction<Rules.Of, Seen, Step> rule) {
        Agent line = directory.byId(tenant, agent);
        Table.Key key = new Table.Key(tenant, agent);
        Slot slot = agents.get(key);
        if (line == null || slot == null) {
            return null;
        }
        Instant now = clock.instant();
        Step step;
        synchronized (slot) {
            step = rule.apply(rules.of(tenant), new Seen(slot.memory, line, now));
            if (!step.memory().equals(slot.memory)) {
                slot.memory = step.memory();
                dirty(key);
            }
        }
        if (step.checkAgainAt() != null) {
            lookAgain(key, slot, step.checkAgainAt());
        }
        return step.decision();
    }

    /** What a rule may look at. */
    record Seen(AgentMemory memory, Agent agent, Instant now) {}

    private void lookAgain(Table.Key key, Slot slot, Instant at) {
        synchronized (slot) {
            if (slot.due != null && !at.isBefore(slot.due)) {
                return;
            }
            if (slot.timer != null) {
                slot.timer.close();
            }
            Duration wait = Duration.between(clock.instant(), at).plusMillis(1);
            slot.due = at;
            slot.timer = worker.in(wait.isNegative() ? Duration.ZERO : wait, () -> look(key, slot));
        }
    }

    /** Tells the flows only when there is something to write by now. */
    private void look(Table.Key key, Slot slot) {
        Agent line = directory.byId(key.tenant(), key.id());
        AgentMemory memory;
        Instant due;
        synchronized (slot) {
            due = slot.due;
            slot.due = null;
            slot.timer = null;
            memory = slot.memory;
        }
        if (line == null) {
            return;
        }
        Instant now = clock.instant();
        PresencePolicy policy = rules.of(key.tenant()).presence();
        Step teams = policy.toTeams(memory, line, now, "");
        Step acd = policy.toAcd(memory, line, now, "");
        if (writes(teams) || writes(acd)) {
            publish(key.tenant(), null, new PresenceEvents.Recheck(key.id(), due == null ? now : due));
            return;
        }
        Instant next = earlier(teams.checkAgainAt(), acd.checkAgainAt());
        if (next != null) {
            lookAgain(key, slot, next);
        }
    }

    private static boolean writes(Step step) {
        return !(step.decision() instanceof PresenceDecision.Nothing)
                && !(step.decision() instanceof PresenceDecision.Stop);
    }

    private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }

    Rules.Of rules(String tenant) {
        return rules.of(tenant);
    }

    AgentDirectory directory() {
        return directory;
    }

    MeterRegistry meters() {
        return meters;
    }

    Instant now() {
        return clock.instant();
    }

    Reservations reservations() {
        return reservations;
    }

    @Nullable
    CallMemory call(String tenant, String call) {
        return calls.get(new Table.Key(tenant, call));
    }

    Collection<CallMemory> calls(String tenant) {
        List<CallMemory> found = new ArrayList<>();
        calls.forEach((key, call) -> {
            if (key.tenant().equals(tenant)) {
                found.add(call);
            }
        });
        return found;
    }

    Set<String> tenants() {
        Set<String> found = new HashSet<>(tenantsOfFiles);
        calls.keySet().forEach(key -> found.add(key.tenant()));
        agents.keySet().forEach(key -> found.add(key.tenant()));
        return found;
    }

    AgentMemory memory(Agent agent) {
        Slot slot = agents.get(new Table.Key(agent.tenant(), agent.id()));
        if (slot == null) {
            return AgentMemory.EMPTY;
        }
        synchronized (slot) {
            return slot.memory;
        }
    }

    /** All agents of a tenant as routing sees them. */
    List<Candidate> candidates(String tenant) {
        Instant now = clock.instant();
        var options = rules.of(tenant).presence().options();
        List<Candidate> found = new ArrayList<>();
        for (Agent agent : directory.agents(tenant)) {
            Slot slot = agents.get(new Table.Key(tenant, agent.id()));
            if (slot != null) {
                synchronized (slot) {
                    found.add(Inputs.candidate(agent, slot.memory, slot.row, options, now));
                }
            }
        }
        return found;
    }

    /** Publishes as the host; a full spool loses what only informs. */
    void publish(String tenant, @Nullable Event cause, EventData data) {
        EventDraft draft = EventDraft.of(tenant, "/mediation/" + tenant + "/rules", Origin.HOST, clock.instant(), data);
        try {
            bus.publish(cause == null ? draft : draft.causedBy(cause));
        } catch (SpoolFullException e) {
            meters.counter("jackfield.mediation.dropped", "what", data.type()).increment();
            LOG.warn("{} for {} could not be published, the spool is full", data.type(), data.key());
        }
    }

    // --- tables

    private void restore() {
        agentTable.forEach((key, row) -> {
            Slot slot = slot(key);
            if (slot != null) {
                synchronized (slot) {
                    slot.row = slot.row == null ? row : slot.row;
                }
            }
        });
        presenceTable.forEach((key, older) -> {
            Slot slot = slot(key);
            if (slot != null) {
                synchronized (slot) {
                    slot.memory = slot.memory.over(older.reassert(true));
                }
            }
        });
        callTable.forEach((key, call) -> {
            if (calls.putIfAbsent(key, call) == null && !call.transfers().isEmpty()) {
                transferring.add(key);
            }
        });
    }

    private void whenWhole() {
        if (!agentTable.complete() || !presenceTable.complete() || !callTable.complete()) {
            Registration unused = worker.in(Duration.ofMillis(100), this::whenWhole);
            return;
        }
        restore();
        whole = true;
        status = status(rules);
        LOG.info("tables restored: {} agents, {} calls", agents.size(), calls.size());
        agents.forEach((key, slot) -> lookAgain(key, slot, clock.instant()));
    }

    private void dirty(Table.Key agent) {
        dirtyAgents.add(agent);
        flushSoon();
    }

    private void flushSoon() {
        if (flushing.compareAndSet(false, true)) {
            Registration unused = worker.in(FLUSH, this::flushSafely);
        }
    }

    private void flushSafely() {
        flushing.set(false);
        try {
            flush();
        } catch (SpoolFullException e) {
            LOG.debug("tables wait for room in the spool", e);
        } catch (RuntimeException e) {
            LOG.warn("a state table could not be written; tried again with the next change", e);
        }
    }

    private void flush() {
        for (Table.Key key : List.copyOf(dirtyAgents)) {
            dirtyAgents.remove(key);
            Slot slot = agents.get(key);
            if (slot != null) {
                writeAgent(key, slot);
            }
        }
        callRows.flush();
    }

    private void writeAgent(Table.Key key, Slot slot) {
        AgentMemory memory;
        AgentRow row;
        synchronized (slot) {
            memory = slot.memory;
            row = slot.row;
        }
        if (row != null && !row.equals(agentTable.get(key))) {
            putOrKeepDirty(agentTable, key, row);
        }
        if (!memory.equals(presenceTable.get(key))) {
            putOrKeepDirty(presenceTable, key, memory);
        }
    }

    private <V extends Record> void putOrKeepDirty(Table<V> table, Table.Key agent, V value) {
        try {
            table.put(agent, value);
        } catch (SpoolFullException e) {
            dirtyAgents.add(agent);
            throw e;
        }
    }

    /** Once a second: what has ended is forgotten, what waits too long fails. */
    private void sweep() {
        Instant now = clock.instant();
        reservations.expire(now);
        transferring.removeIf(key -> {
            CallMemory call = calls.get(key);
            if (call != null) {
                overdue(key, call, now);
            }
            return call == null || call.transfers().isEmpty();
        });
        forgetEnded(now);
        sweeps++;
        if (sweeps % SWEEPS_TO_ALL == 0) {
            calls.forEach((key, call) -> {
                forgetIfQuiet(key, call, now);
                if (!call.transfers().isEmpty()) {
                    transferring.add(key);
                }
            });
        }
        if (callRows.settle(now) || !dirtyAgents.isEmpty()) {
            flushSafely();
        }
    }

    /** Looks at no more than what is due: a busy host has many more calls that are over than calls that are up. */
    private void forgetEnded(Instant now) {
        Ended next = ended.peek();
        while (next != null && Duration.between(next.at(), now).compareTo(KEEP_ENDED_CALL) > 0) {
            ended.remove();
            CallMemory call = calls.get(next.key());
            if (call != null) {
                forgetIfQuiet(next.key(), call, now); // if something was told of it since, that is in the queue too
            }
            next = ended.peek();
        }
    }

    private void forgetIfQuiet(Table.Key key, CallMemory call, Instant now) {
        Duration quiet = Duration.between(call.changed(), now);
        boolean due = quiet.compareTo(call.over() ? KEEP_ENDED_CALL : LONGEST_CALL) > 0;
        if (due && calls.remove(key, call)) {
            callRows.changed(key, null, now);
        }
    }

    /** A transfer that the ACD accepted and never reported has failed, as has one whose call is over. The trunk watches those from Teams. */
    private void overdue(Table.Key key, CallMemory call, Instant now) {
        call.transfers().forEach((id, open) -> {
            boolean late = open.since().plus(TRANSFER_WAIT).isBefore(now);
            boolean failed =
                    (late && open.moving()) || (call.over() && !call.state().equals("transferred"));
            if (failed && open.origin() != Origin.TEAMS) {
                publish(key.tenant(), null, Transfers.overdue(call.call(), id, open, TRANSFER_WAIT));
            }
        });
    }

    private void later(Runnable work) {
        Registration unused = worker.in(Duration.ZERO, work);
    }

    @Override
    public String name() {
        return "mediation";
    }

    @Override
    public Status status() {
        return Objects.requireNonNull(status);
    }

    @Override
    public boolean required() {
        return true;
    }
}
