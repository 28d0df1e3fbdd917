package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Table;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts and brokers killed at work: nothing acknowledged is lost, nothing comes twice, order stays. */
class DeathTest {
    private static TestBroker broker;

    @TempDir
    Path dir;

    private Bench bench;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.shared();
    }

    @BeforeEach
    void bench() {
        bench = new Bench(broker.address(), dir);
    }

    @Test
    void killedHostLosesAndDoublesNothing() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        int[] lines = {1, 300, 1500, 4000};
        for (int until : lines) {
            acknowledged.addAll(publishAndKill(until));
        }
        try (var bus = bench.bus("n1")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> bus.lag() == 0);
            List<String> ids = bench.ids(Topic.AGENT.of(bench.tenant));
            assertThat(ids).doesNotHaveDuplicates();
            assertThat(new HashSet<>(ids)).containsAll(acknowledged);
            assertThat(positions(ids)).isSorted();
            long last = positions(acknowledged).get(acknowledged.size() - 1);
            Publisher.Counted counted =
                    bus.table("count", Publisher.Counted.class).get(new Table.Key(bench.tenant, "last"));
            assertThat(counted.number()).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void killedBrokerGetsEverythingInOrderWhenItIsBack() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> sent = new ArrayList<>();
        try (var bus = bench.bus("n1")) {
            bus.subscribe("flow.k", Set.of(bench.tenant), Set.of(Topic.AGENT), Bench.into(seen));
            for (int round = 0; round < 2; round++) {
                publish(bus, sent, 500);
                int before = sent.size();
                await().atMost(Duration.ofSeconds(60)).until(() -> seen.size() > before - 400);
                broker.kill();
                publish(bus, sent, 500);
                // the broker may be back before anybody noticed that it was away
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> !bus.connection().up() || broker.listens());
                publish(bus, sent, 100);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> seen.size() >= sent.size() && bus.lag() == 0);
            assertThat(bench.ids(Topic.AGENT.of(bench.tenant)))
                    .containsExactlyElementsOf(sent.stream().map(Event::id).toList());
            assertThat(seen).containsExactlyElementsOf(sent);
        }
    }

    @Test
    void hostAndBrokerKilledTogetherLoseAndDoubleNothing() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            Path ledger = dir.resolve("ledger");
            Process host = host(ledger);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged(ledger).size() >= 800);
            broker.kill();
            host.destroyForcibly().waitFor();
            acknowledged.addAll(acknowledged(ledger));
        }
        broker.awaitUp();
        try (var bus = bench.bus("n1")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> bus.lag() == 0);
            List<String> ids = bench.ids(Topic.AGENT.of(bench.tenant));
            assertThat(ids).doesNotHaveDuplicates();
            assertThat(new HashSet<>(ids)).containsAll(acknowledged);
            assertThat(positions(ids)).isSorted();
        }
    }

    @Test
    void groupThatSubscribesWhileTheBrokerIsAwayMissesNothing() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> sent = new ArrayList<>();
        broker.kill();
        try (var bus = bench.bus("n1")) {
            bus.publish(bench.draft("agent0", "before the group"));
            bus.subscribe("flow.new", Set.of(bench.tenant), Set.of(Topic.AGENT), Bench.into(seen));
            publish(bus, sent, 50);
            await().atMost(Duration.ofSeconds(60)).until(() -> seen.size() >= 50);
            assertThat(seen).containsExactlyElementsOf(sent);
        }
    }

    private void publish(KafkaEventBus bus, List<Event> sent, int count) {
        for (int i = 0; i < count; i++) {
            sent.add(bus.publish(bench.draft("agent" + i % 3, "r" + i)));
        }
    }

    /** Lets a host publish until it has acknowledged so many, kills it, and gives all that it had acknowledged. */
    private List<String> publishAndKill(int lines) throws Exception {
        Path ledger = dir.resolve("ledger");
        Process host = host(ledger);
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged(ledger).size() >= lines);
        host.destroyForcibly().waitFor();
        return acknowledged(ledger);
    }

    private Process host(Path ledger) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Publisher.class.getName(),
                        broker.address(),
                        dir.resolve("n1").toString(),
                        bench.tenant,
                        "100000")
                .redirectOutput(ledger.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The whole lines of a ledger. */
    private static List<String> acknowledged(Path ledger) throws IOException {
        String text = Files.exists(ledger) ? Files.readString(ledger) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static List<Long> positions(List<String> ids) {
        return ids.stream()
                .map(id -> Long.parseLong(id.substring(id.indexOf('/') + 1)))
                .toList();
    }
}
