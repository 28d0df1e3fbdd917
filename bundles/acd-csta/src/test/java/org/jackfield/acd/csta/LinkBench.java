package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jackfield.bus.SpoolAndBroker;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.AgentState;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.CstaServer;
import org.jackfield.protocol.csta.CstaTimer;
import org.jackfield.protocol.csta.Edition;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.protocol.csta.SwitchSession;
import org.jackfield.testkit.FakeEventBus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** One link with 5,000 agents at 2,000 events a second; {@code mvn -Pbench -pl bundles/acd-csta -am test -Dtest=LinkBench}. */
@EnabledIfSystemProperty(named = "csta.bench", matches = "true")
class LinkBench {
    private static final int AGENTS = 5000;
    private static final int RATE = 2000;
    private static final int SECONDS = Integer.getInteger("csta.bench.seconds", 60);
    private static final int WARM_SECONDS = 10;
    private static final String THREAD = "csta-demo-main";
    private static final String[] IDS = numbered("a");
    private static final String[] DEVICES = numbered("");
    private static final String[] MONITORS = numbered("m");
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A switch that answers at once. */
    private static final class Quick implements CstaServer.Switch {
        final Map<String, String> monitors = new ConcurrentHashMap<>();
        final AtomicReference<SwitchSession> session = new AtomicReference<>();

        @Override
        public void opened(SwitchSession opened) {
            session.set(opened);
        }

        @Override
        public CompletionStage<? extends CstaMessage> request(SwitchSession from, CstaRequest<?> request) {
            return CompletableFuture.completedFuture(answer(request));
        }

        private CstaMessage answer(CstaRequest<?> request) {
            if (request instanceof MonitorMessage.Start start) {
                monitors.put(start.device(), "m" + start.device());
                return new MonitorMessage.Started("m" + start.device());
            } else if (request instanceof AgentMessage.Get get) {
                var item = new AgentMessage.Item("600", AgentState.NOT_READY, null, null);
                return new AgentMessage.GetAnswer(
                        List.of(new AgentMessage.Entry("a" + get.device(), true, List.of(item))));
            }
            return new CstaError(CstaError.OPERATION, "serviceNotSupported");
        }
    }

    /** Counts what is published and holds each change of an agent against the one that is due; keeps no event. */
    private static final class Checking implements EventBus {
        volatile int changes;
        volatile int wrong;
        volatile boolean compared;
        private final EventBus bus;
        private volatile int base = -1;

        Checking(EventBus bus) {
            this.bus = bus;
        }

        /** From now on changes come as {@link #run} sends them. */
        void expect() {
            base = changes;
        }

        @Override
        public Event publish(EventDraft draft) {
            Event event = bus.publish(draft);
            if (draft.data() instanceof StateChanged change) {
                told(change);
            } else if (draft.data() instanceof LinkEvents.Resync) {
                compared = true;
            }
            return event;
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // the lane alone writes
        private void told(StateChanged change) {
            int at = changes - base;
            if (base >= 0 && !(IDS[at % AGENTS].equals(change.agent()) && change.state() == due(at))) {
                wrong++;
            }
            changes++;
        }

        @Override
        public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
            return bus.subscribe(group, tenants, topics, handler);
        }

        @Override
        public Registration tap(Consumer<Event> listener) {
            return bus.tap(listener);
        }

        @Override
        public void deadLetter(Event event, String flow, int attempts, String reason) {
            bus.deadLetter(event, flow, attempts, reason);
        }

        @Override
        public <V extends Record> Table<V> table(String name, Class<V> type) {
            return bus.table(name, type);
        }

        @Override
        public String node() {
            return bus.node();
        }

        @Override
        public double fill() {
            return bus.fill();
        }
    }

