package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jackfield.event.CallEvents.Kind.CLEARED;
import static org.jackfield.event.CallEvents.Kind.ESTABLISHED;
import static org.jackfield.event.CallEvents.Kind.FAILED;
import static org.jackfield.event.CallEvents.Kind.OFFERED;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.plugin.Table;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.ua.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trunk goes away and comes back on its port with the same tables; both peers' dialogs stay up meanwhile. */
class RestartTest {
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";

    private final Noting noting = new Noting();
    private final List<Integer> answers = noting.answers;

    private static void restart(Rig rig) throws Exception {
        int port = rig.trunk.port();
        rig.trunk.close();
        rig.trunk = rig.start(port);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void establishedCallGoesOnAndEndsWithNormalBye(Protocol protocol) throws Exception {
        try (Rig rig = new Rig(protocol)) {
            Call byCaller = rig.sbc.call(CALLER, PILOT);
            Call byCallee = rig.sbc.call(CALLER, PILOT);
            await().until(() -> rig.sbc.log.stream().filter("answered"::equals).count() == 2
                    && rig.acd.log.stream().filter("ACK"::equals).count() == 2);
            Call atAcd = rig.acd.calls.get(1);
            restart(rig);
            await().until(() -> rig.trunk.calls() == 2);
            byCaller.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            await().until(() -> answers.contains(200));
            assertThat(rig.acd.last("INVITE").bodyText()).endsWith("a=inactive\r\n");
            byCaller.hangup();
            rig.sbc.saw("hung up");
            atAcd.hangup();
            rig.acd.saw("hung up");
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
            assertThat(byCallee.state()).isEqualTo(Call.State.ENDED);
            assertThat(rig.kinds().stream().filter(CLEARED::equals)).hasSize(2);
        }
    }

    @Test
    void ringingCallGetsFinalAnswerWhenTheTrunkStops() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("180");
            restart(rig);
            rig.sbc.saw("rejected 503");
            rig.acd.saw("CANCEL");
            assertThat(rig.kinds()).containsExactly(OFFERED, FAILED);
        }
    }

    @Test
    void requestsForCallsNotLoadedYetAreAskedToComeAgain() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            int port = rig.trunk.port();
            rig.trunk.close();
            rig.bus.complete("dialog", false);
            rig.trunk = rig.start(port);
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.contains(500));
            rig.bus.complete("dialog", true);
            await().until(() -> rig.trunk.calls() == 1);
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.contains(200));
            assertThat(answers).doesNotContain(481);
            call.hangup();
            rig.sbc.saw("hung up");
            assertThat(rig.kinds()).containsExactly(OFFERED, ESTABLISHED, CLEARED);
        }
    }

    @Test
    void referAfterRestartIsTakenAndBridged() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP, Map.of("transferTakeMs", 100))) {
            try (var flow = rig.decide(q -> new InviteAnswer.ToSbc("+4930555711", Side.TEAMS, "agent"))) {
                rig.acd.call(CALLER, "sip:+4930555711@host");
                rig.acd.saw("answered");
                rig.sbc.saw("ACK");
                assertThat(flow).isNotNull();
            }
            restart(rig);
            await().until(() -> rig.trunk.calls() == 1);
            Call agent = rig.sbc.calls.get(0);
            agent.request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting);
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(rig.sbc.last("INVITE").bodyText()).isEqualTo(Rig.OFFER);
            assertThat(answers).contains(202);
        }
    }

    @Test
    void openTransferGetsItsOneOutcomeWhenTheTrunkStops() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            try (var flow = rig.decide(q -> new InviteAnswer.ToSbc("+4930555711", Side.TEAMS, "agent"))) {
                rig.acd.call(CALLER, "sip:+4930555711@host");
                rig.acd.saw("answered");
                rig.sbc.saw("ACK");
                assertThat(flow).isNotNull();
            }
            rig.sbc.calls.get(0).request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting);
            await().until(() -> rig.transfers().size() == 1);
            restart(rig);
            rig.sbc.saw("NOTIFY SIP/2.0 503 Service Unavailable | terminated;reason=noresource");
            await().until(() -> rig.trunk.calls() == 1);
            assertThat(rig.transfers().stream().map(CallEvents.Transfer::step))
                    .containsExactly(TransferStep.REQUESTED, TransferStep.FAILED);
        }
    }

    @Test
    void openTransferGetsItsOneOutcomeAfterAKill() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            try (var flow = rig.decide(q -> new InviteAnswer.ToSbc("+4930555711", Side.TEAMS, "agent"))) {
                rig.acd.call(CALLER, "sip:+4930555711@host");
                rig.acd.saw("answered");
                rig.sbc.saw("ACK");
                assertThat(flow).isNotNull();
            }
            rig.sbc.calls.get(0).request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting);
            await().until(() -> rig.transfers().size() == 1);
            Table<DialogRecord> table = rig.bus.table("dialog", DialogRecord.class);
            Map<Table.Key, DialogRecord> atDeath = new java.util.HashMap<>();
            await().until(() -> {
                table.forEach(atDeath::put);
                return atDeath.values().stream().anyMatch(r -> r.transfer() != null);
            });
            int port = rig.trunk.port();
            rig.trunk.close();
            atDeath.forEach(table::put); // what a process leaves that was killed before it could say a word
            rig.trunk = rig.start(port);
            await().until(() -> rig.transfers().size() == 3);
            assertThat(rig.transfers().get(2).step()).isEqualTo(TransferStep.FAILED);
            assertThat(rig.transfers().get(2).transfer())
                    .isEqualTo(rig.transfers().get(0).transfer());
            await().until(() -> rig.sbc.log.stream()
                            .filter(l -> l.startsWith("NOTIFY SIP/2.0 503"))
                            .count()
                    == 2);
        }
    }

    /** What a kill leaves at a peer: it answers an INVITE that nobody here remembers. */
    @Test
    void answerToAnInviteFromBeforeAKillIsAcknowledgedAndEnded() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
                DatagramSocket stranger = new DatagramSocket(0, InetAddress.getByName("127.0.0.2"))) {
            for (DatagramSocket socket : List.of(stranger, peer)) {
                String contact =
                        "<sip:600@" + socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort() + ">";
                byte[] answer = """
                        SIP/2.0 200 OK
                        Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-before
                        From: <sip:+493012345@carrier.example>;tag=before
                        To: <sip:600@acd>;tag=answered
                        Call-ID: from-before@host
                        CSeq: 7 INVITE
                        Contact: %s
                        Content-Length: 0

                        """.formatted(rig.trunk.port(), contact)
                        .replace("\n", "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
                socket.setSoTimeout(5_000);
                socket.send(new DatagramPacket(
                        answer, answer.length, InetAddress.getByName("127.0.0.1"), rig.trunk.port()));
            }
            String ack = received(peer);
            String bye = received(peer);
            assertThat(ack)
                    .startsWith("ACK sip:600@127.0.0.1:" + peer.getLocalPort())
                    .contains("From: <sip:+493012345@carrier.example>;tag=before\r\n")
                    .contains("CSeq: 7 ACK");
            assertThat(bye)
                    .startsWith("BYE sip:600@127.0.0.1:" + peer.getLocalPort())
                    .contains("To: <sip:600@acd>;tag=answered\r\n")
                    .contains("Call-ID: from-before@host")
                    .contains("CSeq: 8 BYE");
            assertThat(rig.counter("jackfield.sip.calls", "outcome", "orphaned"))
                    .isEqualTo(1);
            stranger.setSoTimeout(100);
            assertThatThrownBy(() -> received(stranger)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static String received(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[4_096], 4_096);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    @Test
    void recordSurvivesJson() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.sbc.call(CALLER, PILOT, w -> w.add(SipHeader.SUPPORTED, "timer"));
            rig.sbc.saw("answered");
            await().until(() -> rig.dialogs() == 1);
            ObjectMapper json = new ObjectMapper();
            rig.bus.table("dialog", DialogRecord.class).forEach((key, record) -> {
                try {
                    assertThat(json.readValue(json.writeValueAsBytes(record), DialogRecord.class))
                            .isEqualTo(record);
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
