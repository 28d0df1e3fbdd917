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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.load.Contestant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * From an agent event on the ACD's wire to the Graph request on the wire, both stamped by the twin; and what the
 * processes cost. Set by system properties {@code jackfield.bench.*}: {@code seconds}, {@code warm} in seconds before,
 * {@code rate} in events a second, {@code limit} in presence requests that Graph allows in 30 s, of the link and of the
 * twin, {@code agents} up to 6,000.
 */
class LatencyBench {
    private static final long LATE_MICROS = 1_000_000;
    private static final int SECONDS = Integer.getInteger("jackfield.bench.seconds", 60);
    private static final int RATE = Integer.getInteger("jackfield.bench.rate", 20);
    /** Seconds of the same load before; so long the JIT compiler is at work after a start. */
    private static final int WARM = Integer.getInteger("jackfield.bench.warm", 120);

    /** Graph's two published figures: the larger one for what does not fit under 70 % of the smaller. */
    private static final int LIMIT = Integer.getInteger("jackfield.bench.limit", RATE <= 30 ? 1_500 : 10_000);
    /** So many that each changes at most every ten seconds, as long as there are four digits for them. */
    private static final int AGENTS = Integer.getInteger("jackfield.bench.agents", Math.min(RATE * 10, 6_000));

    @RegisterExtension
    static final KarafDistribution HOST = host();

    /** The shipped one, or with {@code jackfield.bench.jvm} as its {@code JAVA_OPTS}. */
    private static KarafDistribution host() {
        KarafDistribution host = KarafDistribution.named("latency").asShipped().notStarted();
        String jvm = System.getProperty("jackfield.bench.jvm", "");
        return jvm.isEmpty() ? host : host.environment("JAVA_OPTS", jvm);
    }

