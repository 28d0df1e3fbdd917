package org.jackfield.bus;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jackfield.event.CallEvents;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;

/**
 * Measures the bus against a bare producer in the same minutes; run by hand, gates nothing.
 * Arguments: rate per second, seconds, rounds. Prints milliseconds.
 */
public final class BusBench {
    private BusBench() {}

    public static void main(String[] args) throws Exception {
        int rate = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        Path dir = Files.createTempDirectory("bus-bench");
        try (var broker = new TestBroker(dir).awaitUp()) {
            var bench = new Bench(broker.address(), dir);
            try (var bus = bench.bus("n1")) {
                bus.publish(bench.draft("warm", "up"));
                Thread.sleep(2000);
                for (int round = 0; round < rounds; round++) {
                    bare(broker, bench, rate, seconds);
                    ours(bus, bench, rate, seconds, round);
                }
                for (int round = 0; round < rounds; round++) {
                    idle(rate, seconds);
                    calls(bus, bench, rate, seconds);
                }
                append(bus, bench);
            }
        }
    }

    private static void bare(TestBroker broker, Bench bench, int rate, int seconds) throws Exception {
        int count = rate * seconds;
        long[] took = new long[count];
        var left = new AtomicInteger(count);
        byte[] key = "anna".getBytes(StandardCharsets.UTF_8);
        byte[] value = Json.bytes(bench.draft("anna", "x".repeat(500)).data());
        try (var producer = new KafkaFactory(broker.address(), "bare").producer("bare", 0)) {
            long cpu = cpu();
            paced(count, rate, i -> {
                long at = System.nanoTime();
                producer.send(new ProducerRecord<>(Topic.AGENT.of(bench.tenant), 0, key, value), (m, e) -> {
                    took[i] = System.nanoTime() - at;
                    left.decrementAndGet();
                });
            });
            drain(left);
            print("bare producer, send -> ack", took, cpu() - cpu);
        }
    }

    private static void ours(KafkaEventBus bus, Bench bench, int rate, int seconds, int round) throws Exception {
        int count = rate * seconds;
        long[] published = new long[count];
        long[] handled = new long[count];
        var left = new AtomicInteger(count);
        Map<String, Integer> index = new ConcurrentHashMap<>();
        var registration = bus.subscribe("bench" + round, Set.of(bench.tenant), Set.of(Topic.AGENT), event -> {
            Integer i = index.get(event.key());
            if (i != null) {
                handled[i] = System.nanoTime() - handled[i];
                left.decrementAndGet();
            }
            return CompletableFuture.completedFuture(null);
        });
        Thread.sleep(3000);
        String filler = "x".repeat(500);
        long cpu = cpu();
        paced(count, rate, i -> {
            String agent = "r" + round + "a" + i;
            index.put(agent, i);
            var draft = bench.draft(agent, filler);
            long at = System.nanoTime();
            handled[i] = at;
            bus.publish(draft);
            published[i] = System.nanoTime() - at;
        });
        drain(left);
        long used = cpu() - cpu;
        registration.close();
        print("bus, publish returns", published, used);
        print("bus, publish -> handler of a subscriber", handled, used);
    }

    /** What this program costs by itself. */
    private static void idle(int rate, int seconds) {
        long cpu = cpu();
        paced(rate * seconds, rate, i -> {});
        print("no event at all", new long[rate * seconds], cpu() - cpu);
    }

    /** What a call topic costs, without a reader. */
    private static void calls(KafkaEventBus bus, Bench bench, int rate, int seconds) {
        int count = rate * seconds;
        long[] published = new long[count];
        var data = new CallEvents.Call(
                CallEvents.Kind.DELIVERED,
                "c1",
                "leg",
                "1",
                "carrier",
                "+49",
                "+49",
                "600",
                "anna",
                "4711",
                null,
                null,
                "token");
        long cpu = cpu();
        paced(count, rate, i -> {
            long at = System.nanoTime();
            bus.publish(EventDraft.of(bench.tenant, "/sip/demo/main", Origin.SBC, Instant.now(), data));
            published[i] = System.nanoTime() - at;
        });
        while (bus.lag() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        print("call events without reader, publish returns", published, cpu() - cpu);
    }

    private static void append(KafkaEventBus bus, Bench bench) {
        var draft = bench.draft("anna", "x".repeat(200));
        for (int round = 0; round < 3; round++) {
            int count = 50_000;
            long at = System.nanoTime();
            for (int i = 0; i < count; i++) {
                bus.publish(draft);
            }
            System.out.printf(
                    Locale.ROOT, "publish, back to back: %.2f us each%n", (System.nanoTime() - at) / 1e3 / count);
            while (bus.lag() > 0) {
                LockSupport.parkNanos(1_000_000);
            }
            System.out.printf(Locale.ROOT, "shipped: %.0f per second%n", count / ((System.nanoTime() - at) / 1e9));
        }
    }

    private interface Step {
        void run(int i);
    }

    private static void paced(int count, int rate, Step step) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * 1_000_000_000L / rate;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            step.run(i);
        }
    }

    private static void drain(AtomicInteger left) {
        while (left.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void print(String what, long[] nanos, long cpu) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "%-42s p50 %7.3f p90 %7.3f p99 %7.3f max %7.3f ms, %.0f us CPU per event%n",
                what,
                at(sorted, .5),
                at(sorted, .9),
                at(sorted, .99),
                at(sorted, 1),
                cpu / 1e3 / sorted.length);
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))] / 1e6;
    }
}
