package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jackfield.event.EventDraft;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.protocol.sip.ua.CallListener;
import org.jackfield.protocol.sip.ua.UserAgent;
import org.jackfield.testkit.load.NullBus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A great many calls over real UDP sockets, all in one process: of ten calls two are held and fetched back by the ACD,
 * two changed and refreshed by the caller, one is transferred by REFER, the others are plain.
 * {@code -Djackfield.soak.calls} says how many (200,000), {@code -Djackfield.soak.open} how many at a time (100).
 */
@Tag("soak")
class SoakTest {
    private static final int CALLS = Integer.getInteger("jackfield.soak.calls", 200_000);
    /** Calls a second at most: what is open for 32 s after each must fit the limit per source. */
    private static final int RATE = Integer.getInteger("jackfield.soak.rate", 600);

    private static final int OPEN = Integer.getInteger("jackfield.soak.open", 100);
    private static final int WARM = 2_000;
    private static final long NUMBER = 493_000_000_000L;
    private static final String PILOT = "sip:+4930555600@host.example";
    private static final String AGENT = "sip:+4930555711@host.example";
    private static final String ACTIVE = "a=sendrecv\r\n";
    /** Timers B, F, H, J and L of RFC 3261 take 32 s; the rest is for a loaded machine. */
    private static final Duration QUIET = Duration.ofSeconds(80);

    private static final long MOST_GROWTH = 10L << 20;

    private enum Course {
        PLAIN,
        HELD,
        CHANGED,
        TRANSFERRED;

        static Course of(long number) {
            return switch ((int) (number % 10)) {
                case 0, 1 -> HELD;
                case 2, 3 -> CHANGED;
                case 4 -> TRANSFERRED;
                default -> PLAIN;
            };
        }
    }

    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private final Map<Long, Call> transferring = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(OPEN);
    private final AtomicInteger over = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final NullBus bus = new NullBus() {
        @Override
        protected void published(EventDraft draft) {
            events.computeIfAbsent(draft.data().type(), type -> new LongAdder()).increment();
        }
    };
    private UserAgent sbc;
    private UserAgent acd;
    private SipTrunk trunk;

    @Test
    void noCallFailsNothingStaysAndTheCountsAgree() throws Exception {
        sbc = UserAgent.start(SipConfig.of("127.0.0.1", 0).withThreadName("soak-sbc"), this::atSbc);
        acd = UserAgent.start(SipConfig.of("127.0.0.1", 0).withThreadName("soak-acd"), this::atAcd);
        try {
            trunk = trunk();
            long start = System.nanoTime();
            place(0, WARM);
            long base = heap("start");
            int half = CALLS / 2;
            place(WARM, half);
            heap("middle");
            place(WARM + half, CALLS - half);
            long end = heap("end");
            int all = WARM + CALLS;
            System.out.printf(
                    Locale.ROOT,
                    "soak: %d calls in %d s, failures %s, events %s%n",
                    all,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                    failures,
                    new TreeMap<>(events));
            assertThat(failures).isEmpty();
            balance(all);
            assertThat(end - base)
                    .as("bytes of live heap more than at the start")
                    .isLessThan(MOST_GROWTH);
        } finally {
            if (trunk != null) {
                trunk.close();
            }
            sbc.close();
            acd.close();
        }
    }

    private void balance(long all) {
        long transfers = 0;
        for (long i = 0; i < all; i++) {
            transfers += Course.of(i) == Course.TRANSFERRED ? 1 : 0;
        }
        Map<String, Long> counts = new TreeMap<>();
        events.forEach((type, count) -> {
            if (type.startsWith("call.")) {
                counts.put(type, count.sum());
            }
        });
        assertThat(counts)
                .isEqualTo(Map.of(
                        "call.offered", all,
                        "call.established", all,
                        "call.cleared", all,
                        "call.transfer.requested", transfers,
                        "call.transfer.accepted", transfers,
                        "call.transfer.progress", transfers,
                        "call.transfer.completed", transfers));
        assertThat(outcome("offered")).isEqualTo(all);
        assertThat(outcome("established")).isEqualTo(all);
        assertThat(outcome("cleared")).isEqualTo(all);
        assertThat(meters.find("jackfield.input.refused").counter()).isNull();
    }

