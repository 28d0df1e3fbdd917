package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the presence of all agents again and again and publishes what is different from what was published last, also by
 * an earlier life of the host. A sweep does not wait for answers that are slower than the sweep interval: the next one
 * begins, and what comes late is taken only if it is newer. Nothing blocks; safe for any thread.
 */
final class PresenceSweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceSweep.class);

    /** How long a user whom Graph refuses is left out. */
    private static final Duration LEFT_OUT = Duration.ofMinutes(10);

    /** With more requests without an answer than this, no sweep begins before the last one is over. */
    private static final int MOST_OUT = 8;

    private final Settings settings;
    private final Timer timer;
    private final EventBus bus;
    private final AgentDirectory directory;
    private final GraphDesk desk;
    private final PresenceApi api;
    private final LinkHealth health;
    private final TeamsMeters meters;
    private final Runnable idle;
    private final Table<SeenPresence> table;
    private final Map<String, Reading> latest = new ConcurrentHashMap<>();
    private final QueueNearness near;
    private final Map<String, Instant> leftOut = new ConcurrentHashMap<>();
    private final AtomicInteger out = new AtomicInteger();
    private final Object taking = new Object();
    private volatile boolean closed;

    /** @param idle called instead of a sweep when there are no agents to read */
    PresenceSweep(
            Settings settings,
            Timer timer,
            EventBus bus,
            AgentDirectory directory,
            GraphDesk desk,
            PresenceApi api,
            LinkHealth health,
            TeamsMeters meters,
            Runnable idle) {
        this.settings = settings;
        this.timer = timer;
        this.bus = bus;
        this.directory = directory;
        this.desk = desk;
        this.api = api;
        this.health = health;
        this.meters = meters;
        this.idle = idle;
        this.table = bus.table("teams-seen", SeenPresence.class);
        this.near = new QueueNearness(bus, settings.id().tenant());
    }

    /** True once the table can be read. */
    boolean ready() {
        return table.complete();
    }

    void start() {
        run();
    }

    @Override
    public void close() {
        closed = true;
        near.close();
    }

    /** One sweep. */
    private static final class Round {
        private final Map<String, Agent> agents;
        private final Instant started;
        private final Duration interval;
        /** How many of its requests have not come to an end. */
        private final AtomicInteger open = new AtomicInteger(1);
        /** How many of its requests wait for budget. */
        private final AtomicInteger unsent = new AtomicInteger(1);
        /** Users whom Graph would not tell about, with the reason. */
        private final Map<String, GraphFailure> refused = new ConcurrentHashMap<>();
        /** True once the next one is planned. */
        private final AtomicBoolean followed = new AtomicBoolean();
        /** True once Graph told about anybody. */
        private volatile boolean told;

        private volatile boolean failed;
        /** When a request last went or came back. */
        private volatile Instant stirred;

        private Round(Map<String, Agent> agents, Instant started, Duration interval) {
            this.agents = agents;
            this.started = started;
            this.stirred = started;
            this.interval = interval;
        }
    }

    private void run() {
        if (closed) {
            return;
        }
        Map<String, Agent> agents = agents();
        var round = new Round(agents, timer.now(), settings.sweepOf(agents.size()));
        List<String> users = nearestFirst(agents);
        if (users.isEmpty()) {
            idle.run();
        }
        for (int from = 0; from < users.size(); from += PresenceApi.MOST) {
            read(round, users.subList(from, Math.min(users.size(), from + PresenceApi.MOST)));
        }
        round.unsent.decrementAndGet();
        over(round);
        if (!round.followed.get()) {
            timer.after(round.interval, () -> look(round));
        }
    }

    /** Begins the next sweep when this one is due to be over and all that is left of it are answers that do not come. */
    private void look(Round round) {
        if (closed || round.followed.get()) {
            return;
        }
        Duration quiet = Duration.between(round.stirred, timer.now());
        Duration least = round.interval.dividedBy(2);
        if (round.unsent.get() > 0 || out.get() > MOST_OUT) {
            timer.after(round.interval.dividedBy(8), () -> look(round));
        } else if (quiet.compareTo(least) < 0) {
            timer.after(least.minus(quiet), () -> look(round));
        } else if (round.followed.compareAndSet(false, true)) {
            run();
        }
    }

    /** Agents in a queue before those near one before the rest, and so all who matter in the first requests. */
    private List<String> nearestFirst(Map<String, Agent> agents) {
        List<List<String>> ranks = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(agents.size()));
        agents.forEach((user, agent) -> ranks.get(near.of(agent.id())).add(user));
        List<String> ordered = new ArrayList<>(agents.size());
        ranks.forEach(ordered::addAll);
        return ordered;
    }

    private Map<String, Agent> agents() {
        Instant now = timer.now();
        leftOut.values().removeIf(until -> !until.isAfter(now));
        Map<String, Agent> agents = new LinkedHashMap<>();
        Collection<Agent> all = directory.agents(settings.id().tenant());
        for (Agent agent : all) {
            String user = agent.user();
            if (user != null && !user.isBlank() && !leftOut.containsKey(user)) {
                agents.put(user, agent);
            }
        }
        return agents;
    }

    private void read(Round round, List<String> users) {
        round.open.incrementAndGet();
        round.unsent.incrementAndGet();
        var sent = new AtomicBoolean();
        desk.<List<PresenceApi.Seen>>call(
                Priority.SWEEP,
                "getPresencesByUserId",
                () -> {
                    out.incrementAndGet();
                    sent.set(true);
                    stir(round, true);
                    return api.read(users);
                },
                (seen, failure) -> {
                    if (sent.get()) {
                        out.decrementAndGet();
                    }
                    stir(round, !sent.get());
                    if (failure == null && seen != null) {
                        round.told = true;
                        take(round, users, seen);
                    } else if (failure != null && failure.kind() == GraphFailure.Kind.REFUSED) {
                        narrow(round, users, failure);
                    } else if (sent.get()) {
                        round.failed = true;
                    }
                    over(round);
                });
    }

    private void stir(Round round, boolean leavesTheGate) {
        round.stirred = timer.now();
        if (leavesTheGate) {
            round.unsent.decrementAndGet();
        }
    }

    /** Finds the user because of whom Graph refuses to tell anything about the others. */
    private void narrow(Round round, List<String> users, GraphFailure failure) {
        if (failure.status() != 400 && failure.status() != 404) {
            return;
        }
        if (users.size() > 1) {
            int half = users.size() / 2;
            read(round, users.subList(0, half));
            read(round, users.subList(half, users.size()));
            return;
        }
        round.refused.put(users.get(0), failure);
    }

    /** Leaves out whom Graph refuses, unless it refuses everybody: then the users are not to blame. */
    private void leaveOut(Round round) {
        round.refused.forEach((user, failure) -> {
            if (!round.told) {
                health.unreadable(failure);
                return;
            }
            Agent agent = round.agents.get(user);
            leftOut.put(user, timer.now().plus(LEFT_OUT));
            LOG.warn(
                    "agent {}: Graph refuses to read user {}: {}; left out for {} min, check the agent dictionary",
                    agent == null ? "?" : agent.id(),
                    user,
                    failure.sentence(),
                    LEFT_OUT.toMinutes());
            meters.refused(settings.id().toString(), "user");
        });
    }

    private void over(Round round) {
        if (round.open.decrementAndGet() > 0 || closed) {
            return;
        }
        leaveOut(round);
        Duration took = Duration.between(round.started, timer.now());
        if (!round.agents.isEmpty()) {
            meters.swept(took);
        }
        if (!round.followed.compareAndSet(false, true)) {
            return;
        }
        Duration rest = round.interval.minus(took);
        Duration least = round.interval.dividedBy(4);
        // whom a failed request left unread are read sooner; while Graph is away the gate sets the pace
        timer.after(round.failed || rest.compareTo(least) < 0 ? least : rest, this::run);
    }

    private void take(Round round, List<String> users, List<PresenceApi.Seen> answer) {
        Map<String, PresenceApi.Seen> byUser = new HashMap<>();
        answer.forEach(seen -> byUser.put(seen.user().toLowerCase(Locale.ROOT), seen));
        // two sweeps may tell about one user at once
        synchronized (taking) {
            for (String user : users) {
                PresenceApi.Seen seen = byUser.get(user.toLowerCase(Locale.ROOT));
                Agent agent = round.agents.get(user);
                if (agent != null) {
                    take(agent, user, round.started, seen == null ? PresenceApi.Seen.of(user, null, null, null) : seen);
                }
            }
        }
    }

    private void take(Agent agent, String user, Instant asked, PresenceApi.Seen seen) {
        Instant at = timer.now();
        Reading reading = latest.get(user);
        SeenPresence last = reading != null
                ? reading.seen()
                : table.get(new Table.Key(settings.id().tenant(), user));
        if (last != null && last.newerThan(seen)) {
            return;
        }
        boolean late = reading != null && reading.askedAfter(asked);
        if (late && (last == null || !last.olderThan(seen))) {
            return;
        }
        var now = new SeenPresence(
                agent.id(),
                Words.shared(seen.availability()),
                Words.shared(seen.activity()),
                seen.sequenceNumber() == null && last != null ? last.sequenceNumber() : seen.sequenceNumber());
        if (last != null && last.says(seen) && last.agent().equals(agent.id())) {
            remember(user, reading, now, asked, at);
            return;
        }
        try {
            publish(agent, user, seen);
            table.put(new Table.Key(settings.id().tenant(), user), now);
            meters.observed(reading == null ? null : Duration.between(reading.at(), at));
            remember(user, reading, now, asked, at);
        } catch (SpoolFullException e) {
            LOG.debug("agent {}: presence is read again later: {}", agent.id(), e.getMessage());
        }
    }

    private void remember(String user, @Nullable Reading reading, SeenPresence now, Instant asked, Instant at) {
        if (reading == null) {
            latest.put(user, new Reading(now, asked, at));
        } else {
            reading.now(now, asked, at);
        }
    }

    /** What was last read of a user, null when nothing was. */
    @Nullable
    Reading reading(String user) {
        return latest.get(user);
    }

    private void publish(Agent agent, String user, PresenceApi.Seen seen) {
        bus.publish(EventDraft.of(
                settings.id().tenant(),
                settings.id().source(),
                Origin.TEAMS,
                timer.now(),
                new PresenceEvents.Observed(
                        agent.id(), user, seen.availability(), seen.activity(), seen.sequenceNumber())));
    }

    /** How many users are left out because Graph refuses to tell about them. */
    int leftOut() {
        return leftOut.size();
    }
}
