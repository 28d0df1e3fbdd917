package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sbc.SbcTwin;
import org.jackfield.twin.sbc.TestPorts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ACD's CSTA side, seen by an application that speaks bytes. */
class CstaTest {
    private static final String UUI = "04746f6b656e31";

    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private AcdTwin acd;
    private SbcTwin sbc;
    private Application app;

    @BeforeEach
    void start() throws IOException {
        int sbcPort = TestPorts.free();
        acd = new AcdTwin(
                new AcdTwin.Setup(0, 0, hop(sbcPort), AgentFile.read(null), Set.of("600"), "ready", 100, 300, 2, null),
                faults,
                log);
        sbc = new SbcTwin(sbcPort, hop(acd.sipPort()), 10, 0, faults, log);
        app = Application.started(acd.cstaPort());
    }

    @AfterEach
    void stop() throws IOException {
        app.close();
        sbc.close();
        acd.close();
    }

    @Test
    void sessionIsAgreedAndExpiresWithoutReset() {
        String start = app.await("StartApplicationSessionPosResponse");
        assertThat(Application.text(start, "actualProtocolVersion")).isEqualTo(Application.ED4);
        assertThat(Application.text(start, "actualSessionDuration")).isEqualTo("2");
        assertThat(app.await("ApplicationSessionTerminated")).contains("sessionTimerExpired");
        await().until(app::closed);
    }

    @Test
    void nothingButASessionStartIsTakenFirst() throws IOException {
        try (Application early = new Application(acd.cstaPort())) {
            assertThat(early.request(
                            "MonitorStart", "<monitorObject><deviceObject>4711</deviceObject></monitorObject>"))
                    .contains("<CSTAErrorCode")
                    .contains("<stateIncompatibility>");
        }
    }

    @Test
    void childrenOutOfOrderAreRefused() {
        assertThat(app.request(
                        "SetAgentState", "<requestedAgentState>ready</requestedAgentState><device>4711</device>"))
                .contains("<operation>invalidParameterValue</operation>");
    }

    @Test
    void keyOfTheAgentIsTwoEventsWhenDeviceAndGroupAreMonitored() {
        String byDevice = monitor("4711");
        String byGroup = monitor("600");
        acd.press("anna", "notReady", "break");
        await().untilAsserted(() -> assertThat(app.all("AgentNotReadyEvent")).hasSize(2));
        assertThat(app.all("AgentNotReadyEvent"))
                .anyMatch(xml -> Application.text(xml, "monitorCrossRefID").equals(byDevice))
                .anyMatch(xml -> Application.text(xml, "monitorCrossRefID").equals(byGroup))
                .allMatch(xml -> xml.contains("AgentNotReadyReasonValue>break<"));
    }

    @Test
    void presentStateIsAnsweredWithoutAnEventAndBusyDefersIt() {
        monitor("4711");
        assertThat(set("4711", "ready")).contains("SetAgentStateResponse").doesNotContain("pending");
        String call = sbc.place("+49170201", "600", 0, "none");
        await().untilAsserted(() -> assertThat(app.all("AgentBusyEvent")).hasSize(1));
        assertThat(set("4711", "notReady")).contains("<pendingAgentState>agentNotReady</pendingAgentState>");
        assertThat(app.request("GetAgentState", "<device>4711</device>"))
                .contains("<agentState>agentBusy</agentState><pendingAgentState>agentNotReady</pendingAgentState>");
        sbc.hangUp(call);
        assertThat(app.await("AgentWorkingAfterCallEvent")).contains("<pendingAgentState>notReady</pendingAgentState>");
        app.await("AgentNotReadyEvent");
        assertThat(app.all("AgentReadyEvent")).isEmpty();
    }

    @Test
    void unknownDeviceIsAnError() {
        assertThat(set("9999", "ready")).contains("<operation>invalidDeviceID</operation>");
    }

    @Test
    void routeRequestCarriesTheTokenAndItsAnswerDecides() throws IOException {
        app.request("RouteRegister", "<routeingDevice>600</routeingDevice>");
        call("+49170202");
        String request = app.await("RouteRequest");
        assertThat(request).contains("<currentRoute><deviceIdentifier>600</deviceIdentifier></currentRoute>");
        assertThat(request).contains("<correlatorData><string>" + UUI + "</string></correlatorData>");
        app.sendOneWay(
                "RouteSelect",
                "<crossRefIdentifier>" + Application.text(request, "crossRefIdentifier")
                        + "</crossRefIdentifier><routeSelected>4713</routeSelected><routeUsedReq>true</routeUsedReq>");
        assertThat(app.await("RouteUsed")).contains("<deviceIdentifier>4713</deviceIdentifier>");
        app.await("RouteEnd");
        await().untilAsserted(() -> assertThat(state("carla")).isEqualTo("agentBusy"));
    }

