package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
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

/** One link with 5,000 agents at 2,000 events a second; {@code mvn -Pbench -pl bundles/acd-csta -am test -Dtest=LinkBench}. */
@EnabledIfSystemProperty(named = "csta.bench", matches = "true")
class LinkBench {
    private static final int AGENTS = 5000;
    private static final int RATE = 2000;
    private static final int SECONDS = Integer.getInteger("csta.bench.seconds", 60);
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

    /** A bus that costs next to nothing: events in a list, tables as the fake one keeps them. */
    private static final class PlainBus implements EventBus {
        private final FakeEventBus rest = new FakeEventBus();
        private final List<Event> events = new ArrayList<>();

        @Override
        public synchronized Event publish(EventDraft draft) {
            var event = new Event(
                    "n/" + events.size(),
                    draft.tenant(),
                    draft.source(),
                    draft.origin(),
                    draft.time(),
                    draft.time(),
                    draft.correlationId(),
                    draft.causationId(),
                    draft.data());
            events.add(event);
            return event;
        }

        synchronized <D extends EventData> int count(Class<D> kind) {
            return (int) events.stream()
                    .filter(event -> kind.isInstance(event.data()))
                    .count();
        }

        synchronized int size() {
            return events.size();
        }

        synchronized List<StateChanged> changes() {
            return events.stream()
                    .map(Event::data)
                    .filter(StateChanged.class::isInstance)
                    .map(StateChanged.class::cast)
                    .toList();
        }

        @Override
        public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
            return rest.subscribe(group, tenants, topics, handler);
        }

        @Override
        public Registration tap(Consumer<Event> listener) {
            return rest.tap(listener);
        }

        @Override
        public void deadLetter(Event event, String flow, int attempts, String reason) {}

        @Override
        public <V extends Record> Table<V> table(String name, Class<V> type) {
            return rest.table(name, type);
        }

        @Override
        public String node() {
            return "n";
        }

        @Override
        public double fill() {
            return 0;
        }
    }

    /** CPU of the link's threads: its reader, its writer, its lane and its timer. */
    private static long cpu() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            var info = THREADS.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith("csta-demo-main")) {
                sum += Math.max(0, THREADS.getThreadCpuTime(id));
            }
        }
        return sum;
    }

    private static long live() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Agent agent(int number) {
        return TestDirectory.agent("a" + (10_000 + number), String.valueOf(10_000 + number), "600");
    }

    @Test
    void manyAgentsConnectFastAndNoEventIsLostDoubledOrOvertaken() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        var acd = new Quick();
        var bus = new PlainBus();
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
                await().atMost(Duration.ofSeconds(60)).until(() -> bus.count(LinkEvents.Resync.class) == 1);
                await().atMost(Duration.ofSeconds(60)).until(() -> acd.monitors.size() == AGENTS + 1);
                long connected = System.nanoTime() - started;
                System.out.printf("Link: %d agents monitored and compared in %.1f s%n", AGENTS, connected / 1e9);
                run(acd, bus);
            } finally {
                link.close();
            }
        } finally {
            timer.shutdownNow();
        }
    }

    private static void run(Quick acd, PlainBus bus) {
        SwitchSession session = acd.session.get();
        int total = RATE * SECONDS;
        int before = bus.changes().size();
        int events = bus.size();
        long first = live();
        long cpu = cpu();
        long from = System.nanoTime();
        int sent = 0;
        while (sent < total) {
            long due = (System.nanoTime() - from) * RATE / 1_000_000_000L;
            for (; sent < due && sent < total; sent++) {
                int number = sent % AGENTS;
                String device = String.valueOf(10_000 + number);
                var kind = sent / AGENTS % 2 == 0 ? AgentEvent.Kind.READY : AgentEvent.Kind.NOT_READY;
                assertThat(session.event(AgentEvent.of(kind, "m" + device, device, "a" + device, "600")))
                        .isTrue();
            }
            LockSupport.parkNanos(500_000);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> bus.size() >= events + total);
        double micros = (cpu() - cpu) / 1e3 / total;
        List<StateChanged> told = bus.changes().subList(before, before + total);
        assertThat(bus.changes()).hasSize(before + total);
        for (int i = 0; i < total; i++) {
            assertThat(told.get(i).agent()).isEqualTo("a" + (10_000 + i % AGENTS));
        }
        System.out.printf(
                "Link: %d events at %d/s, none lost, doubled or overtaken, %.1f us CPU of the link's threads per event, bus"
                        + " in memory; heap %d to %d MB with all events kept by the test%n",
                total, RATE, micros, first >> 20, live() >> 20);
    }
}
