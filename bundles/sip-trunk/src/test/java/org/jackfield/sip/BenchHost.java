package org.jackfield.sip;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jackfield.bus.BenchBus;
import org.jackfield.event.EventDraft;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.testkit.load.NullBus;

/**
 * The trunk alone in a process, with a bus that keeps nothing or with the real one and its broker as a child process.
 * Each line of input is answered by one of figures; ends with its input.
 */
final class BenchHost {
    private BenchHost() {}

    /** @param args the trunk's port, the callers' port, the callees' port, b2bua or redirect, a folder for the bus or - */
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
                "maxCalls",
                100_000,
                "transactionsPerSource", // the generator has one address, and the default ends at 1,560 calls a second
                1_000_000,
                "optionsIntervalSeconds",
                0);
        LongAdder records = new LongAdder();
        BenchBus real = args[4].equals("-") ? null : BenchBus.start(Path.of(args[4]));
        EventBus bus = real != null
                ? real.bus()
                : new NullBus() {
                    @Override
                    protected void published(EventDraft draft) {
                        records.increment();
                    }
                };
        SipTrunk trunk = new SipTrunk(
                TrunkSettings.of(Rig.config(config), "bench"),
                bus,
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
            System.out.printf(
                    "figures %d %d %d %d%n",
                    Heap.live(), trunk.calls(), trunk.transactions(), real == null ? records.sum() : real.records());
        }
        trunk.close();
        if (real != null) {
            real.close();
        }
    }
}