    @Test
    void silentApplicationLeavesTheCallToTheLongestIdleAgent() throws IOException {
        app.request("RouteRegister", "");
        call("+49170203");
        assertThat(app.await("RouteEnd")).contains("timeOut");
        await().untilAsserted(() -> assertThat(state("anna")).isEqualTo("agentBusy"));
    }

    @Test
    void transferIsToldByTransferedEventAndFreesTheAgent() throws IOException {
        monitor("4711");
        call("+49170204");
        String established = app.await("EstablishedEvent");
        assertThat(established).contains("<string>" + UUI + "</string>");
        String callId = Application.text(established, "callID");
        String answer = app.request(
                "SingleStepTransferCall",
                "<activeCall><callID>" + callId
                        + "</callID><deviceID>4711</deviceID></activeCall><transferredTo>+4930555900</transferredTo>");
        String next = Application.text(answer, "callID");
        String event = app.await("TransferedEvent");
        assertThat(event)
                .contains("<primaryOldCall><callID>" + callId + "</callID><deviceID>4711</deviceID></primaryOldCall>")
                .contains("<newConnection><callID>" + next + "</callID><deviceID>+4930555900</deviceID>")
                .contains("<cause>singleStepTransfer</cause>");
        app.await("AgentWorkingAfterCallEvent");
    }

    @Test
    void callOnTheAcdsOwnTrunkIsAskedAboutWithoutSip() {
        monitor("4711");
        app.request("RouteRegister", "");
        acd.ownCall("600", "+49301234", 50);
        String request = app.await("RouteRequest");
        app.sendOneWay(
                "RouteSelect",
                "<crossRefIdentifier>" + Application.text(request, "crossRefIdentifier")
                        + "</crossRefIdentifier><routeSelected>4711</routeSelected>");
        app.await("EstablishedEvent");
        app.await("CallClearedEvent");
        app.await("AgentReadyEvent");
        assertThat(sbc.state()).containsEntry("dialogs", 0);
    }

    @Test
    void wrongLengthClosesTheLink() {
        app.write(new byte[] {0, 0, 0, 4, '0', '0', '0', '1'});
        await().until(app::closed);
        assertThat(log.after(0, 999, e -> e.what().equals("csta closed")))
                .anyMatch(e -> String.valueOf(e.detail().get("reason")).startsWith("length: 4"));
    }

    @Test
    void faultsOfTheWireStrikeByName() {
        monitor("4711");
        faults.set("acd.duplicate-events", true, 0, 1);
        acd.press("anna", "notReady", null);
        await().untilAsserted(() -> assertThat(app.all("AgentNotReadyEvent")).hasSize(2));
        faults.set("acd.out-of-order", true, 0, 1);
        acd.press("anna", "ready", null);
        acd.press("anna", "loggedOff", null);
        app.await("AgentReadyEvent");
        assertThat(app.all("AgentLoggedOffEvent")).hasSize(1);
        faults.set("acd.link-cut", true, 0, 0);
        await().until(app::closed);
    }

    private void call(String from) throws IOException {
        sbc.place(from, "600", 0, "none", UUI + ";encoding=hex;purpose=isdn-uui;content=isdn-uui");
    }

    private String monitor(String device) {
        return Application.text(
                app.request(
                        "MonitorStart", "<monitorObject><deviceObject>" + device + "</deviceObject></monitorObject>"),
                "monitorCrossRefID");
    }

    private String set(String device, String state) {
        return app.request(
                "SetAgentState",
                "<device>" + device + "</device><requestedAgentState>" + state + "</requestedAgentState>");
    }

    @SuppressWarnings("unchecked")
    private Object state(String agent) {
        return ((java.util.List<Map<String, Object>>) acd.state().get("agents"))
                .stream()
                        .filter(each -> each.get("id").equals(agent))
                        .findFirst()
                        .orElseThrow()
                        .get("state");
    }

    private static Hop hop(int port) {
        return new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