    @Test
    void agentEventToGraphRequest() throws Exception {
        long began = System.nanoTime();
        // the twin has room for all that is seen, so that nobody need read while events are on their way
        String log = Integer.toString(Math.min(1_000_000, 40_000 + 6 * RATE * SECONDS));
        try (Rig rig = Rig.prepare(
                HOST, AGENTS, 0, "--options-seconds", "0", "--log", log, "-Xmx1g", "-XX:TieredStopAtLevel=4")) {
            rig.tell("/teams/limits", "{\"class\":\"presence\",\"requests\":" + LIMIT + ",\"windowSeconds\":30}");
            HOST.cfg("org.jackfield.teams-main").set("limit", LIMIT);
            // monitors of all agents within seconds of the start
            HOST.cfg("org.jackfield.csta-main").set("requestsPerSecond", 2_000);
            began = System.nanoTime();
            HOST.start();
            double startToReady = (System.nanoTime() - began) / 1e9;
            rig.awaitLinked();
            // whole rounds of two leave everybody Ready again
            toggle(rig, 2 * AGENTS * Math.max(1, (WARM * RATE + AGENTS) / (2 * AGENTS)));
            new Wire(rig).settle();
            var wire = new Wire(rig);
            Cost before = Cost.now(rig);
            toggle(rig, RATE * SECONDS);
            Cost after = Cost.now(rig);
            List<Double> millis = wire.await(RATE * SECONDS);
            millis.sort(null);
            report(
                    "%d events a second, %d agents, %d requests in 30 s allowed by Graph%n"
                                    .formatted(RATE, AGENTS, LIMIT)
                            + "start to ready %.1f s%nhost RSS %d MB%nbroker RSS %d MB%nevents %d of %d seen as a Graph write%n"
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
                                            millis.get(millis.size() - 1))
                            + after.since(before),
                    millis);
            Files.write(Path.of("target", "bench", "latency-times.txt"), wire.times);
            Files.write(Path.of("target", "bench", "latency-late.txt"), wire.late());
            assertThat(wire.unanswered()).as("events that led to no write").isEmpty();
            assertThat(millis).as("every event led to a write").hasSize(RATE * SECONDS);
        }
    }

    /** CPU of the processes, in milliseconds, what has been put on the bus, and when. */
    private record Cost(double host, double broker, double twin, double records, double millis) {
        static Cost now(Rig rig) {
            return new Cost(
                    Contestant.cpuMillis(HOST.handle()),
                    HOST.broker().map(Contestant::cpuMillis).orElse(0.0),
                    Contestant.cpuMillis(ProcessHandle.of(rig.twin().pid()).orElseThrow()),
                    HOST.get("/metrics")
                            .body()
                            .lines()
                            .filter(line -> line.startsWith("jackfield_bus_appended_total"))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                            .sum(),
                    System.nanoTime() / 1e6);
        }

        String since(Cost before) {
            int events = RATE * SECONDS;
            return "an event: CPU-ms of host %.2f, broker %.2f, twin %.2f; records on the bus %.1f%nsent at %.0f a second%n"
                    .formatted(
                            (host - before.host) / events,
                            (broker - before.broker) / events,
                            (twin - before.twin) / events,
                            (records - before.records) / events,
                            1_000 * events / (millis - before.millis));
        }
    }

    /** Agents go NotReady and Ready in turn, evenly spaced; returns when all have. */
    private static void toggle(Rig rig, int events) {
        rig.tell(
                "/acd/shift", "{\"states\":[\"notReady\",\"ready\"],\"rate\":" + RATE + ",\"presses\":" + events + "}");
        HOST.await(Duration.ofSeconds(60 + 2L * events / RATE), "the end of the shift", () -> {
            LockSupport.parkNanos(200_000_000L);
            return rig.ask("/acd/shift").get("left").asInt() == 0;
        });
        assertThat(rig.ask("/acd/shift").get("refused").asInt())
                .as("keys that an agent could not press")
                .isZero();
    }

    /** What the twin saw leave for the host as an agent event and arrive as a Graph request, from now on. */
    private static final class Wire {
        private static final int PAGE = 5_000;

        private final Rig rig;
        private final Map<String, Long> open = new HashMap<>();
        private final Map<String, String> states = new HashMap<>();
        private final List<Double> millis = new ArrayList<>();
        private final Set<String> late = new TreeSet<>();
        private long after;
        private int writes;
        private final List<String> times = new ArrayList<>();

        Wire(Rig rig) {
            this.rig = rig;
            this.after = rig.ask("/log?limit=1").get("last").asLong();
        }

        /** What has been seen when all writes have, or when nothing more comes. */
        List<Double> await(int writes) {
            long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (millis.size() < writes && System.nanoTime() < until) {
                read();
                LockSupport.parkNanos(50_000_000L);
            }
            return new ArrayList<>(millis.subList(0, Math.min(writes, millis.size())));
        }

        /** Agents whose last change led to no write. */
        Set<String> unanswered() {
            return Set.copyOf(open.keySet());
        }

        /**
         * What the bus holds of agents of whom a change led to no write within a second, and of those whose state the host
         * itself has changed, of which there should be none.
         */
        List<String> late() {
            late.addAll(open.keySet());
            try (BusReader bus = rig.bus()) {
                List<BusReader.Entry> all = bus.all();
                all.stream()
                        .filter(entry -> entry.is("agent.state.requested"))
                        .forEach(entry -> late.add(entry.key().substring(1)));
                return all.stream()
                        .filter(entry ->
                                late.stream().anyMatch(agent -> entry.key().endsWith(agent)))
                        .map(entry -> entry.time() + " " + entry.id() + " " + entry.type() + " " + entry.key() + " "
                                + entry.data())
                        .toList();
            }
        }

        /** Waits until nothing has been written for two seconds: monitors may have begun after the first events. */
        void settle() {
            HOST.await(Duration.ofSeconds(60), "no more writes of the warm-up", () -> {
                int before = writes;
                LockSupport.parkNanos(2_000_000_000L);
                read();
                return writes == before;
            });
        }

        void read() {
            JsonNode page;
            do {
                page = rig.ask("/log?after=" + after + "&limit=" + PAGE).get("entries");
                page.forEach(this::take);
            } while (page.size() == PAGE);
        }

        private void take(JsonNode entry) {
            if (entry.get("n").asLong() != after + 1) {
                throw new IllegalStateException("the twin's log has forgotten lines behind " + after);
            }
            after = entry.get("n").asLong();
            take(
                    entry.get("what").asText(),
                    entry.get("us").asLong(),
                    entry.get("detail"),
                    entry.get("direction").asText().equals("OUT"));
        }

        private void take(String what, long us, JsonNode detail, boolean out) {
            if (out && what.matches("Agent(NotReady|Ready)Event")) {
                String agent = detail.toString().replaceAll("(?s).*?\\ba([4-9]\\d{3})\\b.*", "$1");
                if (!what.equals(states.put(agent, what))) { // each change is told to more than one monitor
                    open.putIfAbsent(agent, us);
                }
            } else if (what.startsWith("POST ")) {
                written(what, us);
                detail.path("items").forEach(item -> written(item.asText(), us));
            }
        }

        private void written(String request, long us) {
            if (request.matches("POST .*/presence/(microsoft\\.graph\\.)?(set|clear)Presence")) {
                writes++;
                String agent = request.replaceAll(".*-00000000([4-9]\\d{3})/.*", "$1");
                Long since = open.remove(agent);
                if (since != null) {
                    millis.add((us - since) / 1000.0);
                    times.add(since + " " + us + " " + (us - since));
                    if (us - since > LATE_MICROS) {
                        late.add(agent);
                    }
                }
            }
        }
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
