package org.jackfield.sip;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Topic;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Table;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jspecify.annotations.Nullable;

/** The trunk alone in a process, with a bus that keeps nothing: what the B2BUA itself costs. Ends with its input. */
final class BenchHost {
    private BenchHost() {}

    /** @param args the trunk's port, the callers' port, the callees' port, b2bua or redirect */
    public static void main(String[] args) throws Exception {
        Map<String, Object> config = Map.of(
                "port",
                Integer.parseInt(args[0]),
                "sbc",
                "127.0.0.1:" + args[1] + ";udp",
                "acd",
                "127.0.0.1:" + args[2] + ";udp",
                "mode",
                args[3],
                "optionsIntervalSeconds",
                0);
        SipTrunk trunk = new SipTrunk(
                TrunkSettings.of(Rig.config(config), "bench"),
                new NullBus(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> null);
        trunk.start();
        @SuppressWarnings("unchecked")
        var point = (OfferPoint<InviteQuestion, InviteAnswer>)
                trunk.offers().iterator().next();
        point.attach((Offer<InviteQuestion, InviteAnswer> offer) -> {
            boolean first = offer.answer(new InviteAnswer.ToAcd("600", "bench"));
            if (!first) {
                System.err.println("late answer");
            }
        });
        System.out.println("ready");
        while (System.in.read() >= 0) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.println("heap " + (runtime.totalMemory() - runtime.freeMemory()) + " calls " + trunk.calls());
        }
        trunk.close();
    }

    private static final class NullBus implements EventBus {
        private final AtomicLong count = new AtomicLong();

        @Override
        public Event publish(EventDraft draft) {
            return new Event(
                    "bench/" + count.incrementAndGet(),
                    draft.tenant(),
                    draft.source(),
                    draft.origin(),
                    draft.time(),
                    draft.time(),
                    draft.correlationId(),
                    draft.causationId(),
                    draft.data());
        }

        @Override
        public Registration subscribe(String group, Set<String> tenants, Set<Topic> topics, Handler handler) {
            return () -> {};
        }

        @Override
        public Registration tap(Consumer<Event> listener) {
            return () -> {};
        }

        @Override
        public void deadLetter(Event event, String flow, int attempts, String reason) {}

        @Override
        public <V extends Record> Table<V> table(String name, Class<V> type) {
            return new Memory<>(name);
        }

        @Override
        public String node() {
            return "bench";
        }

        @Override
        public double fill() {
            return 0;
        }
    }

    private static final class Memory<V extends Record> implements Table<V> {
        private final String name;
        private final Map<Key, V> entries = new ConcurrentHashMap<>();

        Memory(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable V get(Key key) {
            return entries.get(key);
        }

        @Override
        public void put(Key key, V value) {
            entries.put(key, value);
        }

        @Override
        public void remove(Key key) {
            entries.remove(key);
        }

        @Override
        public void forEach(BiConsumer<Key, V> visitor) {
            entries.forEach(visitor);
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public boolean complete() {
            return true;
        }
    }
}
