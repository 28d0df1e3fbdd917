package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.Leg;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An independent CSTA client and switch, in Python, against the twin's ACD and against the host's link. */
@RequiresPeer("python3")
class PythonPeerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Leg LEG = new Leg("C1", "4711");
    private static final Leg SECOND = new Leg("C2", "4711");

    private static Process python(String... arguments) throws Exception {
        Path script = Path.of(Objects.requireNonNull(PythonPeerTest.class.getResource("/csta_peer.py"))
                .toURI());
        var command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "4", "6"})
    void clientThatSharesNoCodeIsServedByTheTwin(String edition) throws Exception {
        try (var rig = new HostRig(3, null, 30)) {
            Process client = python("client", String.valueOf(rig.acd.cstaPort()), edition);
            JsonNode seen;
            try (BufferedReader out = client.inputReader()) {
                seen = JSON.readTree(Objects.requireNonNullElse(out.readLine(), "null"));
            }
            assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
            Map<String, Object> expected = Map.ofEntries(
                    Map.entry("session", "StartApplicationSessionPosResponse"),
                    Map.entry("version", "http://www.ecma-international.org/standards/ecma-323/csta/ed" + edition),
                    Map.entry("reset", "ResetApplicationSessionTimerPosResponse"),
                    Map.entry("wrongReset", "invalidSessionID"),
                    Map.entry("refused", "invalidDeviceID"),
                    Map.entry("eventOfMonitor", true),
                    Map.entry("agentDevice", "4711"),
                    Map.entry("state", "agentNotReady"),
                    Map.entry("correlator", "6A662D31"),
                    Map.entry("sameCall", true),
                    Map.entry("parties", List.of("4711", "4712")),
                    Map.entry("transferred", true),
                    Map.entry("moved", true),
                    Map.entry("outOfOrder", "invalidParameterValue"),
                    Map.entry("unknown", "CSTAErrorCode"),
                    Map.entry("stopped", "StopApplicationSessionPosResponse"),
                    Map.entry("strangers", List.of()));
            assertThat(JSON.convertValue(seen, Map.class)).isEqualTo(expected);
        }
    }

    /** The switch in Python: what it was asked, and a way to make it speak. */
    private static final class Switch implements AutoCloseable {
        private final Process process;
        private final BufferedWriter in;
        final List<JsonNode> said = new CopyOnWriteArrayList<>();

        Switch() throws Exception {
            process = python("switch");
            in = process.outputWriter();
            var reader = new Thread(this::read, "python-switch");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader out = process.inputReader()) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    said.add(JSON.readTree(line));
                }
            } catch (IOException e) {
                // it was ended
            }
        }

        JsonNode await(Predicate<JsonNode> test) {
            org.awaitility.Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> said.stream().anyMatch(test));
            return said.stream().filter(test).findFirst().orElseThrow();
        }

        JsonNode got(String name) {
            return await(line -> line.path("got").asText().equals(name));
        }

        long count(String name) {
            return said.stream()
                    .filter(line -> line.path("got").asText().equals(name))
                    .count();
        }

        void tell(String what, String xml) throws IOException {
            send(Map.of(what, xml));
        }

        void answers(String name, String xml) throws IOException {
            send(Map.of("answer", name, "xml", xml));
            await(line -> line.path("done").asText().equals(name));
        }

        void send(Map<String, ?> order) throws IOException {
            in.write(JSON.writeValueAsString(order) + "\n");
            in.flush();
        }

        String monitor(String object) {
            return await(line -> line.path("object").asText().equals(object))
                    .path("monitor")
                    .asText();
        }

        List<JsonNode> violations() {
            return said.stream().filter(line -> line.has("violation")).toList();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private static void done(HostRig rig, Switch peer, String name, Object argument) throws Exception {
        String empty = "<" + name + "Response xmlns=\"{ns}\"/>";
        peer.answers(name, empty);
        rig.ask(operation(argument), argument).get(30, TimeUnit.SECONDS);
        peer.got(name);
    }

    @SuppressWarnings("unchecked")
    private static org.jackfield.plugin.Operation<Object, Object> operation(Object argument) {
        return (org.jackfield.plugin.Operation<Object, Object>) Acd.OPERATIONS.stream()
                .filter(one -> one.argument().isInstance(argument))
                .findFirst()
                .orElseThrow();
    }

    private static HostRig started(Switch peer, String edition) throws Exception {
        var rig = new HostRig(1, null, 30, "edition", "ed" + edition, "routeingDevices", "*", "systemStatus", "1s");
        return rig.start(peer.await(line -> line.has("port")).path("port").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "6"})
    @Conformance({"ACD-07", "ACD-08", "ACD-09", "ACD-11", "ACD-16"})
    void switchThatSharesNoCodeIsUnderstoodAndFindsEveryRequestInOrder(String edition) throws Exception {
        try (var peer = new Switch();
                var rig = started(peer, edition)) {
            assertThat(peer.said.stream()
                            .filter(line -> line.has("got"))
                            .map(line -> line.path("got").asText())
                            .toList())
                    .startsWith("StartApplicationSession");
            String monitor = peer.monitor("4711");
            peer.tell(
                    "event",
                    "<q:AgentBusyEvent xmlns:q=\"{ns}\"><q:monitorCrossRefID>" + monitor + "</q:monitorCrossRefID>"
                            + "<q:agentDevice><q:deviceIdentifier>4711</q:deviceIdentifier></q:agentDevice>"
                            + "<q:agentID>a0</q:agentID><q:acdGroup>600</q:acdGroup></q:AgentBusyEvent>");
            await().atMost(PATIENCE)
                    .until(() -> rig.bus.data(StateChanged.class).stream()
                            .anyMatch(change -> change.state() == AgentState.BUSY));
            peer.tell("request", "<SystemStatus xmlns=\"{ns}\"/>");
            peer.got("SystemStatusResponse");
            peer.got("SystemStatus");
            everyOrder(rig, peer);
            peer.answers(
                    "HoldCall",
                    "<CSTAErrorCode><stateIncompatibility>noActiveCall</stateIncompatibility>" + "</CSTAErrorCode>");
            assertThat(rig.ask(Acd.HOLD_CALL, new Acd.HoldCall(LEG)))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("noActiveCall");
            assertThat(peer.violations()).isEmpty();
        }
    }

    private static void everyOrder(HostRig rig, Switch peer) throws Exception {
        done(rig, peer, "SetAgentState", new Acd.SetAgentState("a0", AgentState.NOT_READY, "TEAMS_CALL"));
        done(rig, peer, "AnswerCall", new Acd.AnswerCall(LEG));
        done(rig, peer, "HoldCall", new Acd.HoldCall(LEG));
        done(rig, peer, "RetrieveCall", new Acd.RetrieveCall(LEG));
        done(rig, peer, "MakeCall", new Acd.MakeCall("4711", "+49", "jf-0001"));
        done(rig, peer, "ConsultationCall", new Acd.ConsultationCall("jf-0001", LEG, "4712"));
        done(rig, peer, "ReconnectCall", new Acd.ReconnectCall(SECOND, LEG));
        done(rig, peer, "TransferCall", new Acd.TransferCall(LEG, SECOND));
        done(rig, peer, "ConferenceCall", new Acd.ConferenceCall(LEG, SECOND));
        done(rig, peer, "SingleStepConferenceCall", new Acd.SingleStepConference(LEG, "4712", "active"));
        done(rig, peer, "SingleStepTransferCall", new Acd.SingleStepTransfer("jf-0001", "C1", "4711", "4712"));
        done(rig, peer, "DeflectCall", new Acd.DeflectCall(null, LEG, "4712"));
        done(rig, peer, "ClearConnection", new Acd.ClearConnection(LEG));
        done(rig, peer, "SnapshotDevice", new Acd.Snapshot("4711"));
    }

    @Test
    @Conformance({"ACD-12", "ACD-25", "ACD-26", "ACD-33"})
    void switchThatSharesNoCodeIsRoutedAndTransfers() throws Exception {
        try (var peer = new Switch();
                var rig = started(peer, "4")) {
            String token = "046A662D30303031"; // the discriminator of RFC 7433, then jf-0001
            point(rig).attach(offer -> offer.answer(new Acd.RouteAnswer.Select("4711", List.of(), "a0", "it is free")));
            peer.got("RouteRegister");
            String uui = "<correlatorData><string>" + token.substring(0, 6) + " \n" + token.substring(6)
                    + "</string></correlatorData>";
            peer.tell(
                    "request",
                    "<RouteRequest xmlns=\"{ns}\"><crossRefIdentifier>x1</crossRefIdentifier><routeRegisterReqID>r1"
                            + "</routeRegisterReqID><currentRoute><deviceIdentifier>600</deviceIdentifier></currentRoute>"
                            + "<routeingDevice><deviceIdentifier>600</deviceIdentifier></routeingDevice><routedCall>"
                            + "<callID>C1</callID></routedCall><replyTimeout>5000</replyTimeout>" + uui
                            + "</RouteRequest>");
            assertThat(peer.got("RouteSelect").path("xml").asText())
                    .contains("4711")
                    .contains("x1");
            peer.tell(
                    "event",
                    "<TransferedEvent xmlns=\"{ns}\"><monitorCrossRefID>" + peer.monitor("4711")
                            + "</monitorCrossRefID><primaryOldCall><deviceID>4711</deviceID><callID>C1</callID>"
                            + "</primaryOldCall><transferringDevice><deviceIdentifier>4711</deviceIdentifier>"
                            + "</transferringDevice><transferredToDevice><deviceIdentifier>4712</deviceIdentifier>"
                            + "</transferredToDevice><transferredConnections><connectionListItem><newConnection>"
                            + "<callID>C2</callID><deviceID>4712</deviceID></newConnection></connectionListItem>"
                            + "</transferredConnections>" + uui
                            + "<cause>singleStepTransfer</cause></TransferedEvent>");
            Call call = rig.call(one -> one.kind() == Kind.TRANSFERRED);
            assertThat(call.call()).isEqualTo("jf-0001");
            assertThat(call.uui()).isEqualTo("jf-0001");
            assertThat(call.acdCall()).isEqualTo("C2");
            assertThat(peer.count("RouteSelect")).isEqualTo(1);
            assertThat(peer.count("RouteEnd")).isZero();
            peer.send(Map.of("cut", true));
            await().atMost(PATIENCE)
                    .until(() -> !rig.bus.data(LinkEvents.Gap.class).isEmpty());
            assertThat(peer.violations()).isEmpty();
        }
    }

    @SuppressWarnings("unchecked")
    private static OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer> point(HostRig rig) {
        return (OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer>)
                rig.link().offers().iterator().next();
    }
}