    private double outcome(String name) {
        Counter counter =
                meters.find("jackfield.sip.calls").tag("outcome", name).counter();
        return counter == null ? 0 : counter.count();
    }

    private SipTrunk trunk() throws Exception {
        Map<String, Object> config = Map.of(
                "sbc",
                "127.0.0.1:" + sbc.port() + ";udp",
                "acd",
                "127.0.0.1:" + acd.port() + ";udp",
                "optionsIntervalSeconds",
                0,
                "aliases",
                "",
                "offerTimeoutMs",
                5_000,
                "transferTakeMs",
                100);
        SipTrunk made = new SipTrunk(
                TrunkSettings.of(Rig.config(config), "soak")
                        .withSip(SipConfig.of("127.0.0.1", 0).withThreadName("soak-trunk")),
                bus,
                meters,
                Clock.systemUTC(),
                () -> null);
        made.start();
        await().until(() -> made.port() > 0);
        @SuppressWarnings("unchecked")
        var point = (OfferPoint<InviteQuestion, InviteAnswer>)
                made.offers().iterator().next();
        point.attach((Offer<InviteQuestion, InviteAnswer> offer) -> {
            InviteQuestion question = offer.question();
            boolean first = offer.answer(
                    question.side() == Side.ACD
                            ? new InviteAnswer.ToSbc(String.valueOf(question.toUser()), Side.TEAMS, "agent leg")
                            : new InviteAnswer.ToAcd("600", "pilot"));
            if (!first) {
                failed("late answer of the flow");
            }
        });
        return made;
    }

    /** Begins {@code count} calls as fast as earlier ones end, and waits for the last. */
    private void place(long first, int count) throws InterruptedException {
        int target = over.get() + count;
        long next = System.nanoTime();
        for (long i = first; i < first + count; i++) {
            next += 1_000_000_000L / RATE;
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            assertThat(room.tryAcquire(60, TimeUnit.SECONDS))
                    .as("calls end; failures %s, open %d", failures, trunk.calls())
                    .isTrue();
            begin(i);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> over.get() >= target);
    }

    private void begin(long number) {
        String from = "sip:+" + (NUMBER + number) + "@127.0.0.1;user=phone";
        Hop hop = new Hop(Protocol.UDP, new InetSocketAddress("127.0.0.1", trunk.port()));
        if (Course.of(number) == Course.TRANSFERRED) {
            transferring.put(number, acd.call(from, AGENT, hop, Rig.OFFER, w -> {}, new Caller(number)));
        } else {
            sbc.call(from, PILOT, hop, Rig.OFFER, w -> {}, new Caller(number));
        }
    }

    private void failed(String what) {
        failures.computeIfAbsent(what, w -> new LongAdder()).increment();
    }

    /** The live heap once nothing is left of any call, not even a transaction that waits for repeats. */
    private long heap(String when) {
        await().atMost(QUIET)
                .until(() -> trunk.calls() == 0
                        && trunk.transactions() == 0
                        && sbc.stack().transactions() == 0
                        && acd.stack().transactions() == 0);
        assertThat(trunk.legs()).as("legs").isZero();
        assertThat(bus.table("dialog", DialogRecord.class).size())
                .as("dialogs kept")
                .isZero();
        assertThat(sbc.openCalls() + acd.openCalls()).as("calls of the agents").isZero();
        long live = Heap.live();
        System.out.printf(Locale.ROOT, "soak: %s, %d calls over, live heap %.2f MB%n", when, over.get(), live / 1e6);
        return live;
    }

    private static long number(SipMessage invite) {
        String from =
                NameAddr.parse(String.valueOf(invite.first(SipHeader.FROM))).uri();
        return Long.parseLong(String.valueOf(SipUri.parse(from).number()).substring(1)) - NUMBER;
    }

    private void atAcd(Call call) {
        call.listen(new AcdSide(number(call.remote())));
        call.ring(180, "Ringing", "");
        call.answer(Rig.ANSWER);
    }

