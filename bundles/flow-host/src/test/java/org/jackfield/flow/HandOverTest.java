package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.Custom;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandOverTest {
    private static final int SWAPS = 60;
    private static final int KEYS = 16;
    private static final String FLOW = """
            - from:
                uri: bus:call?types=test
                steps:
                  - to: direct:inner
            - from:
                uri: direct:inner
                steps:
                  - setBody: {simple: "${exchangeProperty.event}"}
                  - bean: {ref: ledger, method: order}
                  - to: csta:note
                  # version VERSION
            """;

    /** What the flow asks the link to write down. */
    public record Note(String key, int number) {}

    /** The flow bean that makes an order of an event. */
    public static final class Ledger {
        public Note order(Event event) {
            var data = (Custom) event.data();
            return new Note(data.key(), (Integer) data.members().get("number"));
        }
    }

    private static final Operation<Note, Object> NOTE = new Operation<>("note", Note.class, Object.class, "Notes.");

    @TempDir
    Path folder;

    @Test
    void sixtySwapsUnderLoadLoseAndDoubleNothingAndKeepOrder() throws Exception {
        Map<String, List<Integer>> noted = new ConcurrentHashMap<>();
        var timer = Executors.newScheduledThreadPool(2);
        var link = new FakeLink("demo", "csta", "main", List.of(NOTE), List.of(), command -> {
            Note note = (Note) command.argument();
            noted.computeIfAbsent(note.key(), key -> new CopyOnWriteArrayList<>())
                    .add(note.number());
            return CompletableFuture.supplyAsync(
                    () -> "", CompletableFuture.delayedExecutor(note.number() % 4, TimeUnit.MILLISECONDS, timer));
        });
        try (var host = new FlowHarness(folder)) {
            host.services.bean("ledger", new Ledger());
            host.services.add(link);
            host.save("load", FLOW.replace("VERSION", "1"));
            host.awaitRunning("load");
            var stop = new AtomicBoolean();
            var sent = new AtomicInteger();
            var sender = new Thread(() -> {
                while (!stop.get()) {
                    int number = sent.getAndIncrement();
                    host.publish(new Custom("test", Topic.CALL, "call" + number % KEYS, Map.of("number", number)));
                    if (host.flow("load").counters().unfinished() > 200) {
                        await().pollInterval(Duration.ofMillis(1))
                                .until(() -> host.flow("load").counters().unfinished() < 100);
                    }
                }
            });
            sender.start();
            for (int version = 2; version <= SWAPS + 1; version++) {
                host.save("load", FLOW.replace("VERSION", String.valueOf(version)));
                host.awaitVersion("load", version);
            }
            stop.set(true);
            sender.join();
            await().until(() -> host.flow("load").counters().unfinished() == 0);

            int all = noted.values().stream().mapToInt(List::size).sum();
            Set<Integer> different = ConcurrentHashMap.newKeySet();
            noted.values().forEach(different::addAll);
            assertThat(all).as("notes, each once").isEqualTo(sent.get()).isEqualTo(different.size());
            noted.forEach((key, numbers) -> assertThat(numbers).as(key).isSorted());
            var counters = host.flow("load").counters();
            assertThat(counters.received()).isEqualTo(sent.get()).isEqualTo(counters.delivered());
            assertThat(sent.get()).as("enough load to mean something").isGreaterThan(SWAPS * 20);
            System.out.printf("hand-over: %d events over %d swaps%n", sent.get(), SWAPS);
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void eventThatDoesNotEndInTimeGoesToTheNewVersionAndBlocksNobody() {
        var stuck = new CountDownLatch(1);
        var seen = new CopyOnWriteArrayList<String>();
        var link = new FakeLink("demo", "csta", "main", List.of(NOTE), List.of(), command -> {
            Note note = (Note) command.argument();
            seen.add(note.key() + note.number());
            return stuck.getCount() > 0 && note.key().equals("slow")
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture("");
        });
        try (var host = new FlowHarness(folder, Duration.ofMillis(300))) {
            host.services.bean("ledger", new Ledger());
            host.services.add(link);
            host.save("load", FLOW.replace("VERSION", "1"));
            host.awaitRunning("load");
            host.publish(new Custom("test", Topic.CALL, "slow", Map.of("number", 1)));
            host.publish(new Custom("test", Topic.CALL, "slow", Map.of("number", 2)));
            await().until(() -> seen.contains("slow1"));
            stuck.countDown();

            host.save("load", FLOW.replace("VERSION", "2"));
            host.awaitVersion("load", 2);
            host.publish(new Custom("test", Topic.CALL, "other", Map.of("number", 1)));

            await().until(() -> seen.contains("other1"));
            await().until(() -> seen.contains("slow2"));
            assertThat(new ArrayList<>(seen).stream().filter(note -> note.startsWith("slow")))
                    .containsExactly("slow1", "slow1", "slow2");
            assertThat(host.flow("load").counters().unfinished()).isZero();
        }
    }

    @Test
    void whatHasNotEndedWhenTheHostClosesGoesBackToTheBus() {
        var returned = new CopyOnWriteArrayList<Throwable>();
        var link = new FakeLink("demo", "csta", "main", List.of(NOTE), List.of(), command -> new CompletableFuture<>());
        var bus = new ReturningBus(returned);
        var host = new FlowHarness(folder, Duration.ofMillis(200), bus);
        try {
            host.services.bean("ledger", new Ledger());
            host.services.add(link);
            host.save("load", FLOW.replace("VERSION", "1"));
            host.awaitRunning("load");
            bus.deliver(new Custom("test", Topic.CALL, "slow", Map.of("number", 1)));
            bus.deliver(new Custom("test", Topic.CALL, "slow", Map.of("number", 2)));
            await().until(() -> link.commands().size() == 1);
        } finally {
            host.close();
        }

        assertThat(returned).hasSize(2);
        assertThat(host.flow("load").counters().returned()).isEqualTo(2);
    }
}
