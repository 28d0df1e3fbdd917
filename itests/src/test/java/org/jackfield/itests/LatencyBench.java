package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From an agent event on the ACD's wire to the Graph request on the wire, both stamped by the twin; and what the processes cost. */
class LatencyBench {
    private static final int AGENTS = 200;
    private static final int RATE = 20;
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 60);

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("latency").notStarted();

    @Test
    void agentEventToGraphRequest() throws Exception {
        long began = System.nanoTime();
        try (Rig rig = Rig.prepare(HOST, AGENTS, 0, "--options-seconds", "0")) {
            began = System.nanoTime();
            HOST.start();
            double startToReady = (System.nanoTime() - began) / 1e9;
            rig.awaitLinked();
            toggle(rig, RATE * 10);
            long from = rig.ask("/log?limit=1").get("last").asLong();
            toggle(rig, RATE * SECONDS);
            List<Double> millis = settled(rig, from);
            millis.sort(null);
            report(
                    "start to ready %.1f s%nhost RSS %d MB%nbroker RSS %d MB%nevents %d of %d seen as a Graph write%n"
                                    .formatted(
                                            startToReady,
                                            rss(HOST.pid()),
                                            HOST.broker().map(b -> rss(b.pid())).orElse(-1L),
                                            millis.size(),
                                            RATE * SECONDS)
                            + "agent event to Graph request on the wire, ms: p50 %.2f p90 %.2f p99 %.2f max %.2f%n"
                                    .formatted(
                                            at(millis, 0.5),
                                            at(millis, 0.9),
                                            at(millis, 0.99),
                                            millis.get(millis.size() - 1)),
                    millis);
            assertThat(millis).as("every event led to a write").hasSize(RATE * SECONDS);
        }
    }

    /** Agents go NotReady and Ready in turn, evenly spaced. */
    private static void toggle(Rig rig, int events) {
        long next = System.nanoTime();
        for (int i = 0; i < events; i++) {
            String state = (i / AGENTS) % 2 == 0 ? "notReady" : "ready";
            rig.tell("/acd/agents/a" + (4000 + i % AGENTS) + "/state", "{\"state\":\"" + state + "\"}");
            next += 1_000_000_000L / RATE;
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
        // an even number of rounds leaves everybody Ready; finish the round otherwise
        if ((events / AGENTS) % 2 == 1 || events % AGENTS != 0) {
            for (int i = 0; i < AGENTS; i++) {
                rig.tell("/acd/agents/a" + (4000 + i) + "/state", "{\"state\":\"ready\"}");
            }
        }
    }

    private static List<Double> settled(Rig rig, long from) {
        List<Double> millis = new ArrayList<>();
        HOST.await(Duration.ofSeconds(60), "all writes seen", () -> {
            millis.clear();
            millis.addAll(latencies(rig, from));
            return millis.size() >= RATE * SECONDS;
        });
        return new ArrayList<>(millis.subList(0, RATE * SECONDS));
    }

    private static List<Double> latencies(Rig rig, long from) {
        Map<String, Long> open = new HashMap<>();
        List<Double> millis = new ArrayList<>();
        for (JsonNode entry : rig.ask("/log?after=" + from + "&limit=1000000").get("entries")) {
            String what = entry.get("what").asText();
            String text = entry.get("detail").toString();
            if (what.matches("Agent(NotReady|Ready)Event")
                    && entry.get("direction").asText().equals("OUT")) {
                String agent = text.replaceAll("(?s).*?\\ba(4\\d{3})\\b.*", "$1");
                open.putIfAbsent(agent, entry.get("us").asLong());
            } else if (what.matches("POST .*/presence/(set|clear)Presence")) {
                String agent = what.replaceAll(".*-00000000(4\\d{3})/.*", "$1");
                Long since = open.remove(agent);
                if (since != null) {
                    millis.add((entry.get("us").asLong() - since) / 1000.0);
                }
            }
        }
        return millis;
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share)));
    }

    private static long rss(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(l -> l.startsWith("VmRSS"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    private static void report(String text, List<Double> raw) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "bench"));
        Files.writeString(folder.resolve("latency.txt"), text);
        Files.write(
                folder.resolve("latency-raw-ms.txt"),
                raw.stream().map(String::valueOf).toList());
        System.out.print(text);
    }
}
