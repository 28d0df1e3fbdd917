package org.jackfield.acd.csta;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jackfield.event.Event;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Table;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.CapabilityMessage;
import org.jackfield.protocol.csta.CloseReason;
import org.jackfield.protocol.csta.CstaCounters;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaSession;
import org.jackfield.protocol.csta.CstaTimer;
import org.jackfield.protocol.csta.Received;
import org.jackfield.protocol.csta.RouteMessage;
import org.jackfield.protocol.csta.SocketWire;
import org.jackfield.protocol.csta.SystemMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link with a good configuration: connects, follows, answers, and connects again.
 * All it does happens on its {@link Lane}, events on the thread that read them whenever that is idle; its methods may be
 * called from any thread and none blocks.
 */
final class LiveLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveLink.class);
    private static final Duration CONNECT_TIME = Duration.ofSeconds(5);
    /** How often the table learns that the link is up. */
    private static final Duration MARK_EVERY = Duration.ofSeconds(3);
    /** A connection that lived so long starts the back-off anew. */
    private static final Duration STABLE = Duration.ofSeconds(10);
    /** How long to wait for the tables of an earlier run before going on without. */
    private static final Duration TABLES_WITHIN = Duration.ofSeconds(20);

    private static final Duration TABLES_POLL = Duration.ofMillis(50);

    private final Settings settings;
    private final LinkId id;
    private final Clock clock;
    private final AgentDirectory directory;
    private final CstaCounters counters = new CstaCounters();
    private final Lane lane;
    private final Meters meters;
    private final Outlet outlet;
    private final Pacer pacer;
    private final AgentFollower agents;
    private final CallFollower calls;
    private final CallIds ids = new CallIds();
    private final CallBook book;
    private final CallSnapshot callSnapshot;
    private final Discovery discovery;
    private final Table<LiveCall> liveCalls;
    private final RouteDesk routes;
    private final Orders orders;
    private final CallOrders callOrders;
    private final Monitors monitors;
    private final Table<AgentView> views;
    private final Table<LinkMark> marks;
    private volatile Status status;
    private @Nullable Registration watch;
    private @Nullable Ear ear;
    private @Nullable Instant gapFrom;
    private Set<String> known = new HashSet<>();
    private long heard;
    private Instant heardAt;
    private int attempts;
    private boolean down = true;
    private boolean closed;

    LiveLink(Settings settings, EventBus bus, AgentDirectory directory, MeterRegistry registry, Clock clock) {
        this.settings = settings;
        this.id = settings.id();
        this.clock = clock;
        this.directory = directory;
        this.lane = new Lane("csta-" + id.tenant() + "-" + id.name());
        this.meters = new Meters(registry, id, counters);
        this.outlet = new Outlet(bus, id, clock, lane, meters);
        this.pacer = new Pacer(lane, settings.requestsPerSecond(), settings.requestTimeout(), System::nanoTime);
        this.views = bus.table("acd-agent", AgentView.class);
        this.marks = bus.table("acd-link", LinkMark.class);
        this.agents = new AgentFollower(settings, directory, outlet, pacer, meters, views);
        this.liveCalls = bus.table("acd-call", LiveCall.class);
        this.book = new CallBook(settings, outlet, liveCalls);
        this.calls = new CallFollower(agents, ids, outlet, meters, lane, book);
        this.callSnapshot = new CallSnapshot(settings, book, calls, ids, pacer);
        this.routes = new RouteDesk(settings, agents, ids, outlet, meters, lane, lane.timer());
        this.orders = new Orders(settings, agents, outlet, pacer);
        this.callOrders = new CallOrders(settings, ids, pacer);
        this.monitors = new Monitors(settings, agents, pacer, lane, this::summarise);
        this.discovery = new Discovery(settings, pacer, monitors::discovered);
        this.status = Status.starting(clock.instant());
        this.heardAt = clock.instant();
        LOG.info("{}: started, mode {}", id, settings.mode());
        lane.execute(() -> begin(clock.instant().plus(TABLES_WITHIN)));
    }

    Status status() {
        return status;
    }

    OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer> routes() {
        return routes.point();
    }

    CstaCounters counters() {
        return counters;
    }

    /** Carries out an order of {@link Acd#OPERATIONS}. */
    CompletableFuture<?> execute(Object argument, @Nullable Event cause, Duration timeout) {
        if (argument instanceof Acd.SetAgentState order) {
            var answer = new CompletableFuture<Acd.SetAgentStateAnswer>();
            return onLane(answer, () -> orders.setAgentState(order, cause, timeout, answer));
        }
        if (argument instanceof Acd.GetAgentState order) {
            var answer = new CompletableFuture<Acd.GetAgentStateAnswer>();
            return onLane(answer, () -> orders.getAgentState(order, timeout, answer));
        }
        var answer = new CompletableFuture<Object>();
        return onLane(answer, () -> {
            if (!callOrders.execute(argument, timeout, answer)) {
                answer.completeExceptionally(new CommandException(
                        "invalidArgument", "argument: " + argument + " (expected: one of Acd's)", false, null));
            }
        });
    }

    private <A> CompletableFuture<A> onLane(CompletableFuture<A> answer, Runnable order) {
        if (!lane.execute(order)) {
            answer.completeExceptionally(
                    new CommandException("linkDown", id + ": stopped, nothing was sent", true, null));
        }
        return answer;
    }

    /** Waits for what an earlier run knew, since only differences to it are to be told. */
    private void begin(Instant until) {
        if (closed) {
            return;
        }
        if (!(views.complete() && marks.complete() && liveCalls.complete())
                && clock.instant().isBefore(until)) {
            lane.after(TABLES_POLL, () -> begin(until));
            return;
        }
        LinkMark mark = marks.get(markKey());
        gapFrom = mark == null ? null : mark.up();
        watch = directory.watch(tenant -> {
            if (tenant.equals(id.tenant())) {
                lane.execute(this::agentsChanged);
            }
        });
        book.load();
        lane.after(MARK_EVERY, this::mark);
        connect();
    }

    private Table.Key markKey() {
        return new Table.Key(id.tenant(), id.toString());
    }

    private void mark() {
        if (!down) {
            Instant now = clock.instant();
            if (counters.framesIn() != heard) {
                heard = counters.framesIn();
                heardAt = now;
            }
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
        }
        lane.after(MARK_EVERY, this::mark);
    }

    private void connect() {
        if (closed) {
            return;
        }
        attempts++;
        var made = new Ear();
        ear = made;
        SocketWire.connect(
                settings.host(),
                settings.port(),
                CONNECT_TIME,
                "csta-" + id.tenant() + "-" + id.name(),
                settings.tls(),
                made.session);
    }

    private void opened(Ear which) {
        Instant now = clock.instant();
        down = false;
        heardAt = now;
        LOG.info("{}: connected to {}:{}, {}", id, settings.host(), settings.port(), which.session.edition());
        ids.connected(Long.toString(now.toEpochMilli(), 36));
        book.all().forEach(entry -> ids.follow(entry.callId, entry.known));
        agents.connected();
        calls.connected();
        pacer.session(which.session);
        routes.session(which.session);
        String sentence = "connected to " + settings.host() + ":" + settings.port();
        status = Status.up(sentence + ", taking the snapshot", now);
        outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "up", sentence), (String) null);
        gap(now);
        outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
        register();
        capabilities(which);
        monitors.connected();
        discovery.connected();
        List<Agent> all = agents.agents();
        known = idsOf(all);
        agents.snapshot(all, this::compared);
        lane.after(STABLE, () -> {
            if (ear == which && !down) {
                attempts = 0;
            }
        });
    }

    /** The agents are as the ACD has them; now the calls. */
    private void compared() {
        summarise();
        if (settings.callSnapshots() && !down) {
            callSnapshot.take(agents.busyDevices());
        }
    }

    /** Sends SystemStatus as often as the ACD expects it, when it says. */
    private void capabilities(Ear which) {
        Duration own = settings.session().heartbeat();
        if (!settings.capabilities() || own.isZero()) {
            return;
        }
        pacer.ask(new CapabilityMessage.Functions(), (answer, failure) -> {
            if (answer != null && answer.statusTimer() != null && answer.statusTimer() > 0) {
                Duration expected = Duration.ofSeconds(answer.statusTimer());
                which.session.heartbeat(expected.compareTo(own) < 0 ? expected : own);
            }
        });
    }

    private void gap(Instant now) {
        Instant from = gapFrom;
        gapFrom = null;
        if (from != null) {
            long length = Math.max(0, Duration.between(from, now).toMillis());
            outlet.publish(Origin.ACD, new LinkEvents.Gap(id.toString(), from, now, length), (String) null);
        }
    }

    private static Set<String> idsOf(List<Agent> all) {
        Set<String> found = new HashSet<>();
        all.forEach(agent -> found.add(agent.id() + "@" + agent.device()));
        return found;
    }

    private void summarise() {
        if (down) {
            return;
        }
        String sentence = "connected to " + settings.host() + ":" + settings.port() + ", " + known.size() + " agents, "
                + monitors.count() + " monitors";
        status = monitors.failed().isEmpty()
                ? Status.up(sentence, status.since())
                : Status.degraded(
                        Status.Detail.PROTOCOL, sentence + ", not monitored: " + monitors.failed(), status.since());
    }

    private void register() {
        List<String> devices = settings.routeingDevices();
        if (devices.contains("*")) {
            register(null);
        } else {
            devices.forEach(this::register);
        }
    }

    private void register(@Nullable String device) {
        pacer.order(new RouteMessage.Register(device), settings.requestTimeout(), (answer, failure) -> {
            if (failure != null && !Failures.cut(Failures.cause(failure))) {
                LOG.warn(
                        "{}: no route requests for {}: {}",
                        id,
                        device == null ? "any device" : device,
                        Failures.cause(failure).getMessage());
            }
        });
    }

    private void agentsChanged() {
        if (down) {
            return;
        }
        monitors.refresh();
        List<Agent> fresh = new ArrayList<>();
        List<Agent> all = agents.agents();
        for (Agent agent : all) {
            if (!known.contains(agent.id() + "@" + agent.device())) {
                fresh.add(agent);
            }
        }
        known = idsOf(all);
        if (!fresh.isEmpty()) {
            agents.snapshot(fresh, this::summarise);
        }
    }

    private void notice(CstaMessage message, long nanos) {
        if (message instanceof AgentEvent event) {
            agents.event(event, nanos);
        } else if (message instanceof CallEvent event) {
            calls.event(event, nanos);
        } else if (message instanceof CapabilityMessage.DeviceList list) {
            discovery.segment(list);
        } else if (message instanceof RouteMessage.RegisterAbort) {
            lane.after(Duration.ofSeconds(1), this::register);
        } else if (message instanceof RouteMessage route) {
            routes.message(route);
        } else {
            LOG.debug("{}: {} left out", id, message.getClass().getSimpleName());
        }
    }

    private void status(@Nullable String told) {
        if (!SystemMessage.MESSAGES_LOST.equals(told) || down) {
            return;
        }
        LOG.warn("{}: the ACD says that it lost messages, taking a snapshot", id);
        gapFrom = heardAt;
        gap(clock.instant());
        agents.snapshot(agents.agents(), this::compared);
    }

    private void lost(CloseReason reason) {
        Instant now = clock.instant();
        ear = null;
        Duration wait = settings.reconnect().delay(attempts);
        if (reason.cause() == CloseReason.Cause.FORMAT) {
            refused(reason);
        }
        if (!down) {
            down = true;
            gapFrom = reason.cause() == CloseReason.Cause.HEARTBEAT ? heardAt : now;
            Instant up = gapFrom;
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), up)));
            pacer.session(null);
            routes.session(null);
            monitors.disconnected();
            LOG.warn("{}: lost: {}; next attempt in {} ms", id, reason.sentence(), wait.toMillis());
            outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "down", reason.sentence()), (String) null);
        } else {
            LOG.debug("{}: no connection: {}; next attempt in {} ms", id, reason.sentence(), wait.toMillis());
        }
        if (status.state() != Status.State.DOWN) {
            LOG.info("{}: down: {}", id, reason.sentence());
            status = Status.down(detail(reason), reason.sentence(), now);
        } else {
            status = Status.down(detail(reason), reason.sentence(), status.since());
        }
        lane.after(wait, this::connect);
    }

    private void refused(CloseReason reason) {
        String fault = reason.fault() == null ? "format" : reason.fault().text();
        meters.refused(fault);
        outlet.publish(
                Origin.ACD,
                new LinkEvents.Refused(id.toString(), fault, reason.sentence(), "a frame of ECMA-323 Annex G.2"),
                (String) null);
    }

    private static Status.Detail detail(CloseReason reason) {
        return switch (reason.cause()) {
            case FORMAT, TERMINATED -> Status.Detail.PROTOCOL;
            case REFUSED -> Status.Detail.AUTHENTICATION;
            case SLOW_PEER -> Status.Detail.OVERLOAD;
            case LOCAL, PEER, CONNECT, IO, HEARTBEAT -> Status.Detail.CONNECTION;
        };
    }

    /** Ends the link; a second call does nothing. */
    @Override
    public void close() {
        meters.close(); // now, for the next link with this name may come before the lane gets to it
        lane.execute(this::end);
        lane.execute(lane::close);
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        Registration watching = watch;
        if (watching != null) {
            watching.close();
        }
        Instant now = clock.instant();
        if (!down) {
            down = true;
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
            outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "down", "stopped"), (String) null);
            routes.session(null);
        }
        Ear last = ear;
        ear = null;
        if (last != null) {
            last.session.close();
        }
        pacer.session(null);
        status = Status.stopped(now);
        LOG.info("{}: stopped", id);
    }

    /** Brings what one connection says to the lane, and nothing of a connection that is over. */
    private final class Ear implements CstaSession.Listener {
        private final CstaSession session;

        Ear() {
            session = new CstaSession(settings.session(), CstaTimer.on(lane.timer()), counters, this);
        }

        private void onLane(Consumer<LiveLink> step) {
            lane.execute(() -> here(step));
        }

        private void here(Consumer<LiveLink> step) {
            if (ear == this && !closed) {
                step.accept(LiveLink.this);
            }
        }

        @Override
        public void opened(CstaSession opened) {
            onLane(link -> link.opened(this));
        }

        @Override
        public void notice(CstaMessage message, Received received) {
            long nanos = System.nanoTime();
            lane.executeHere(() -> here(link -> link.notice(message, nanos)));
        }

        @Override
        public void status(@Nullable String told) {
            onLane(link -> link.status(told));
        }

        @Override
        public void monitorStopped(String crossRef) {
            onLane(link -> link.monitors.stoppedByAcd(crossRef));
        }

        @Override
        public void closed(CloseReason reason) {
            onLane(link -> link.lost(reason));
        }
    }
}
