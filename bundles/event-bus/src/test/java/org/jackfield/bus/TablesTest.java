package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestBroker broker;

    @TempDir
    Path dir;

    private Bench bench;
    private Bench alone;

    record State(String agent, int number, @Nullable Instant since, List<String> groups) {}

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.shared();
    }

    @BeforeEach
    void bench() throws IOException {
        bench = new Bench(broker.address(), dir);
        alone = new Bench("127.0.0.1:" + TestBroker.freePort(), dir);
    }

    @Test
    void tableOutlivesTheClassOfItsRecord() throws Exception {
        try (var bus = alone.bus("n1")) {
            bus.table("kept", Kept.class).put(key("a1"), new Kept("a1", 1));

            // As after an update of the bundle that holds it: the same name from another class loader.
            Class<? extends Record> again = new AnotherLoader().of(Kept.class);
            Table<? extends Record> table = bus.table("kept", again);

            assertThat(again).isNotSameAs(Kept.class);
            assertThat((Object) table.get(key("a1"))).isInstanceOf(again).hasToString("Kept[agent=a1, number=1]");
            assertThat((Object) bus.table("kept", again)).isSameAs(table);
        }
    }

    private static final class AnotherLoader extends ClassLoader {
        AnotherLoader() {
            super(TablesTest.class.getClassLoader());
        }

        Class<? extends Record> of(Class<? extends Record> type) throws IOException {
            String file = type.getName().replace('.', '/') + ".class";
            try (var in = getParent().getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(type.getName(), bytes, 0, bytes.length).asSubclass(Record.class);
            }
        }
    }

    @Test
    void tableIsWholeAfterARestartWithoutTheBroker() throws IOException {
        try (var bus = bench.bus("n1")) {
            Table<State> table = bus.table("agent", State.class);
            fill(table, 20);
            table.remove(key("a3"));
            await().atMost(PATIENCE).until(table::complete);
        }
        try (var bus = alone.bus("n1")) {
            Table<State> table = bus.table("agent", State.class);
            assertThat(table.complete()).isTrue();
            assertThat(mine(table)).hasSize(19).doesNotContainKey("a3").containsEntry("a7", state("a7", 7));
            table.put(key("a3"), state("a3", 33));
        }
        try (var bus = bench.bus("n1")) {
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
        }
        try (var other = bench.bus("n2")) {
            Table<State> table = other.table("agent", State.class);
            await().atMost(PATIENCE).until(table::complete);
            assertThat(mine(table)).hasSize(20).containsEntry("a3", state("a3", 33));
        }
    }

    @Test
    void freshDiskWithoutBrokerIsNotWhole() throws IOException {
        try (var bus = alone.bus("n1")) {
            Table<State> table = bus.table("agent", State.class);
            table.put(key("a1"), state("a1", 1));
            assertThat(table.complete()).isFalse();
            assertThat(table.get(key("a1"))).isEqualTo(state("a1", 1));
        }
        try (var bus = alone.bus("n1")) {
            assertThat(bus.table("agent", State.class).complete()).isFalse();
            assertThat(bus.table("agent", State.class).get(key("a1"))).isEqualTo(state("a1", 1));
        }
    }

    @Test
    void freshDiskReadsTheTablesFromTheBroker() throws IOException {
        try (var bus = bench.bus("n1")) {
            Table<State> table = bus.table("call", State.class);
            fill(table, 300);
            IntStream.range(0, 100).forEach(i -> table.remove(key("a" + i)));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
        }
        try (var bus = bench.bus("n2")) {
            Table<State> table = bus.table("call", State.class);
            await().atMost(PATIENCE).until(table::complete);
            assertThat(mine(table)).hasSize(200).containsEntry("a250", state("a250", 250));
        }
    }

    @Test
    void lostSnapshotIsMadeGoodFromTheBrokerAlsoForOwnEntries() throws IOException {
        var small = bench.settings("n1").limited(1 << 20);
        try (var bus = bench.started(small)) {
            Table<State> table = bus.table("dialog", State.class);
            fill(table, 5000);
            await().atMost(PATIENCE).until(() -> bus.lag() == 0 && table.complete());
        }
        try (var bus = bench.started(small)) {
            await().atMost(PATIENCE).until(() -> bus.connection().up());
            bus.table("dialog", State.class).put(key("last"), state("last", 0));
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            await().atMost(PATIENCE).until(() -> bus.firstPosition() > 1);
        }
        Files.delete(dir.resolve("n1").resolve("tables.snapshot"));
        try (var bus = bench.started(small)) {
            Table<State> table = bus.table("dialog", State.class);
            await().atMost(PATIENCE).until(table::complete);
            assertThat(mine(table)).hasSize(5001);
        }
    }

    @Test
    void changesOfAnotherNodeAreSeenAndTheNewerWins() throws IOException {
        try (var one = bench.bus("n1");
                var two = bench.bus("n2")) {
            Table<State> here = one.table("presence", State.class);
            Table<State> there = two.table("presence", State.class);
            here.put(key("anna"), state("anna", 1));
            await().atMost(PATIENCE).until(() -> state("anna", 1).equals(there.get(key("anna"))));
            there.put(key("anna"), state("anna", 2));
            await().atMost(PATIENCE).until(() -> state("anna", 2).equals(here.get(key("anna"))));
            here.remove(key("anna"));
            assertThat(here.get(key("anna"))).isNull();
            await().atMost(PATIENCE).until(() -> there.get(key("anna")) == null);
            assertThat(there.size()).isZero();
        }
    }

    @Test
    void removalIsRememberedForLongOnlyOfWhatAnotherNodeWritesToo() throws Exception {
        var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        var clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
        try (var spool = Spool.open(dir.resolve("spool"), "n1", 1 << 22, 1 << 20, clock, Runnable::run)) {
            var tables = new Tables(spool, dir.resolve("snapshot"), clock, () -> {});
            BusTable<Kept> table = tables.table("kept", Kept.class);
            table.put(key("own"), new Kept("own", 1));
            byte[] json = "{\"agent\":\"theirs\",\"number\":1}".getBytes(StandardCharsets.US_ASCII);
            var older = new TableSnapshot.Row("kept", key("theirs"), now.get().minusSeconds(5), json);
            tables.fromBroker(older);
            table.remove(key("own"));
            table.remove(key("theirs"));

            now.set(now.get().plusSeconds(11));
            tables.snapshot();
            tables.fromBroker(older);

            assertThat(keysOf(table)).containsExactly("theirs");
            assertThat(table.get(key("theirs")))
                    .as("older news brings nothing back")
                    .isNull();

            now.set(now.get().plusSeconds(3_601));
            table.put(key("more"), new Kept("more", 1));
            tables.snapshot();

            assertThat(keysOf(table)).containsExactly("more");
        }
    }

    private static List<String> keysOf(BusTable<?> table) {
        List<String> keys = new ArrayList<>();
        table.forEachSlot((key, slot) -> keys.add(key.id()));
        return keys;
    }

    @Test
    void oneNameIsOneTableOfOneType() throws IOException {
        try (var bus = alone.bus("n1")) {
            assertThat(bus.table("agent", State.class)).isSameAs(bus.table("agent", State.class));
            assertThatThrownBy(() -> bus.table("agent", Other.class)).hasMessageContaining("expected");
            assertThatThrownBy(() -> bus.table("No Name", Other.class)).hasMessageContaining("expected");
        }
    }

    record Other(int n) {}

    @Test
    void fullSpoolRefusesEventsAndChangesAndTakesThemWhenTheBrokerIsBack() throws IOException {
        var small = alone.settings("n1").limited(256 * 1024);
        try (var bus = alone.started(small)) {
            Table<State> table = bus.table("agent", State.class);
            assertThatThrownBy(() -> IntStream.range(0, 10_000).forEach(i -> bus.publish(alone.draft("a", "r" + i))))
                    .isInstanceOf(SpoolFullException.class);
            assertThat(bus.fill()).isGreaterThan(0.95);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            table.put(key("a1"), state("a1", i));
                        }
                    })
                    .isInstanceOf(SpoolFullException.class);
        }
        var again = bench.settings("n1").limited(256 * 1024);
        try (var bus = bench.started(again)) {
            await().atMost(PATIENCE).until(() -> bus.lag() == 0);
            await().atMost(PATIENCE).until(() -> bus.fill() < 0.3);
            bus.publish(bench.draft("a", "room again"));
        }
    }

    private void fill(Table<State> table, int count) {
        IntStream.range(0, count).forEach(i -> table.put(key("a" + i), state("a" + i, i)));
    }

    private Map<String, State> mine(Table<State> table) {
        Map<String, State> mine = new TreeMap<>();
        table.forEach((key, value) -> {
            if (key.tenant().equals(bench.tenant)) {
                mine.put(key.id(), value);
            }
        });
        return mine;
    }

    private Table.Key key(String id) {
        return new Table.Key(bench.tenant, id);
    }

    private static State state(String agent, int number) {
        return new State(agent, number, number % 2 == 0 ? Instant.EPOCH.plusSeconds(number) : null, List.of("600"));
    }
}
