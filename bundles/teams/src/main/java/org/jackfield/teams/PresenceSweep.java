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
 * an earlier life of the host. One sweep at a time; nothing blocks.
 */
final class PresenceSweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceSweep.class);

    /** What is said of a user whom Graph does not mention. */
    private static final String UNKNOWN = "PresenceUnknown";

    /** How long a user whom Graph refuses is left out. */
    private static final Duration LEFT_OUT = Duration.ofMinutes(10);

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

    /**
     * One sweep.
     *
     * @param agents by user
     * @param open how many of its requests are still out
     * @param refused users whom Graph would not tell about, with the reason
     * @param told true once Graph told about anybody
     */
    private record Round(
            Map<String, Agent> agents,
            Instant started,
            AtomicInteger open,
            Map<String, GraphFailure> refused,
            AtomicBoolean told) {}

    private void run() {
        if (closed) {
            return;
        }
        var round =
                new Round(agents(), timer.now(), new AtomicInteger(1), new ConcurrentHashMap<>(), new AtomicBoolean());
        List<String> users = nearestFirst(round.agents());
        if (users.isEmpty()) {
            idle.run();
        }
        for (int from = 0; from < users.size(); from += PresenceApi.MOST) {
            read(round, users.subList(from, Math.min(users.size(), from + PresenceApi.MOST)));
        }
        over(round);
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
        round.open().incrementAndGet();
        desk.<List<PresenceApi.Seen>>call(
                Priority.SWEEP, "getPresencesByUserId", () -> api.read(users), (seen, failure) -> {
                    if (failure == null && seen != null) {
                        round.told().set(true);
                        take(round, users, seen);
                    } else if (failure != null && failure.kind() == GraphFailure.Kind.REFUSED) {
                        narrow(round, users, failure);
                    }
                    over(round);
                });
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
        round.refused().put(users.get(0), failure);
    }

    /** Leaves out whom Graph refuses, unless it refuses everybody: then the users are not to blame. */
    private void leaveOut(Round round) {
        round.refused().forEach((user, failure) -> {
            if (!round.told().get()) {
                health.unreadable(failure);
                return;
            }
            Agent agent = round.agents().get(user);
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
        if (round.open().decrementAndGet() > 0 || closed) {
            return;
        }
        leaveOut(round);
        Duration took = Duration.between(round.started(), timer.now());
        if (!round.agents().isEmpty()) {
            meters.swept(took);
        }
        Duration interval = settings.sweepOf(round.agents().size());
        Duration rest = interval.minus(took);
        Duration least = interval.dividedBy(4);
        timer.after(rest.compareTo(least) < 0 ? least : rest, this::run);
    }

    private void take(Round round, List<String> users, List<PresenceApi.Seen> answer) {
        Map<String, PresenceApi.Seen> byUser = new HashMap<>();
        answer.forEach(seen -> byUser.put(seen.user().toLowerCase(Locale.ROOT), seen));
        for (String user : users) {
            PresenceApi.Seen seen = byUser.get(user.toLowerCase(Locale.ROOT));
            Agent agent = round.agents().get(user);
            if (agent != null) {
                take(agent, user, seen == null ? new PresenceApi.Seen(user, UNKNOWN, UNKNOWN, null) : seen);
            }
        }
    }

    private void take(Agent agent, String user, PresenceApi.Seen seen) {
        Instant at = timer.now();
        Reading reading = latest.get(user);
        SeenPresence last = reading != null
                ? reading.seen()
                : table.get(new Table.Key(settings.id().tenant(), user));
        if (last != null && last.newerThan(seen)) {
            return;
        }
        var now = new SeenPresence(
                agent.id(),
                Words.shared(seen.availability()),
                Words.shared(seen.activity()),
                seen.sequenceNumber() == null && last != null ? last.sequenceNumber() : seen.sequenceNumber());
        if (last != null && last.says(seen) && last.agent().equals(agent.id())) {
            remember(user, reading, now, at);
            return;
        }
        try {
            publish(agent, user, seen);
            table.put(new Table.Key(settings.id().tenant(), user), now);
            meters.observed(reading == null ? null : Duration.between(reading.at(), at));
            remember(user, reading, now, at);
        } catch (SpoolFullException e) {
            LOG.debug("agent {}: presence is read again later: {}", agent.id(), e.getMessage());
        }
    }

    private void remember(String user, @Nullable Reading reading, SeenPresence now, Instant at) {
        if (reading == null) {
            latest.put(user, new Reading(now, at));
        } else {
            reading.now(now, at);
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
