package org.jackfield.teams;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.teams.Pair;
import org.jackfield.twin.teams.TeamsTwin;
import org.jackfield.twin.teams.Windows;
import org.junit.jupiter.api.Test;

/**
 * Figures of the link alone against the twin over HTTP, in real time; run by name only:
 * {@code -Dtest=LatencyBench}. Prints, and gates nothing.
 */
class LatencyBench {
    private static final String DIRECTORY = "22222222-0000-4000-8000-000000000000";
    private static final String CLIENT = "33333333-0000-4000-8000-000000000000";

    private static String user(int number) {
        return "11111111-0000-4000-8000-%012d".formatted(number);
    }

    /** Changes of 10,000 agents until they are events: from readable at Graph, and from made with a drawn delay before. */
    @Test
    void changesInTeamsOfTenThousandAgents() throws Exception {
        int agents = 10_000;
        var directory = new FakeDirectory();
        try (var rig = new Rig(agents, directory, 1_500)) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> rig.bus.data(PresenceEvents.Observed.class).size() == agents);
            Map<String, Instant> readable = new ConcurrentHashMap<>();
            Map<String, Duration> delays = new ConcurrentHashMap<>();
            List<Long> added = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Long> whole = java.util.Collections.synchronizedList(new ArrayList<>());
            rig.bus.tap(event -> {
                if (event.data() instanceof PresenceEvents.Observed seen) {
                    Instant since = readable.remove(seen.user());
                    if (since != null) {
                        long took = Duration.between(since, Instant.now()).toMillis();
                        added.add(took);
                        whole.add(took + delays.get(seen.user()).toMillis());
                    }
                }
            });
            var random = new Random(3);
            ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
            for (int i = 0; i < 1_200; i++) {
                int agent = i * 8;
                // propagation inside Teams: log-normal, median 2 s, sigma 0.8
                var delay = Duration.ofMillis((long) (2_000 * Math.exp(0.8 * random.nextGaussian())));
                delays.put(user(agent), delay);
                clock.schedule(
                        () -> {
                            readable.put(user(agent), Instant.now());
                            rig.twin.presence().choose(user(agent), new Pair("DoNotDisturb", "DoNotDisturb"));
                        },
                        i * 25L + delay.toMillis(),
                        TimeUnit.MILLISECONDS);
            }
            await().atMost(Duration.ofMinutes(3)).until(() -> added.size() == 1_200);
            clock.shutdownNow();
            Teams.Budget budget = rig.budget();
            System.out.println("BENCH change readable to event, 10,000 agents: " + figures(added));
            System.out.println("BENCH change made to event, propagation log-normal(2 s, 0.8): " + figures(whole));
            System.out.println(
                    "BENCH reads: " + budget.usedBy().get("sweep") + " in 30 s of 1,500, allowed " + budget.allowed());
        }
    }

    /** 200 agent events a second until the request for each is written. */
    @Test
    void twoHundredEventsASecondToTheWire() throws Exception {
        int agents = 2_000;
        var directory = new FakeDirectory();
        try (var rig = new Rig(agents, directory, 100_000)) {
            int seconds = 25;
            ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
            for (int i = 0; i < 200 * seconds; i++) {
                int agent = i % agents;
                SessionPair pair = (i / agents) % 2 == 0 ? SessionPair.AWAY : SessionPair.IN_A_CALL;
                clock.schedule(() -> rig.want(agent, pair), i * 5L, TimeUnit.MILLISECONDS);
            }
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> rig.bus.data(PresenceEvents.Applied.class).size() >= 200 * seconds);
            clock.shutdownNow();
            List<Long> wire = new ArrayList<>();
            var snapshot = rig.meters.get("jackfield.teams.wire").timer().takeSnapshot();
            for (var value : snapshot.percentileValues()) {
                wire.add((long) (value.value(TimeUnit.MICROSECONDS)));
            }
            System.out.println("BENCH event to wire at 200/s, p50, p95, p99 in us: " + wire + ", largest "
                    + (long) snapshot.max(TimeUnit.MICROSECONDS) + ", writes " + snapshot.count());
        }
    }

    private static String figures(List<Long> millis) {
        long[] sorted = millis.stream().mapToLong(Long::longValue).sorted().toArray();
        return "p50 " + sorted[sorted.length / 2] + " ms, p90 " + sorted[sorted.length * 9 / 10] + " ms, p99 "
                + sorted[sorted.length * 99 / 100] + " ms, largest "
                + Arrays.stream(sorted).max().orElse(0)
                + " ms of " + sorted.length;
    }

    /** A twin and a link. */
    private static final class Rig implements AutoCloseable {
        final FakeEventBus bus = new FakeEventBus();
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        final Budgets budgets = new Budgets();
        final TeamsTwin twin;
        final TeamsLink link;

        Rig(int agents, FakeDirectory directory, int limit) throws Exception {
            var clock = new TwinClock();
            twin = new TeamsTwin(
                    0,
                    new TeamsTwin.Registration(
                            DIRECTORY, CLIENT, "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All")),
                    clock,
                    new Faults(),
                    new TwinLog());
            twin.windows().limit("presence", new Windows.Limit(limit, Duration.ofSeconds(30)));
            for (int i = 0; i < agents; i++) {
                twin.presence().addUser(user(i), null);
                directory.with("a" + i, user(i));
            }
            Map<String, Object> properties = new HashMap<>(Map.of(
                    "service.pid",
                    "org.jackfield.teams~main",
                    "tenant",
                    "demo",
                    "directoryId",
                    DIRECTORY,
                    "clientId",
                    CLIENT,
                    "secretEnv",
                    "S",
                    "limit",
                    String.valueOf(limit),
                    "graphUrl",
                    "http://127.0.0.1:" + twin.port(),
                    "loginUrl",
                    "http://127.0.0.1:" + twin.port()));
            link = new TeamsLink(
                    SettingsReader.read(properties, name -> "s3cret", Path.of(".")), bus, directory, meters, budgets);
            await().atMost(Duration.ofSeconds(60)).until(() -> link.status().state() == Status.State.UP);
        }

        void want(int agent, SessionPair pair) {
            Event cause = bus.publish(EventDraft.of(
                    "demo",
                    "/acd/demo/main",
                    Origin.ACD,
                    Instant.now(),
                    new AgentEvents.StateChanged(
                            "a" + agent, "47", AgentState.BUSY, null, null, null, List.of(), false)));
            link.execute(new Command<>(
                    Teams.PRESENCE, Bench.want("a" + agent, user(agent), pair), cause, Duration.ofSeconds(30)));
        }

        Teams.Budget budget() throws Exception {
            return link.execute(new Command<>(Teams.BUDGET, new Teams.AskBudget(), null, Duration.ofSeconds(5)))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            link.close();
            budgets.close();
            twin.close();
        }
    }
}