    private void atSbc(Call call) {
        boolean expert = call.remote().requestUri().equals(TransferTest.TARGET);
        if (!expert) {
            call.listen(new Referrer(number(call.remote())));
        }
        call.ring(180, "Ringing", "");
        call.answer(expert ? Rig.sdp("expert", 51_000) : Rig.ANSWER);
    }

    /** Sends changes one behind the other, each of which must be answered 200, then hangs up. */
    private void change(Call call, String... bodies) {
        step(call, bodies, 0);
    }

    private void step(Call call, String[] bodies, int next) {
        if (next == bodies.length) {
            call.hangup();
            return;
        }
        call.request("INVITE", w -> w.body("application/sdp", bodies[next]), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() >= 200) {
                    if (response.status() != 200) {
                        failed("re-INVITE " + response.status());
                    }
                    step(call, bodies, next + 1);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                failed("re-INVITE " + failure);
                step(call, bodies, next + 1);
            }
        });
    }

    /** Who began the call, at the SBC or (before a transfer) at the ACD. */
    private final class Caller implements CallListener {
        private final long number;

        Caller(long number) {
            this.number = number;
        }

        private void over() {
            over.incrementAndGet();
            room.release();
        }

        @Override
        public void onAnswered(Call call, SipMessage response) {
            switch (Course.of(number)) {
                case PLAIN -> call.hangup();
                case CHANGED ->
                    change(
                            call,
                            Rig.OFFER + "a=inactive\r\n",
                            Rig.OFFER + ACTIVE,
                            Rig.OFFER + ACTIVE); // the last: a refresh
                default -> {}
            }
        }

        @Override
        public void onRejected(Call call, int status, @Nullable SipMessage response) {
            failed("INVITE " + status);
            transferring.remove(number);
            over();
        }

        @Override
        public void onEnded(Call call, @Nullable SipMessage bye) {
            boolean byOther = Course.of(number) == Course.HELD;
            if (byOther != (bye != null)) {
                failed("ended by the wrong side: " + Course.of(number));
            }
            over();
        }
    }

    /** The ACD's end of a call from the SBC. */
    private final class AcdSide implements CallListener {
        private final long number;

        AcdSide(long number) {
            this.number = number;
        }

        @Override
        public void onConfirmed(Call call, SipMessage ack) {
            if (Course.of(number) == Course.HELD && ack.cseq() == 1) {
                change(call, Rig.ANSWER + "a=sendonly\r\n", Rig.ANSWER + ACTIVE);
            }
        }
    }

    /** The agent's Teams client: asks for a transfer, and leaves when it is told that it was one. */
    private final class Referrer implements CallListener {
        private final long number;

        Referrer(long number) {
            this.number = number;
        }

        @Override
        public void onConfirmed(Call call, SipMessage ack) {
            call.request(
                    "REFER",
                    w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">")
                            .add("Referred-By", TransferTest.REFERRED_BY),
                    new ResponseHandler() {
                        @Override
                        public void onResponse(ClientTransaction transaction, SipMessage response) {
                            if (response.status() >= 300) {
                                failed("REFER " + response.status());
                            }
                        }

                        @Override
                        public void onFailure(ClientTransaction transaction, Failure failure) {
                            failed("REFER " + failure);
                        }
                    });
        }

        @Override
        public void onRequest(Call call, ServerTransaction transaction) {
            CallListener.super.onRequest(call, transaction);
            SipMessage request = transaction.request();
            if (String.valueOf(request.first(SipHeader.SUBSCRIPTION_STATE)).startsWith("terminated")) {
                String body = new String(request.body(), StandardCharsets.US_ASCII).trim();
                if (!body.startsWith("SIP/2.0 200")) {
                    failed("transfer: " + body);
                }
                call.hangup();
            }
        }

        @Override
        public void onEnded(Call call, @Nullable SipMessage bye) {
            if (bye != null) {
                failed("the trunk ended the referrer's leg");
            }
            Call queue = transferring.remove(number);
            if (queue != null) {
                queue.hangup();
            }
        }
    }
}
