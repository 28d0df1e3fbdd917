package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.Custom;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.DeadLetters;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bus against a real broker in a process of its own. */
class KafkaEventBusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestBroker broker;

    @TempDir
    Path dir;

    private Bench bench;
    private String agents;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.shared();
    }

    @BeforeEach
    void bench() {
        bench = new Bench(broker.address(), dir);
        agents = Topic.AGENT.of(bench.tenant);
    }

    @Test
    void eventsArriveOnceInOrder() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> sent = new ArrayList<>();
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.a", Bench.into(seen));
            for (int i = 0; i < 500; i++) {
                sent.add(bus.publish(bench.draft("agent" + i % 7, "r" + i)));
            }
            await().atMost(PATIENCE).until(() -> seen.size() >= 500);
            assertThat(seen).containsExactlyElementsOf(sent);
            await().atMost(Duration.ofSeconds(60)).until(() -> bus.lag() == 0);
            assertThat(bench.meters.counter("jackfield.bus.appended").count()).isEqualTo(500);
            assertThat(bench.meters.counter("jackfield.bus.shipped").count()).isEqualTo(500);
            assertThat(bench.meters
                            .counter("jackfield.bus.consumed", "group", "flow.a")
                            .count())
                    .isEqualTo(500);
        }
    }

    @Test
    @Conformance("ACD-42")
    void orderPerKeyHoldsOverSeveralPartitionsAndGroupsThatComeAndGo() throws Exception {
        Map<String, List<String>> sent = new HashMap<>();
        Map<String, List<String>> seen = new ConcurrentHashMap<>();
        EventBus.Handler handler = event -> {
            var list = seen.computeIfAbsent(event.key(), k -> new CopyOnWriteArrayList<>());
            if (!list.contains(event.id())) {
                list.add(event.id());
            }
            return CompletableFuture.supplyAsync(() -> "later");
        };
        try (var bus = bench.started(bench.settings("n1").topics(4, (short) 1))) {
            for (int round = 0; round < 3; round++) {
                var registration = subscribe(bus, "flow.p", handler);
                for (int i = 0; i < 100; i++) {
                    Event event = bus.publish(bench.draft("agent" + i % 11, "r" + i));
                    sent.computeIfAbsent(event.key(), k -> new ArrayList<>()).add(event.id());
                }
                int most = (round + 1) * 50;
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(seen.values().stream()
                                        .mapToInt(List::size)
                                        .sum())
                                .isGreaterThan(most));
                registration.close();
            }
            subscribe(bus, "flow.p", handler);
            await().atMost(PATIENCE)
                    .until(() -> seen.values().stream().mapToInt(List::size).sum() == 300);
            assertThat(seen).isEqualTo(sent);
            assertThat(bus.topics().known()).containsEntry(agents, 4);
        }
    }

    @Test
    @Conformance("ACD-42")
    void idThatCameAgainIsNotGivenAgain() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.d", Bench.into(seen));
            Event event = bus.publish(bench.draft("anna", "r1"));
            await().atMost(PATIENCE).until(() -> seen.size() == 1);
            ConsumerRecord<byte[], byte[]> first = bench.dump(agents, 1).get(0);
            bench.produce(agents, "anna", new String(first.value()), headers(first));
            Event last = bus.publish(bench.draft("anna", "r2"));
            await().atMost(PATIENCE).until(() -> seen.contains(last));
            assertThat(bench.dump(agents, 1)).hasSize(3);
            assertThat(seen).containsExactly(event, last);
        }
    }

    @Test
    void groupGoesOnWhereItStopped() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> sent = new ArrayList<>();
        try (var bus = bench.bus("n1")) {
            sent.add(bus.publish(bench.draft("a", "before the group is, so not for it")));
            var registration = subscribe(bus, "flow.b", Bench.into(seen));
            publish(bus, sent, 50);
            await().atMost(PATIENCE).until(() -> seen.size() == 50);
            registration.close();
            publish(bus, sent, 50);
        }
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.b", Bench.into(seen));
            await().atMost(PATIENCE).until(() -> seen.size() >= 100);
        }
        assertThat(seen).containsExactlyElementsOf(sent.subList(1, sent.size()));
    }

    @Test
    void unfinishedEventIsGivenAgainAndFinishedOneIsNot() throws IOException {
        List<Event> sent = new ArrayList<>();
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            var registration = bus.subscribe("flow.u", Set.of(bench.tenant), Set.of(Topic.AGENT), event -> {
                seen.add(event);
                return event.key().equals("ben") ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
            });
            for (String agent : List.of("anna", "ben", "carla")) {
                sent.add(bus.publish(bench.draft(agent, "r")));
            }
            await().atMost(PATIENCE).until(() -> seen.size() == 3);
            registration.close();
            seen.clear();
            subscribe(bus, "flow.u", Bench.into(seen));
            await().atMost(PATIENCE).until(() -> seen.size() == 2);
            assertThat(seen).containsExactly(sent.get(1), sent.get(2));
        }
    }

    @Test
    void failedEventComesAgainInItsPlaceWhileOthersGoOn() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.f", event -> {
                String reason = event.as(AgentEvents.StateChanged.class).reason();
                seen.add(reason);
                boolean fails = reason.equals("fails twice")
                        && seen.stream().filter(reason::equals).count() <= 2;
                return fails
                        ? CompletableFuture.failedFuture(new IllegalStateException("not yet"))
                        : CompletableFuture.completedFuture(null);
            });
            bus.publish(bench.draft("anna", "fails twice"));
            bus.publish(bench.draft("anna", "behind it"));
            bus.publish(bench.draft("ben", "of another"));
            await().atMost(PATIENCE).until(() -> seen.contains("behind it"));
            assertThat(seen).containsExactly("fails twice", "of another", "fails twice", "fails twice", "behind it");
        }
    }

    @Test
    void slowFlowHoldsBackWhatIsRead() throws IOException {
        Map<Event, CompletableFuture<Object>> running = new ConcurrentHashMap<>();
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.s", event -> {
                seen.add(event);
                return running.computeIfAbsent(event, e -> new CompletableFuture<>());
            });
            for (int i = 0; i < 1500; i++) {
                bus.publish(bench.draft("agent" + i, "r"));
            }
            await().atMost(PATIENCE).until(() -> bus.lag() == 0 && seen.size() >= 256);
            assertThat(seen).hasSizeLessThan(256 + KafkaFactory.MOST_POLLED);
            while (seen.size() < 1500) {
                running.values().forEach(stage -> stage.complete(null));
                await().atMost(PATIENCE)
                        .until(() -> running.values().stream().anyMatch(s -> !s.isDone()) || seen.size() == 1500);
            }
            assertThat(new HashSet<>(seen)).hasSize(1500);
        }
    }

    /** What another wrote is read all the same, for it may be malformed and nobody else would say so. */
    @Test
    void whatAHandlerHasNoUseForIsPassedOverUnlessSomebodyElseWroteIt() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<String> asked = new CopyOnWriteArrayList<>();
        var handler = new EventBus.Handler() {
            @Override
            public boolean wants(Topic topic, String tenant, String type) {
                asked.add(topic + " " + tenant + " " + type);
                return type.equals("agent.wanted");
            }

            @Override
            public CompletionStage<?> handle(Event event) {
                seen.add(event);
                return CompletableFuture.completedFuture(null);
            }
        };
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.w", handler);
            bus.publish(bench.draft("anna", "of no use"));
            await().atMost(PATIENCE).until(() -> asked.size() == 1);
            ConsumerRecord<byte[], byte[]> own = bench.dump(agents, 1).get(0);
            bench.produce(agents, "anna", new String(own.value()), with(headers(own), "ce_id", "n2/7"));
            bench.produce(agents, "anna", "{not json", with(headers(own), "ce_id", "n2/8"));
            EventData data = new Custom("agent.wanted", Topic.AGENT, "anna", Map.of());
            Event wanted = bus.publish(EventDraft.of(bench.tenant, "/x/y", Origin.HOST, Instant.now(), data));
            await().atMost(PATIENCE).until(() -> seen.contains(wanted));
            assertThat(seen).extracting(Event::id).containsExactly("n2/7", wanted.id());
            assertThat(asked)
                    .containsExactly(
                            "AGENT " + bench.tenant + " agent.state.changed",
                            "AGENT " + bench.tenant + " agent.wanted");
            assertThat(bench.meters
                            .counter("jackfield.input.refused", "place", "bus", "reason", "json")
                            .count())
                    .isEqualTo(1);
        }
        try (var bus = bench.bus("n1")) { // what was passed over is behind the group's commit
            asked.clear();
            subscribe(bus, "flow.w", handler);
            bus.publish(bench.draft("anna", "the next"));
            await().atMost(PATIENCE).until(() -> !asked.isEmpty());
            assertThat(asked).hasSize(1);
        }
    }

    @Test
    void eventsOfAHandlerThatIsPatientAreReadTogetherAndThoseOfAnotherAreNotHeldUpByIt() throws Exception {
        var fetches = new AtomicInteger();
        List<Event> patient = new CopyOnWriteArrayList<>();
        List<Event> hurried = new CopyOnWriteArrayList<>();
        var handler = new EventBus.Handler() {
            @Override
            public Duration gather() {
                fetches.incrementAndGet();
                return Duration.ofSeconds(1);
            }

            @Override
            public CompletionStage<?> handle(Event event) {
                patient.add(event);
                return CompletableFuture.completedFuture(null);
            }
        };
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.patient", handler);
            subscribe(bus, "flow.hurried", Bench.into(hurried));
            List<Event> sent = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                sent.add(bus.publish(bench.draft("anna", "x" + i)));
                await().atMost(PATIENCE).until(() -> hurried.size() == sent.size());
            }
            await().atMost(PATIENCE).until(() -> patient.size() == sent.size());

            assertThat(patient).containsExactlyElementsOf(sent);
            // the first by itself, then what a fetch that was on its way brought, then what had gathered meanwhile
            assertThat(fetches.get())
                    .as("fetches for 12 events, each read by itself by the other")
                    .isBetween(1, 5);
        }
    }

    @Test
    void tenantThatComesLaterIsReadFromItsFirstEvent() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            bus.subscribe("flow.all", Set.of(), Set.of(Topic.CALL), Bench.into(seen));
            EventData data = new Custom("acme.thing.happened", Topic.CALL, "c1", Map.of("n", 1));
            Event event =
                    bus.publish(EventDraft.of(bench.tenant + "-late", "/acme/x", Origin.HOST, Instant.now(), data));
            await().atMost(PATIENCE).until(() -> !seen.isEmpty());
            assertThat(seen).containsExactly(event);
        }
    }

    /** A reader at rest asks the broker for seconds; the first event of a tenant does not wait for that. */
    @Test
    void topicThatComesWakesAReaderAtRest() throws IOException {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Duration> waits = new ArrayList<>();
        try (var bus = bench.bus("n1")) {
            bus.subscribe("flow.rest", Set.of(), Set.of(Topic.AGENT), Bench.into(seen));
            for (int i = 1; i <= 4; i++) {
                String tenant = bench.tenant + "-" + i;
                long began = System.nanoTime();
                bus.publish(Bench.draft(tenant, "anna", "r"));
                int count = i;
                await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> seen.size() == count);
                waits.add(Duration.ofNanos(System.nanoTime() - began));
                // once all has been committed for a while, it is at rest
                await().during(Duration.ofMillis(600))
                        .atMost(PATIENCE)
                        .until(() -> bench.committed("flow.rest", Topic.AGENT.of(tenant)) == 1);
            }
        }
        assertThat(waits.subList(1, 4)).as("waits of tenants, the shortest").anyMatch(wait -> wait.toMillis() < 1_300);
    }

    /** Kafka looks for a header from the last to the first, and each reader of each record asks for these two. */
    @Test
    void idAndTypeStandLastAmongTheHeaders() throws IOException {
        try (var bus = bench.bus("n1")) {
            bus.publish(bench.draft("anna", "r"));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
        }
        List<String> names = new ArrayList<>();
        bench.dump(agents, 1).get(0).headers().forEach(header -> names.add(header.key()));
        assertThat(names).endsWith("ce_type", "ce_id").doesNotHaveDuplicates().contains("traceparent");
    }

    @Test
    @Conformance("ACD-41")
    void eachEventOnTheBusIsAsAsyncApiSays() throws IOException {
        var api = new AsyncApi();
        try (var bus = bench.bus("n1")) {
            int count = 0;
            for (Class<? extends Record> kind : Samples.kinds()) {
                for (boolean full : List.of(true, false)) {
                    var data = (EventData) Samples.of(kind, full);
                    bus.publish(new EventDraft(
                            bench.tenant,
                            "/csta/" + bench.tenant + "/main",
                            Origin.ACD,
                            Instant.now(),
                            full ? "call-1" : null,
                            full ? bus.node() + "/1" : null,
                            data));
                    count++;
                }
            }
            bus.table("sample", Sample.class).put(new Table.Key(bench.tenant, "a"), new Sample("x", null));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            int checked = 0;
            for (String suffix : List.of("agent", "call", "link", "command", "dead", "state.sample")) {
                for (var record : bench.dump("jackfield." + bench.tenant + "." + suffix, 1)) {
                    assertThat(api.faults(record)).isEmpty();
                    checked++;
                }
            }
            assertThat(checked).isEqualTo(count + 1);
        }
    }

    record Sample(String a, String b) {}

    @Test
    @Conformance("ACD-41")
    void malformedEventIsRefusedByNameDeadLetteredAndTheNextGoesOn() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> dead = new CopyOnWriteArrayList<>();
        List<Event> told = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1")) {
            subscribe(bus, "flow.m", Bench.into(seen));
            bus.subscribe("flow.dead", Set.of(bench.tenant), Set.of(Topic.DEAD), Bench.into(dead));
            bus.subscribe("flow.told", Set.of(bench.tenant), Set.of(Topic.LINK), Bench.into(told));
            bus.publish(bench.draft("anna", "first"));
            await().atMost(PATIENCE).until(() -> seen.size() == 1);
            ConsumerRecord<byte[], byte[]> good = bench.dump(agents, 1).get(0);
            String value = new String(good.value());
            Map<String, String> headers = headers(good);
            bench.produce(agents, "anna", "{not json", headers);
            bench.produce(agents, "anna", value, Map.of());
            bench.produce(agents, "anna", value, with(headers, "ce_type", "org.jackfield.agent.state.changed.v2"));
            bench.produce(agents, "anna", value, with(headers, "ce_tenantid", "another"));
            bench.produce(agents, "ben", value, headers);
            bench.produce(agents, "anna", value.replace("\"state\":\"NOT_READY\",", ""), headers);
            bench.produce(agents, "anna", null, headers);
            bench.produce(
                    agents,
                    "anna",
                    value.replace("{\"agent\"", "{\"addedInALaterMinor\":[1],\"agent\""),
                    with(headers, "ce_id", "other/1"));
            Event last = bus.publish(bench.draft("anna", "last"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(seen).contains(last);
                assertThat(dead).hasSize(7);
                assertThat(told).hasSize(7);
            });
            assertThat(seen).hasSize(3).last().isEqualTo(last);
            assertThat(seen.get(1).id()).isEqualTo("other/1");
            assertThat(dead)
                    .extracting(e -> e.as(DeadLetter.class).event())
                    .containsExactly(places(1, 2, 3, 4, 5, 6, 7));
            assertThat(told)
                    .extracting(e -> e.as(LinkEvents.Refused.class).reason())
                    .containsExactly("json", "cloudevent", "version", "tenant", "key", "member", "json");
            assertThat(bench.meters
                            .counter("jackfield.input.refused", "place", "bus", "reason", "version")
                            .count())
                    .isEqualTo(1);
        }
    }

    private String[] places(int... offsets) {
        return Arrays.stream(offsets).mapToObj(o -> agents + "/0@" + o).toArray(String[]::new);
    }

    @Test
    void deadLetterIsListedAndReplayedToItsFlowOnly() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        List<Event> others = new CopyOnWriteArrayList<>();
        try (var bus = bench.bus("n1");
                var desk = new DeadLetterDesk(bus)) {
            subscribe(bus, "flow.r", Bench.into(seen));
            subscribe(bus, "flow.other", Bench.into(others));
            Event event = bus.publish(bench.draft("anna", "r1").correlated("call-7"));
            await().atMost(PATIENCE).until(() -> seen.size() == 1 && others.size() == 1);
            bus.deadLetter(event, "flow.r", 3, "Graph said 400");
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            DeadLetters.Letter letter = letters(desk).get(0);
            assertThat(letter.letter().reason()).isEqualTo("Graph said 400");
            assertThat(replay(desk, letter.id()).result()).isEqualTo(DeadLetters.Result.DONE);
            assertThat(seen).containsExactly(event, event);
            assertThat(others).containsExactly(event);
            bus.publish(bench.draft("ben", "another agent overtakes nobody"));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            assertThat(replay(desk, letter.id()).result()).isEqualTo(DeadLetters.Result.DONE);
        }
    }

    @Test
    void replayIsRefusedWhenOvertakenOrWithoutFlow() throws Exception {
        try (var bus = bench.bus("n1");
                var desk = new DeadLetterDesk(bus)) {
            Event event = bus.publish(bench.draft("anna", "old"));
            bus.deadLetter(event, "flow.gone", 3, "no such flow");
            bus.deadLetter(event, "flow.here", 3, "failed");
            Event newer = bus.publish(bench.draft("anna", "new"));
            subscribe(bus, "flow.here", Bench.into(new ArrayList<>()));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            DeadLetters.Replay overtaken = replay(desk, letters(desk).get(0).id());
            assertThat(overtaken.result()).isEqualTo(DeadLetters.Result.OVERTAKEN);
            assertThat(overtaken.sentence()).contains(newer.id());
            assertThat(replay(desk, letters(desk).get(1).id()).result()).isEqualTo(DeadLetters.Result.NO_FLOW);
            assertThat(replay(desk, "n9/1").result()).isEqualTo(DeadLetters.Result.UNKNOWN);
        }
    }

    @Test
    void tapSeesEventsInOrderBeforePublishReturnsAndMustNotPublish() throws IOException {
        List<String> tapped = new ArrayList<>();
        try (var bus = bench.bus("n1")) {
            bus.tap(event -> {
                throw new IllegalStateException("a tap that fails harms nobody");
            });
            try (var registration = bus.tap(event -> tapped.add(event.id()))) {
                assertThat(bus.publish(bench.draft("anna", "r")).id()).isEqualTo(tapped.get(0));
            }
            bus.publish(bench.draft("anna", "r"));
            assertThat(tapped).hasSize(1);
            List<Exception> refused = new ArrayList<>();
            bus.tap(event -> {
                try {
                    bus.publish(bench.draft("ben", "r"));
                } catch (IllegalStateException e) {
                    refused.add(e);
                }
            });
            bus.publish(bench.draft("anna", "r"));
            assertThat(refused).hasSize(1);
        }
    }

    @Test
    void groupIsSubscribedOnceAtATime() throws IOException {
        try (var bus = bench.bus("n1")) {
            var registration = subscribe(bus, "flow.o", Bench.into(new ArrayList<>()));
            assertThatThrownBy(() -> subscribe(bus, "flow.o", Bench.into(new ArrayList<>())))
                    .hasMessageContaining("is subscribed");
            registration.close();
            registration.close();
            subscribe(bus, "flow.o", Bench.into(new ArrayList<>())).close();
        }
    }

    private Registration subscribe(KafkaEventBus bus, String group, EventBus.Handler handler) {
        return bus.subscribe(group, Set.of(bench.tenant), Set.of(Topic.AGENT), handler);
    }

    private void publish(KafkaEventBus bus, List<Event> sent, int count) {
        for (int i = 0; i < count; i++) {
            sent.add(bus.publish(bench.draft("a", "x" + i)));
        }
    }

    private List<DeadLetters.Letter> letters(DeadLetterDesk desk) throws Exception {
        return desk.last(100).toCompletableFuture().get(60, TimeUnit.SECONDS).stream()
                .filter(letter -> letter.tenant().equals(bench.tenant))
                .toList();
    }

    private static DeadLetters.Replay replay(DeadLetterDesk desk, String id) throws Exception {
        return desk.replay(id, Duration.ofSeconds(5)).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value())));
        return headers;
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }
}
