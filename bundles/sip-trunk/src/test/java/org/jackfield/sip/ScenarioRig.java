package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.testkit.Ports;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.acd.AcdTwin;
import org.jackfield.twin.sbc.SbcTwin;
import org.jackfield.twin.scenario.Peers;
import org.jackfield.twin.scenario.Result;
import org.jackfield.twin.scenario.Scenarios;

/** The twin's SBC and ACD, a trunk with its standard timers, and between them something that may spoil messages. */
final class ScenarioRig implements AutoCloseable {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Faults faults = new Faults();
    private final List<Spoiler> spoilers;
    private final SbcTwin sbc;
    private final AcdTwin acd;
    private final Peers peers;
    private final Scenarios scenarios = new Scenarios();
    private final SipTrunk trunk;

    /** Over UDP messages can be spoiled, over TCP the two sides meet the trunk directly. */
    ScenarioRig(Protocol protocol) throws Exception {
        this(protocol, protocol == Protocol.UDP, Map.of());
    }

    /** As above with some options of the trunk, and with messages that can be spoiled or not. */
    ScenarioRig(Protocol protocol, boolean spoiling, Map<String, Object> overrides) throws Exception {
        TwinLog log = new TwinLog();
        int port = Ports.free();
        int sbcPort = Ports.free();
        int acdPort = Ports.free();
        spoilers = spoiling ? List.of(new Spoiler(port, sbcPort), new Spoiler(port, acdPort)) : List.of();
        Hop fromSbc = hop(protocol, spoilers.isEmpty() ? port : spoilers.get(0).sbcSide());
        Hop fromAcd = hop(protocol, spoilers.isEmpty() ? port : spoilers.get(1).sbcSide());
        sbc = new SbcTwin(sbcPort, fromSbc, 10, 0, faults, log);
        acd = new AcdTwin(
                new AcdTwin.Setup(
                        acdPort, 0, fromAcd, AgentFile.read(null), Set.of("600"), "ready", 2_000, 2_000, 180, null),
                faults,
                log);
        peers = new Peers(
                new Peers.Side(sbc.userAgent(), fromSbc),
                sbc.otherAddress(),
                new Peers.Side(acd.userAgent(), fromAcd),
                "+4930555600",
                "+4930555900",
                faults,
                log);
        Map<String, Object> config = new HashMap<>(Map.of(
                "port",
                port,
                "sbc",
                hop(protocol, spoilers.isEmpty() ? sbcPort : spoilers.get(0).trunkSide())
                        .toString(),
                "acd",
                hop(protocol, spoilers.isEmpty() ? acdPort : spoilers.get(1).trunkSide())
                        .toString(),
                "defaultPilot",
                "600",
                "offerTimeoutMs",
                2_000,
                "optionsIntervalSeconds",
                0));
        config.putAll(overrides);
        TrunkSettings settings = TrunkSettings.of(Rig.config(config), "main");
        trunk = new SipTrunk(
                settings.withSip(SipConfig.of("127.0.0.1", port)
                        .withAdvertised(settings.sip().advertised())
                        .withThreadName("sip-trunk-under-test")),
                new FakeEventBus(),
                meters,
                Clock.systemUTC(),
                () -> null);
        trunk.start();
        await().until(() -> trunk.port() > 0);
        decide();
    }

    private static Hop hop(Protocol protocol, int port) {
        return new Hop(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private void decide() {
        @SuppressWarnings("unchecked")
        var point = (OfferPoint<InviteQuestion, InviteAnswer>)
                trunk.offers().iterator().next();
        var attached = point.attach((Offer<InviteQuestion, InviteAnswer> offer) -> CompletableFuture.runAsync(() -> {
            InviteQuestion q = offer.question();
            offer.answer(
                    q.side() == Side.ACD
                            ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg")
                            : new InviteAnswer.ToAcd("600", "pilot"));
        }));
        assertThat(attached).isNotNull();
    }

    /** What is done from now on to what the trunk sends to either side. */
    void spoil(UnaryOperator<String> how) {
        spoilers.forEach(spoiler -> spoiler.spoil(how));
    }

    List<Result> play(String... ids) {
        return scenarios.play(peers, Set.of(ids), 1, results -> {});
    }

    @Override
    public void close() {
        trunk.close();
        scenarios.close();
        sbc.close();
        acd.close();
        spoilers.forEach(Spoiler::close);
    }
}
