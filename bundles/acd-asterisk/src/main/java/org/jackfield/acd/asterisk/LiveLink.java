package org.jackfield.acd.asterisk;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.Event;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link with a good configuration: connects, follows, answers, and connects again.
 * All it does happens on its {@link Lane}; its methods may be called from any thread and none blocks.
 */
final class LiveLink implements AutoCloseable, AmiSession.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LiveLink.class);
    /** How often the table learns that the link is up. */
    private static final Duration MARK_EVERY = Duration.ofSeconds(3);
    /** A connection that lived so long starts the back-off anew. */
    private static final Duration STABLE = Duration.ofSeconds(10);
    /** How long to wait for the tables of an earlier run before going on without. */
    private static final Duration TABLES_WITHIN = Duration.ofSeconds(20);

    private static final Duration TABLES_POLL = Duration.ofMillis(50);
    private static final Set<String> MEMBER_EVENTS = Set.of(
            "QueueMemberAdded",
            "QueueMemberRemoved",
            "QueueMemberPause",
            "QueueMemberStatus",
            "AgentConnect",
            "AgentComplete");
    private static final Pattern LINE = Pattern.compile("Line-(\\d+)-\\d+=wrapuptime=(\\d{1,5})");
    private static final Pattern CATEGORY = Pattern.compile("Category-(\\d+)=(.+)");

    private final Settings settings;
    private final LinkId id;
    private final Clock clock;
    private final AgentDirectory directory;
    private final Lane lane;
    private final Meters meters;
    private final Outlet outlet;
    private final Agents agents;
    private final Calls calls;
    private final RouteDesk routes;
    private final Orders orders;
    private final Table<AgentView> views;
    private final Table<LinkMark> marks;
    private volatile Status status;
    private @Nullable Registration watch;
    private @Nullable AmiSession session;
    private @Nullable AmiSession opened;
    private @Nullable Instant gapFrom;
    private Set<String> known = new HashSet<>();
    private Instant heardAt;
    private int attempts;
    private boolean again;
    private boolean taking;
    private boolean closed;

    LiveLink(Settings settings, EventBus bus, AgentDirectory directory, MeterRegistry registry, Clock clock) {
        this.settings = settings;
        this.id = settings.id();
        this.clock = clock;
        this.directory = directory;
        this.lane = new Lane("ami-" + id.tenant() + "-" + id.name());
        this.meters = new Meters(registry, id);
        this.outlet = new Outlet(bus, id, clock, lane, meters);
        this.views = bus.table("ami-agent", AgentView.class);
        this.marks = bus.table("ami-link", LinkMark.class);
        this.agents = new Agents(settings, directory, outlet, meters, lane, views);
        this.calls = new Calls(settings, agents, outlet, meters);
        this.routes = new RouteDesk(settings, agents, calls, outlet, meters, lane);
        this.orders = new Orders(settings, agents, calls, outlet);
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

    /** Carries an order out; null when it is none that this link knows. */
    @Nullable
    CompletionStage<?> execute(Object order, @Nullable Event cause, Duration timeout) {
        if (order instanceof Acd.SetAgentState set) {
            return onLane((CompletableFuture<Acd.SetAgentStateAnswer> answer) ->
                    orders.setAgentState(set, cause, timeout, answer));
        } else if (order instanceof Acd.SingleStepTransfer move) {
            return onLane(
                    (CompletableFuture<Acd.SingleStepTransferAnswer> answer) -> orders.transfer(move, timeout, answer));
        } else if (order instanceof Acd.GetAgentState get) {
            return onLane((CompletableFuture<Acd.GetAgentStateAnswer> answer) -> orders.getAgentState(get, answer));
        } else if (order instanceof Acd.ConsultationCall consult) {
            return onLane((CompletableFuture<Acd.Leg> answer) -> orders.consult(consult, timeout, answer));
        } else if (order instanceof Acd.TransferCall join) {
            return onLane((CompletableFuture<Acd.MovedCall> answer) -> orders.complete(join, timeout, answer));
        } else if (order instanceof Acd.ReconnectCall back) {
            return onLane((CompletableFuture<Acd.Done> answer) -> orders.reconnect(back, timeout, answer));
        } else if (order instanceof Acd.ClearConnection clear) {
            return onLane((CompletableFuture<Acd.Done> answer) -> orders.clear(clear, timeout, answer));
        } else if (order instanceof Acd.DeflectCall deflect) {
            return onLane((CompletableFuture<Acd.Done> answer) -> orders.deflect(deflect, timeout, answer));
        } else if (order instanceof Acd.MakeCall make) {
            return onLane((CompletableFuture<Acd.Leg> answer) -> orders.makeCall(make, timeout, answer));
        } else if (order instanceof Acd.Snapshot snapshot) {
            return onLane((CompletableFuture<Acd.SnapshotAnswer> answer) -> orders.snapshot(snapshot, answer));
        } else if (order instanceof Acd.AnswerCall
                || order instanceof Acd.HoldCall
                || order instanceof Acd.RetrieveCall
                || order instanceof Acd.ConferenceCall
                || order instanceof Acd.SingleStepConference) {
            return CompletableFuture.failedFuture(new CommandException(
                    "unsupported",
                    order.getClass().getSimpleName() + ": the manager interface has no action for it",
                    false,
                    null));
        }
        return null;
    }

    private <A> CompletableFuture<A> onLane(Consumer<CompletableFuture<A>> order) {
        var answer = new CompletableFuture<A>();
        if (!lane.execute(() -> order.accept(answer))) {
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
        if (!(views.complete() && marks.complete()) && clock.instant().isBefore(until)) {
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
        lane.after(MARK_EVERY, this::mark);
        connect();
    }

    private Table.Key markKey() {
        return new Table.Key(id.tenant(), id.toString());
    }

    private void mark() {
        if (opened != null) {
            Instant now = clock.instant();
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
        }
        lane.after(MARK_EVERY, this::mark);
    }

    private void connect() {
        if (!closed) {
            attempts++;
            session = new AmiSession(settings, lane, meters, this);
        }
    }

    @Override
    public void opened(AmiSession which, String version) {
        if (which != session || closed) {
            which.close();
            return;
        }
        Instant now = clock.instant();
        opened = which;
        heardAt = now;
        LOG.info("{}: connected to {}:{}, manager {}", id, settings.host(), settings.port(), version);
        calls.connected();
        routes.session(which);
        orders.session(which);
        String sentence = "connected to " + settings.host() + ":" + settings.port();
        status = Status.up(sentence + ", taking the snapshot", now);
        outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "up", sentence), (String) null);
        gap(now);
        outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
        taking = false;
        snapshot();
        lane.after(STABLE, () -> {
            if (opened == which) {
                attempts = 0;
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

    /** Wrap-up times, channels, members: in this order, so that each finds what it needs. One at a time. */
    private void snapshot() {
        AmiSession current = opened;
        if (current == null) {
            return;
        }
        if (taking) {
            again = true;
            return;
        }
        taking = true;
        again = false;
        known = idsOf();
        current.request(
                new AmiAction("GetConfig").with("Filename", "queues.conf"),
                settings.requestTimeout(),
                (answer, failure) -> {
                    if (answer != null) {
                        agents.wrapUps(wrapUps(answer));
                    } else if (failure != null && settings.wrapUp().isEmpty() && opened == current) {
                        LOG.warn("{}: wrap-up times are not known, set wrapUp: {}", id, failure.getMessage());
                    }
                    channels(current);
                });
    }

    static Map<String, Duration> wrapUps(AmiMessage queues) {
        Map<String, String> categories = new HashMap<>();
        Map<String, Duration> times = new HashMap<>();
        for (String line : queues.lines()) {
            Matcher category = CATEGORY.matcher(line);
            Matcher wrapUp = LINE.matcher(line);
            if (category.matches()) {
                categories.put(category.group(1), category.group(2));
            } else if (wrapUp.matches() && categories.containsKey(wrapUp.group(1))) {
                times.put(categories.get(wrapUp.group(1)), Duration.ofSeconds(Long.parseLong(wrapUp.group(2))));
            }
        }
        return times;
    }

    private void channels(AmiSession current) {
        current.list(new AmiAction("CoreShowChannels"), calls::known, (done, failure) -> members(current));
    }

    private void members(AmiSession current) {
        if (opened != current) {
            return;
        }
        agents.snapshotBegins();
        current.list(
                new AmiAction("QueueStatus"),
                item -> {
                    if (item.is("Event", "QueueMember")) {
                        agents.snapshot(item);
                    }
                },
                (done, failure) -> {
                    taking = false;
                    if (failure == null) {
                        agents.snapshotComplete();
                        summarise();
                    } else {
                        agents.snapshotFailed(String.valueOf(failure.getMessage()));
                    }
                    if (opened == current
                            && (again || (failure != null && failure.code().equals("timeout")))) {
                        lane.after(Duration.ofSeconds(1), this::snapshot);
                    }
                });
    }

    private Set<String> idsOf() {
        Set<String> found = new HashSet<>();
        agents.agents().forEach(agent -> found.add(agent.id() + "@" + agent.device() + agent.groups()));
        return found;
    }

    private void summarise() {
        if (opened != null) {
            status = Status.up(
                    "connected to " + settings.host() + ":" + settings.port() + ", " + known.size() + " agents",
                    status.since());
        }
    }

    private void agentsChanged() {
        if (opened != null && !known.equals(idsOf())) {
            snapshot();
        }
    }

    @Override
    public void event(AmiMessage event) {
        heardAt = clock.instant();
        String kind = event.get("Event", "");
        if (MEMBER_EVENTS.contains(kind)) {
            agents.event(kind, event);
        } else if (kind.equals("Reload")) {
            snapshot();
        } else {
            // Where the call goes first: what was selected is told as used before the call is queued there.
            if (kind.equals("QueueCallerJoin") || kind.equals("DialBegin")) {
                routes.event(kind, event);
                calls.event(kind, event);
            } else {
                calls.event(kind, event);
                routes.event(kind, event);
            }
        }
    }

    @Override
    public void closed(AmiSession which, String reason, String sentence, boolean fault) {
        if (which != session || closed) {
            return;
        }
        Instant now = clock.instant();
        Duration wait = settings.reconnect().delay(attempts);
        session = null;
        if (fault) {
            meters.refused(reason);
            outlet.publish(
                    Origin.ACD,
                    new LinkEvents.Refused(id.toString(), reason, sentence, "the Asterisk Manager Interface"),
                    (String) null);
        }
        if (opened != null) {
            gapFrom = reason.equals("heartbeat") ? heardAt : now;
            Instant up = gapFrom;
            disconnected();
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), up)));
            LOG.warn("{}: lost: {}; next attempt in {} ms", id, sentence, wait.toMillis());
            outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "down", sentence), (String) null);
        } else {
            LOG.debug("{}: no connection: {}; next attempt in {} ms", id, sentence, wait.toMillis());
        }
        boolean first = status.state() != Status.State.DOWN;
        if (first) {
            LOG.info("{}: down: {}", id, sentence);
        }
        status = Status.down(detail(reason, fault), sentence, first ? now : status.since());
        lane.after(wait, this::connect);
    }

    private void disconnected() {
        opened = null;
        taking = false;
        orders.session(null);
        routes.session(null);
    }

    private static Status.Detail detail(String reason, boolean fault) {
        return switch (reason) {
            case "login" -> Status.Detail.AUTHENTICATION;
            case "slow" -> Status.Detail.OVERLOAD;
            default -> fault ? Status.Detail.PROTOCOL : Status.Detail.CONNECTION;
        };
    }

    /** Ends the link; a second call does nothing. */
    @Override
    public void close() {
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
        if (opened != null) {
            disconnected();
            outlet.append(() -> marks.put(markKey(), new LinkMark(id.toString(), now)));
            outlet.publish(Origin.ACD, new LinkEvents.Changed(id.toString(), "down", "stopped"), (String) null);
        }
        AmiSession last = session;
        session = null;
        if (last != null) {
            last.close();
        }
        status = Status.stopped(now);
        LOG.info("{}: stopped", id);
    }
}
