package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.AgentState;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.Device;
import org.jackfield.protocol.csta.HexData;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.testkit.Conformance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that changed while the link was away. */
class CallSnapshotTest {
    private static final String TOKEN = "jf-0001";

    /** What the switch has: callID to device to state; and the calls' correlator data. */
    private final Map<String, Map<String, String>> calls = new ConcurrentHashMap<>();

    private final Map<String, HexData> correlators = new ConcurrentHashMap<>();
    private volatile boolean hasSnapshotCall = true;

    private @Nullable CstaMessage answer(CstaRequest<?> request) {
        if (request instanceof MonitorMessage.Snapshot snapshot) {
            var found = new ArrayList<MonitorMessage.Call>();
            calls.forEach((id, legs) -> {
                String state = legs.get(snapshot.device());
                if (state != null) {
                    found.add(new MonitorMessage.Call(new ConnectionId(id, snapshot.device()), state));
                }
            });
            return new MonitorMessage.SnapshotAnswer(found);
        }
        if (request instanceof MonitorMessage.SnapshotOfCall snapshot) {
            Map<String, String> legs = calls.get(snapshot.call().callId());
            if (!hasSnapshotCall) {
                return new CstaError(CstaError.OPERATION, "serviceNotSupported");
            }
            if (legs == null) {
                return new CstaError(CstaError.OPERATION, "invalidCallID");
            }
            return new MonitorMessage.SnapshotCallAnswer(
                    Device.of("+4930111"),
                    Device.of("600"),
                    legs.entrySet().stream()
                            .map(leg -> new MonitorMessage.Party(Device.of(leg.getKey()), null, leg.getValue()))
                            .toList(),
                    correlators.get(snapshot.call().callId()));
        }
        return null;
    }

    private void tell(LinkRig rig, CallEvent.Kind kind, String call, String device) {
        HexData data = correlators.get(call);
        rig.acd
                .session()
                .event(CallEvent.of(
                                kind,
                                rig.acd.crossRefs.getOrDefault(device, "?"),
                                new ConnectionId(call, device),
                                "normal")
                        .subject(Device.of(device))
                        .parties(Device.of("+4930111"), Device.of("600"))
                        .correlator(data));
    }

    private static List<Call> resynced(LinkRig rig) {
        return rig.bus.data(Call.class).stream()
                .filter(call -> "resync".equals(call.cause()))
                .toList();
    }

    private void cut(LinkRig rig) {
        int before = rig.acd.opened.size();
        rig.acd.session().close();
        await().until(() -> rig.acd.opened.size() > before);
    }

    private LinkRig started() throws Exception {
        var rig = new LinkRig();
        rig.acd.script = this::answer;
        return rig.start();
    }

    private void up(LinkRig rig, String call, String device, @Nullable String token) {
        if (token != null) {
            correlators.put(call, HexData.parse(Uui.hex(token)));
        }
        calls.put(call, new ConcurrentHashMap<>(Map.of(device, "connected")));
        int before = rig.bus.data(Call.class).size();
        tell(rig, CallEvent.Kind.ESTABLISHED, call, device);
        await().until(() -> rig.bus.data(Call.class).size() > before);
    }

    @Test
    @Conformance("ACD-22")
    void callThatEndedInTheGapIsToldAsEnded() throws Exception {
        try (var rig = started()) {
            up(rig, "C1", "4711", TOKEN);
            calls.clear();
            cut(rig);
            await().until(() -> !resynced(rig).isEmpty());
            assertThat(resynced(rig)).singleElement().satisfies(call -> {
                assertThat(call.kind()).isEqualTo(Kind.CLEARED);
                assertThat(call.call()).isEqualTo(TOKEN);
                assertThat(call.device()).isNull();
            });
        }
    }

    @Test
    @Conformance("ACD-22")
    void callThatWentOnIsNotToldAgainAndKeepsItsId() throws Exception {
        try (var rig = started()) {
            up(rig, "C1", "4711", null);
            String id = rig.bus.data(Call.class).get(0).call();
            cut(rig);
            await().until(() -> !rig.acd.asked(MonitorMessage.Snapshot.class).isEmpty());
            await().until(() -> rig.acd.crossRefs.containsKey("4711"));
            tell(rig, CallEvent.Kind.HELD, "C1", "4711");
            await().until(() -> rig.bus.data(Call.class).size() >= 2);
            assertThat(rig.bus.data(Call.class))
                    .allMatch(call -> call.call().equals(id))
                    .extracting(Call::kind)
                    .containsExactly(Kind.ESTABLISHED, Kind.HELD);
        }
    }

    @Test
    void callThatBeganInTheGapAndLegThatChangedAreTold() throws Exception {
        try (var rig = started()) {
            up(rig, "C1", "4711", TOKEN);
            calls.put("C1", Map.of("4711", "hold"));
            calls.put("C2", Map.of("4712", "alerting"));
            correlators.put("C2", HexData.parse(Uui.hex("jf-0002")));
            rig.acd.agent("4712", "ben", TestSwitch.in("600", AgentState.BUSY));
            cut(rig);
            await().until(() -> resynced(rig).size() >= 2);
            assertThat(resynced(rig))
                    .extracting(Call::call, Call::kind, Call::device)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(TOKEN, Kind.HELD, "4711"),
                            org.assertj.core.groups.Tuple.tuple("jf-0002", Kind.DELIVERED, "4712"));
        }
    }

    @Test
    void switchWithoutSnapshotCallIsBelievedByItsDevices() throws Exception {
        hasSnapshotCall = false;
        try (var rig = started()) {
            up(rig, "C1", "4711", TOKEN);
            calls.clear();
            cut(rig);
            await().until(() -> !resynced(rig).isEmpty());
            assertThat(resynced(rig)).singleElement().returns(Kind.CLEARED, Call::kind);
        }
    }

    @Test
    void callThatEndedWhileTheHostWasDeadIsToldAsEnded() throws Exception {
        try (var rig = started()) {
            up(rig, "C1", "4711", TOKEN);
            rig.link.close();
            await().until(() -> rig.acd.server().sessions().isEmpty());
            calls.clear();
            rig.open();
            await().until(() -> !resynced(rig).isEmpty());
            assertThat(resynced(rig)).singleElement().returns(TOKEN, Call::call).returns(Kind.CLEARED, Call::kind);
            assertThat(rig.bus.table("acd-call", LiveCall.class).size()).isZero();
        }
    }

    @Test
    void callIdThatWasGivenToAnotherCallEndsTheFirst() throws Exception {
        try (var rig = started()) {
            up(rig, "C1", "600", TOKEN);
            calls.clear();
            calls.put("C1", Map.of("+49", "connected"));
            correlators.put("C1", HexData.parse(Uui.hex("jf-0009")));
            cut(rig);
            await().until(() -> !resynced(rig).isEmpty());
            assertThat(resynced(rig)).singleElement().returns(TOKEN, Call::call).returns(Kind.CLEARED, Call::kind);
        }
    }
}
