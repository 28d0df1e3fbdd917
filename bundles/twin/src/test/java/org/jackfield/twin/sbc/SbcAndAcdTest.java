package org.jackfield.twin.sbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.Json;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.acd.AcdTwin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SBC and ACD connected directly, without a host between them: whatever fails here is the twin's own fault. */
class SbcAndAcdTest {
    @TempDir
    Path dir;

    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private AcdTwin acd;
    private SbcTwin sbc;

    @BeforeEach
    void start() throws IOException {
        start(AgentFile.read(null), 100);
    }

    @AfterEach
    void stop() {
        sbc.close();
        acd.close();
    }

    @Test
    void callReachesTheLongestIdleAgentAndEndsInWrapUp() {
        String id = sbc.place("+49170111", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        assertThat(agent("anna")).containsEntry("state", "agentBusy");
        assertThat(agent("ben")).containsEntry("state", "agentReady");

        sbc.hangUp(id);
        await().untilAsserted(() -> assertThat(agent("anna")).containsEntry("state", "agentWorkingAfterCall"));
        await().untilAsserted(() -> assertThat(agent("anna")).containsEntry("state", "agentReady"));
        await().untilAsserted(() -> assertThat(sbc.state()).containsEntry("dialogs", 0));
    }

    @Test
    void agentHangingUpEndsTheCallersLeg() {
        String id = sbc.place("+49170112", "600", 20, "agent");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "ended"));
        await().untilAsserted(() -> assertThat(sbc.state()).containsEntry("dialogs", 0));
    }

    @Test
    void busyAgentIsTakenOutAndTheCallGoesToTheNext() {
        sbc.behave("+4930555711", 486, 0, 0);
        String id = sbc.place("+49170113", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        assertThat(agent("anna")).containsEntry("state", "agentNotReady").containsEntry("reason", "RONA");
        assertThat(agent("ben")).containsEntry("state", "agentBusy");
    }

    @Test
    void trunkThatRefusesIsTriedAgainAndTheAgentStaysReady() {
        faults.set("sbc.503", true, 0, 1);
        String id = sbc.place("+49170119", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        assertThat(log.after(0, 9999, e -> e.what().equals("call FAILED")))
                .extracting(e -> e.detail().get("cause"))
                .containsExactly("networkOutOfOrder");
        assertThat(agent("anna")).containsEntry("state", "agentBusy");
    }

    @Test
    void callWaitsInTheQueueUntilAnAgentIsReady() {
        for (String agent : List.of("anna", "ben", "carla")) {
            acd.press(agent, "notReady", "break");
        }
        String id = sbc.place("+49170114", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("status", 182));
        acd.press("carla", "ready", null);
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        assertThat(agent("carla")).containsEntry("state", "agentBusy");
    }

    @Test
    void callerWhoGivesUpWhileItRingsFreesTheAgent() {
        sbc.behave("+4930555711", 0, 0, 0);
        String id = sbc.place("+49170115", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("status", 180));
        sbc.hangUp(id);
        await().untilAsserted(() -> assertThat(acd.state()).containsEntry("completed", 1L));
        assertThat(agent("anna")).containsEntry("state", "agentReady");
        await().untilAsserted(
                        () -> assertThat((List<?>) sbc.state().get("phones")).isEmpty());
    }

    @Test
    void transferMovesTheCallerAndFreesTheAgent() {
        String id = sbc.place("+49170116", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        acd.transfer("-", "anna", "+4930555900");
        await().untilAsserted(() -> assertThat(agent("anna")).containsEntry("state", "agentWorkingAfterCall"));
        await().untilAsserted(() -> assertThat(phones()).containsExactly("+4930555900"));
        assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up");
        sbc.hangUp(id);
        await().untilAsserted(() -> assertThat(phones()).isEmpty());
    }

    @Test
    void failingTransferLeavesTheCallWithTheAgent() {
        sbc.behave("+4930555900", 486, 10, 0);
        String id = sbc.place("+49170117", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        acd.transfer("-", "anna", "+4930555900");
        await().untilAsserted(() -> assertThat(log.after(0, 9999, e -> e.what().equals("call FAILED")))
                .hasSize(1));
        assertThat(agent("anna")).containsEntry("state", "agentBusy");
        assertThat(phones()).containsExactly("+4930555711");
    }

    @Test
    void stateKeyPressedDuringACallComesAfterWrapUp() {
        String id = sbc.place("+49170118", "600", 0, "none");
        await().untilAsserted(() -> assertThat(sbc.call(id).orElseThrow()).containsEntry("state", "up"));
        assertThat(acd.press("anna", "notReady", "break")).containsEntry("outcome", "PENDING");
        assertThat(agent("anna")).containsEntry("state", "agentBusy").containsEntry("pending", "agentNotReady");
        sbc.hangUp(id);
        await().untilAsserted(() -> assertThat(agent("anna"))
                .containsEntry("state", "agentNotReady")
                .containsEntry("reason", "break"));
    }

    @Test
    void fileEqualsTheAgentTableAfterEveryChange() {
        acd.press("ben", "notReady", "meal");
        acd.press("ben", "loggedOff", null);
        await().untilAsserted(() -> {
            var file = Json.parse(Files.readString(dir.resolve("agents.json")));
            assertThat(file.path("agents"))
                    .isEqualTo(Json.parse(Json.text(acd.state().get("agents"))));
        });
    }

    @Test
    void fiveHundredCallsAtFiftyPerSecondAllComeThrough() throws Exception {
        stop();
        List<AgentFile.Line> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(new AgentFile.Line("a" + i, "5" + i, List.of("600"), "", "", "+4930" + (700_000 + i), "desk"));
        }
        start(many, 0);
        for (int i = 0; i < 500; i++) {
            sbc.place("+4917" + (1_000_000 + i), "600", 200, "caller");
            Thread.sleep(20); // the load itself: 50 calls a second
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sbc.state()).containsEntry("ended", 500L));
        assertThat(sbc.state()).containsEntry("failed", 0L);
        await().untilAsserted(() -> assertThat(sbc.state()).containsEntry("dialogs", 0));
        assertThat(acd.state()).containsEntry("completed", 500L);
    }

    private void start(List<AgentFile.Line> agents, long wrapUpMs) throws IOException {
        InetSocketAddress sbcAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPorts.free());
        acd = new AcdTwin(
                new AcdTwin.Setup(
                        0,
                        0,
                        new Hop(Protocol.UDP, sbcAddress),
                        agents,
                        Set.of("600"),
                        "ready",
                        wrapUpMs,
                        2_000,
                        180,
                        dir.resolve("agents.json")),
                faults,
                log);
        Hop toAcd = new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), acd.sipPort()));
        sbc = new SbcTwin(sbcAddress.getPort(), toAcd, 10, 0, faults, log);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> agent(String id) {
        return ((List<Map<String, Object>>) acd.state().get("agents"))
                .stream()
                        .filter(agent -> agent.get("id").equals(id))
                        .findFirst()
                        .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private List<Object> phones() {
        return ((List<Map<String, Object>>) sbc.state().get("phones"))
                .stream().map(phone -> phone.get("number")).toList();
    }
}