    /** CPU of the link's threads in nanoseconds: its reader, its writer, its lane and its timer. */
    private static Map<String, Long> cpu() {
        Map<String, Long> each = new TreeMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            var info = THREADS.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith(THREAD)) {
                String part = info.getThreadName().substring(THREAD.length());
                each.merge(part.isEmpty() ? "-lane" : part, Math.max(0, THREADS.getThreadCpuTime(id)), Long::sum);
            }
        }
        return each;
    }

    private static long live() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Agent agent(int number) {
        return TestDirectory.agent(IDS[number], DEVICES[number], "600");
    }

    private static AgentEvent.Kind kind(int event) {
        return event / AGENTS % 2 == 0 ? AgentEvent.Kind.READY : AgentEvent.Kind.NOT_READY;
    }

    private static org.jackfield.event.AgentState due(int event) {
        return event / AGENTS % 2 == 0
                ? org.jackfield.event.AgentState.READY
                : org.jackfield.event.AgentState.NOT_READY;
    }

    @Test
    void manyAgentsConnectFastAndNoEventIsLostDoubledOrOvertaken() throws Exception {
        var bus = new FakeEventBus();
        bus.forget();
        bench("bus in memory", bus);
    }

    @Test
    void theSameIntoTheSpoolWithTheBrokerBehindIt(@TempDir Path dir) throws Exception {
        Path lib = Path.of(System.getProperty("broker.lib", "../../broker/target/lib"));
        try (var spool = new SpoolAndBroker(dir, lib)) {
            bench("spool and broker", spool.bus());
        }
    }

    private static void bench(String title, EventBus real) throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        var acd = new Quick();
        var bus = new Checking(real);
        try (var server = CstaServer.listen(0, CstaServer.Options.of(Edition.ED4), CstaTimer.on(timer), acd)) {
            var config = new HashMap<String, Object>();
            config.put("service.pid", "org.jackfield.csta~main");
            config.put("tenant", "demo");
            config.put("port", server.port());
            config.put("requestsPerSecond", "10000");
            var directory = new TestDirectory(
                    IntStream.range(0, AGENTS).mapToObj(LinkBench::agent).toArray(Agent[]::new));
            long started = System.nanoTime();
            var link = new CstaLink(
                    SettingsReader.read(config, Path.of(".")),
                    bus,
                    directory,
                    new SimpleMeterRegistry(),
                    Clock.systemUTC());
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> bus.compared && acd.monitors.size() == AGENTS + 1);
                long connected = System.nanoTime() - started;
                System.out.printf(
                        "Link, %s: %d agents monitored and compared in %.1f s%n", title, AGENTS, connected / 1e9);
                run(title, acd, bus);
            } finally {
                link.close();
            }
        } finally {
            timer.shutdownNow();
        }
    }

    private static void run(String title, Quick acd, Checking bus) {
        bus.expect();
        int warm = RATE * WARM_SECONDS / AGENTS * AGENTS;
        int total = RATE * SECONDS;
        send(acd, bus, 0, warm);
        long first = live();
        Map<String, Long> before = cpu();
        send(acd, bus, warm, warm + total / 2);
        long middle = live();
        send(acd, bus, warm + total / 2, warm + total);
        Map<String, Long> after = cpu();
        long last = live();
        assertThat(bus.wrong).isZero();
        assertThat(bus.changes - bus.base).isEqualTo(warm + total);
        after.replaceAll((part, nanos) -> nanos - before.getOrDefault(part, 0L));
        System.out.printf(
                "Link, %s: %d events at %d/s, none lost, doubled or overtaken; CPU of the link's threads %.1f us per"
                        + " event %s; heap after GC %.1f, %.1f, %.1f MB at start, middle and end%n",
                title,
                total,
                RATE,
                after.values().stream().mapToLong(Long::longValue).sum() / 1e3 / total,
                after.entrySet().stream()
                        .map(one -> String.format("%s %.1f", one.getKey().substring(1), one.getValue() / 1e3 / total))
                        .toList(),
                first / 1048576.0,
                middle / 1048576.0,
                last / 1048576.0);
    }

    /** Sends events {@code from} to {@code to}, evenly, and waits until all are told. */
    private static void send(Quick acd, Checking bus, int from, int to) {
        SwitchSession session = acd.session.get();
        long start = System.nanoTime();
        int sent = from;
        while (sent < to) {
            long due = from + (System.nanoTime() - start) * RATE / 1_000_000_000L;
            for (; sent < due && sent < to; sent++) {
                int number = sent % AGENTS;
                assertThat(session.event(
                                AgentEvent.of(kind(sent), MONITORS[number], DEVICES[number], IDS[number], "600")))
                        .isTrue();
            }
            LockSupport.parkNanos(500_000);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> bus.changes - bus.base >= to);
    }

    private static String[] numbered(String prefix) {
        return IntStream.range(0, AGENTS)
                .mapToObj(number -> prefix + (10_000 + number))
                .toArray(String[]::new);
    }
}
