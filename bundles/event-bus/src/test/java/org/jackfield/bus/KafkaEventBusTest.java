package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Table;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bus against a real broker in a process of its own. */
class KafkaEventBusTest {
    @TempDir
    static Path shared;

    private static TestBroker broker;
    private static final AtomicInteger TENANTS = new AtomicInteger();

    @TempDir
    Path dir;

    private final String tenant = "t" + TENANTS.incrementAndGet();

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new TestBroker(shared).awaitUp();
    }

    @AfterAll
    static void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void eventsArriveOnceInOrderPerKey() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> sent = new ArrayList<>();
        try (var bus = bus("n1")) {
            bus.subscribe("flow.a", Set.of(tenant), Set.of(Topic.AGENT), e -> {
                seen.add(e);
                return CompletableFuture.completedFuture(null);
            });
            for (int i = 0; i < 500; i++) {
                sent.add(bus.publish(draft("agent" + i % 7, "r" + i)));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> seen.size() >= 500);
            assertThat(seen).containsExactlyElementsOf(sent);
            await().until(() -> bus.lag() == 0);
        }
    }

    @Test
    void groupGoesOnWhereItStopped() throws IOException {
        List<String> first = new CopyOnWriteArrayList<>();
        List<String> second = new CopyOnWriteArrayList<>();
        List<String> sent = new ArrayList<>();
        try (var bus = bus("n1")) {
            var registration = bus.subscribe("flow.b", Set.of(tenant), Set.of(Topic.AGENT), e -> {
                first.add(e.id());
                return CompletableFuture.completedFuture(null);
            });
            for (int i = 0; i < 50; i++) {
                sent.add(bus.publish(draft("a", "x" + i)).id());
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> first.size() == 50);
            registration.close();
            for (int i = 0; i < 50; i++) {
                sent.add(bus.publish(draft("a", "y" + i)).id());
            }
        }
        try (var bus = bus("n1")) {
            bus.subscribe("flow.b", Set.of(tenant), Set.of(Topic.AGENT), e -> {
                second.add(e.id());
                return CompletableFuture.completedFuture(null);
            });
            await().atMost(Duration.ofSeconds(20)).until(() -> second.size() >= 50);
        }
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(all).containsExactlyElementsOf(sent);
    }

    record State(String agent, int number) {}

    @Test
    void tableComesBackFromSpoolAndSnapshotAndBroker() throws IOException {
        try (var bus = bus("n1")) {
            Table<State> table = bus.table("agent", State.class);
            for (int i = 0; i < 20; i++) {
                table.put(new Table.Key(tenant, "a" + i), new State("a" + i, i));
            }
            table.remove(new Table.Key(tenant, "a3"));
            await().atMost(Duration.ofSeconds(20)).until(() -> bus.lag() == 0 && table.complete());
        }
        try (var bus = bus("n1")) {
            Table<State> table = bus.table("agent", State.class);
            assertThat(table.complete()).isTrue();
            assertThat(table.size()).isEqualTo(19);
        }
        try (var bus = bus("n2")) {
            Table<State> table = bus.table("agent", State.class);
            await().atMost(Duration.ofSeconds(20)).until(table::complete);
            List<String> ids = new ArrayList<>();
            table.forEach((key, value) -> {
                if (key.tenant().equals(tenant)) {
                    ids.add(key.id());
                }
            });
            Collections.sort(ids);
            assertThat(ids).hasSize(19).doesNotContain("a3");
        }
    }

    private KafkaEventBus bus(String node) throws IOException {
        var settings = BusSettings.of(node, broker.address(), dir.resolve(node), List.of());
        var bus = new KafkaEventBus(settings, new SimpleMeterRegistry(), Clock.systemUTC());
        bus.start();
        return bus;
    }

    private EventDraft draft(String agent, String reason) {
        return EventDraft.of(
                tenant,
                "/csta/" + tenant + "/main",
                Origin.ACD,
                Instant.now(),
                new AgentEvents.StateChanged(
                        agent, "4711", AgentState.NOT_READY, AgentState.READY, null, reason, List.of(), false));
    }
}
