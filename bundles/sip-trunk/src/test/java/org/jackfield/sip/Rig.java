package org.jackfield.sip;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipTimers;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.protocol.sip.ua.CallListener;
import org.jackfield.protocol.sip.ua.UserAgent;
import org.jackfield.testkit.FakeEventBus;
import org.jspecify.annotations.Nullable;

/** A trunk between two user agents that play SBC and ACD, on free ports of the loopback interface. */
final class Rig implements AutoCloseable {
    static final String OFFER = sdp("caller", 40_000);
    static final String ANSWER = sdp("callee", 50_000);
    private static final SipTimers FAST = new SipTimers(150, 600, 300, 600_000);

    final FakeEventBus bus = new FakeEventBus();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Protocol protocol;
    final Phone sbc;
    final Phone acd;
    private final Map<String, Object> config = new HashMap<>();
    SipTrunk trunk;

    static String sdp(String who, int port) {
        return "v=0\r\no=" + who + " 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + port
                + " RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    }

    Rig(Protocol protocol, Map<String, Object> overrides) throws Exception {
        this.protocol = protocol;
        sbc = new Phone("sbc");
        acd = new Phone("acd");
        config.put("sbc", "127.0.0.1:" + sbc.agent.port() + ";" + protocol.text());
        config.put("acd", "127.0.0.1:" + acd.agent.port() + ";" + protocol.text());
        config.put("defaultPilot", "600");
        config.put("optionsIntervalSeconds", 0);
        config.putAll(overrides);
        trunk = start(0);
    }

    Rig(Protocol protocol) throws Exception {
        this(protocol, Map.of());
    }

    /** Over UDP, with a flow that takes calls from the ACD to a phone of Teams, and those from the SBC to the pilot. */
    static Rig bothWays(Map<String, Object> overrides) throws Exception {
        Rig rig = new Rig(Protocol.UDP, overrides);
        rig.decide(q -> q.side() == Trunk.Side.ACD
                ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Trunk.Side.TEAMS, "agent leg")
                : new InviteAnswer.ToAcd("600", "pilot"));
        return rig;
    }

    /** A trunk with this rig's bus and peers. */
    SipTrunk start(int port) throws Exception {
        return start(port, "main", Map.of());
    }

    /** Another one, by another name and with some options of its own. */
    SipTrunk start(int port, String name, Map<String, Object> overrides) throws Exception {
        Map<String, Object> its = new HashMap<>(config);
        its.putAll(overrides);
        TrunkSettings settings = TrunkSettings.of(config(its), name);
        SipTrunk started = new SipTrunk(
                settings.withSip(new SipConfig(
                        "127.0.0.1",
                        port,
                        EnumSet.allOf(Protocol.class),
                        settings.sip().advertised(),
                        FAST,
                        settings.sip().limits(),
                        "sip-trunk-under-test")),
                bus,
                meters,
                Clock.systemUTC(),
                () -> null);
        started.start();
        await().until(() -> started.port() > 0);
        return started;
    }

    /** An instance of the configuration annotation: its defaults and {@code overrides}. */
    static TrunkConfig config(Map<String, Object> overrides) {
        return (TrunkConfig) Proxy.newProxyInstance(
                TrunkConfig.class.getClassLoader(), new Class<?>[] {TrunkConfig.class}, (proxy, method, args) -> {
                    Object value = overrides.get(method.getName());
                    return value == null ? method.getDefaultValue() : value;
                });
    }

    Hop toTrunk() {
        return new Hop(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), trunk.port()));
    }

    /** Answers the trunk's question about INVITEs as a flow would. */
    Registration decide(Function<InviteQuestion, InviteAnswer> decision) {
        @SuppressWarnings("unchecked")
        var point = (OfferPoint<InviteQuestion, InviteAnswer>)
                trunk.offers().iterator().next();
        return point.attach((Offer<InviteQuestion, InviteAnswer> offer) ->
                CompletableFuture.runAsync(() -> offer.answer(decision.apply(offer.question()))));
    }

    <Q, A> A execute(Operation<Q, A> operation, Q argument) throws Exception {
        return trunk.execute(new Command<>(operation, argument, null, Duration.ofSeconds(1)))
                .toCompletableFuture()
                .get(2, TimeUnit.SECONDS);
    }

    List<CallEvents.Kind> kinds() {
        return bus.data(CallEvents.Call.class).stream()
                .map(CallEvents.Call::kind)
                .toList();
    }

    List<CallEvents.Transfer> transfers() {
        return bus.data(CallEvents.Transfer.class);
    }

    int dialogs() {
        return bus.table("dialog", DialogRecord.class).size();
    }

    double counter(String name, String... tags) {
        var counter = meters.find(name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    @Override
    public void close() {
        trunk.close();
        sbc.agent.close();
        acd.agent.close();
    }

    /** A user agent that notes what it sees and answers as told. */
    final class Phone implements UserAgent.Handler {
        final String name;
        final UserAgent agent;
        final List<String> log = new CopyOnWriteArrayList<>();
        final List<Call> calls = new CopyOnWriteArrayList<>();
        final List<SipMessage> messages = new CopyOnWriteArrayList<>();
        volatile Consumer<Call> onCall = call -> {
            call.ring(180, "Ringing", "");
            call.answer(ANSWER);
        };
        volatile Function<ServerTransaction, @Nullable SipMessage> onRequest = transaction -> null;
        volatile Consumer<Call> onPrack = call -> {};
        /** Takes requests outside of calls; null for 200 to OPTIONS. */
        volatile @Nullable Consumer<ServerTransaction> outside;

        Phone(String name) throws IOException {
            this.name = name;
            this.agent = UserAgent.start(
                    SipConfig.of("127.0.0.1", 0).withTimers(FAST).withThreadName("phone-" + name), this);
        }

        @Override
        public void onCall(Call call) {
            messages.add(call.remote());
            log.add("INVITE");
            call.listen(new Notes());
            calls.add(call);
            onCall.accept(call);
        }

        @Override
        public void onRequest(ServerTransaction transaction) {
            Consumer<ServerTransaction> taker = outside;
            if (taker == null) {
                UserAgent.Handler.super.onRequest(transaction);
            } else {
                taker.accept(transaction);
            }
        }

        Call call(String from, String to, Consumer<SipWriter> more) {
            Call call = agent.call(from, to, toTrunk(), OFFER, more, new Notes());
            calls.add(call);
            return call;
        }

        Call call(String from, String to) {
            return call(from, to, writer -> {});
        }

        CallListener notes() {
            return new Notes();
        }

        void saw(String entry) {
            await("for " + name + " to see \"" + entry + "\" behind " + log)
                    .atMost(Duration.ofSeconds(8))
                    .until(() -> log.contains(entry));
        }

        @Nullable
        SipMessage last(String start) {
            SipMessage found = null;
            for (SipMessage message : messages) {
                if (message.toString().startsWith(start)) {
                    found = message;
                }
            }
            return found;
        }

        private final class Notes implements CallListener {
            @Override
            public void onProgress(Call call, SipMessage response) {
                messages.add(response);
                log.add(String.valueOf(response.status()));
            }

            @Override
            public void onAnswered(Call call, SipMessage response) {
                messages.add(response);
                log.add("answered");
            }

            @Override
            public void onRejected(Call call, int status, @Nullable SipMessage response) {
                if (response != null) {
                    messages.add(response);
                }
                log.add("rejected " + status);
            }

            @Override
            public void onPrack(Call call, SipMessage prack) {
                messages.add(prack);
                log.add("PRACK");
                onPrack.accept(call);
            }

            @Override
            public void onConfirmed(Call call, SipMessage ack) {
                messages.add(ack);
                log.add("ACK");
            }

            @Override
            public void onCancelled(Call call, SipMessage cancel) {
                messages.add(cancel);
                log.add("CANCEL");
            }

            @Override
            public void onRequest(Call call, ServerTransaction transaction) {
                SipMessage request = transaction.request();
                messages.add(request);
                log.add(
                        "NOTIFY".equals(request.methodText())
                                ? "NOTIFY "
                                        + new String(request.body(), StandardCharsets.US_ASCII).trim() + " | "
                                        + request.first(SipHeader.SUBSCRIPTION_STATE)
                                : request.methodText());
                SipMessage response = onRequest.apply(transaction);
                if (response != null) {
                    transaction.respond(response);
                } else {
                    CallListener.super.onRequest(call, transaction);
                }
            }

            @Override
            public void onEnded(Call call, @Nullable SipMessage bye) {
                if (bye != null) {
                    messages.add(bye);
                }
                log.add(bye == null ? "hung up" : "BYE");
            }
        }
    }
}
