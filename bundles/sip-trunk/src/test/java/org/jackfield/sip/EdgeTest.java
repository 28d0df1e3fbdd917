package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jackfield.event.CallEvents;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipParser;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** Bytes sent by hand from the SBC's address, as peers with several workers or bad manners send them. */
class EdgeTest {
    private static final class Wire implements AutoCloseable {
        final DatagramSocket socket;
        final int trunk;

        Wire(Rig rig) throws Exception {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(5_000);
            trunk = rig.trunk.port();
        }

        void send(byte[] bytes) throws Exception {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), trunk));
        }

        void send(String text) throws Exception {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The next message that starts so; others are dropped. */
        SipMessage receive(String start) throws Exception {
            byte[] buffer = new byte[65_535];
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                SipMessage message = SipParser.parse(java.util.Arrays.copyOf(buffer, packet.getLength()));
                if (message.toString().startsWith(start)) {
                    return message;
                }
            }
        }

        String request(String method, String uri, int cseq, String toTag, String more, String body) {
            return method + " " + uri + " SIP/2.0\r\n"
                    + "VIA: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bK-" + method + cseq
                    + System.nanoTime() + "\r\n"
                    + "FROM: John Doe<sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone>;tag=9a8b-7c\r\n"
                    + "TO: <" + uri + ">" + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\n"
                    + "CALL-ID: edge-1\r\nCSEQ: " + cseq + " " + method + "\r\nMAX-FORWARDS: 70\r\n"
                    + "CONTACT: <sip:127.0.0.1:" + socket.getLocalPort()
                    + ";x-i=Guid-1;x-c=aBc/d/8/0F>\r\n" + more
                    + "CONTENT-LENGTH: " + body.length() + "\r\n\r\n" + body;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    @Conformance({"DR-24", "DR-27", "DR-41"})
    void byeThatOvertakesTheAckEndsTheCall() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            String uri = "sip:+49#30@127.0.0.1:5060;user=phone;transport=udp";
            wire.send(wire.request("INVITE", uri, 1, "", "Content-Type: application/sdp\r\n", Rig.OFFER));
            SipMessage ok = wire.receive("SIP/2.0 200");
            wire.send(wire.request("BYE", uri, 2, ok.toTag(), "", ""));
            wire.receive("SIP/2.0 200 OK");
            wire.send(wire.request("ACK", uri, 1, ok.toTag(), "", ""));
            rig.acd.saw("BYE");
            assertThat(rig.acd.last("INVITE").first(SipHeader.FROM))
                    .startsWith("John Doe<sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone>;tag=");
            assertThat(rig.kinds().stream().filter(CallEvents.Kind.CLEARED::equals))
                    .hasSize(1);
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    @Test
    @Conformance("DR-24")
    void requestsFollowTheRouteSetAndKeepTheContactAsItCame() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            String uri = "sip:+4930555600@host";
            String route = "<sip:127.0.0.1:" + wire.socket.getLocalPort() + ";lr>";
            String invite = wire.request(
                            "INVITE", uri, 1, "", "RECORD-ROUTE: " + route + ",<sip:second.example;lr>\r\n", "")
                    .replaceFirst(
                            "CONTACT: <[^>]*>",
                            "CONTACT: <sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=Gu-Id%3D;x-c=AbC/d/8/9>");
            wire.send(invite);
            SipMessage ok = wire.receive("SIP/2.0 200");
            assertThat(ok.all(SipHeader.RECORD_ROUTE)).containsExactly(route, "<sip:second.example;lr>");
            wire.send(wire.request("ACK", uri, 1, ok.toTag(), "Content-Type: application/sdp\r\n", Rig.OFFER));
            rig.acd.saw("ACK");
            assertThat(rig.acd.last("ACK").bodyText()).isEqualTo(Rig.OFFER);
            rig.acd.calls.get(0).hangup();
            SipMessage bye = wire.receive("BYE");
            assertThat(bye.requestUri())
                    .isEqualTo("sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=Gu-Id%3D;x-c=AbC/d/8/9");
            assertThat(bye.all(SipHeader.ROUTE)).containsExactly(route, "<sip:second.example;lr>");
        }
    }

    /** The ACD's side by hand: forks of one INVITE, each with a tag of its own. */
    @Test
    @Conformance({"DR-33", "DR-34", "DR-97"})
    void forksRingAsDialogsOfTheirOwnAndTheAnswerOfOneWins() throws Exception {
        try (DatagramSocket acd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(Protocol.UDP, Map.of("acd", "127.0.0.1:" + acd.getLocalPort() + ";udp"))) {
            acd.setSoTimeout(5_000);
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            DatagramPacket packet = received(acd);
            SipMessage invite = parsed(packet);
            String[] answers = {
                fork(invite, "180 Ringing", "one", ""),
                fork(invite, "181 Call Is Being Forwarded", "one", ""),
                fork(invite, "180 Ringing", "two", ""),
                fork(invite, "183 Session Progress", "three", Rig.sdp("three", 5_000)),
                fork(invite, "180 Ringing", "two", ""),
                fork(invite, "200 OK", "two", Rig.sdp("two", 6_000)),
            };
            for (String answer : answers) {
                byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
                acd.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            }
            rig.sbc.saw("answered");
            assertThat(rig.sbc.log).containsSubsequence("180", "181", "180", "183", "180", "answered");
            List<String> tags = rig.sbc.messages.stream()
                    .filter(m -> m.status() > 100)
                    .map(SipMessage::toTag)
                    .toList();
            assertThat(tags.subList(0, 4)).doesNotContainNull();
            assertThat(java.util.Set.copyOf(tags)).hasSize(3);
            assertThat(tags.get(0)).isEqualTo(tags.get(1));
            assertThat(tags.get(5)).isEqualTo(tags.get(2)).isEqualTo(tags.get(4));
            assertThat(rig.sbc.last("SIP/2.0 200").bodyText()).isEqualTo(Rig.sdp("two", 6_000));
        }
    }

    /** An ACD that rings by ever more forks takes no more memory for it, and whoever answers is heard. */
    @Test
    void forksThatRingAreBoundedAndAnyOfAllMayAnswer() throws Exception {
        try (DatagramSocket acd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(Protocol.UDP, Map.of("acd", "127.0.0.1:" + acd.getLocalPort() + ";udp"))) {
            acd.setSoTimeout(5_000);
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            DatagramPacket packet = received(acd);
            SipMessage invite = parsed(packet);
            for (int i = 1; i <= 71; i++) {
                byte[] answer = fork(invite, i < 71 ? "180 Ringing" : "200 OK", "t" + i, i < 71 ? "" : Rig.ANSWER)
                        .getBytes(StandardCharsets.ISO_8859_1);
                acd.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
            rig.sbc.saw("answered");
            assertThat(rig.sbc.log.stream().filter("180"::equals)).hasSize(64);
            assertThat(rig.sbc.last("SIP/2.0 200").bodyText()).isEqualTo(Rig.ANSWER);
            assertThat(rig.counter("jackfield.input.refused", "reason", "forks"))
                    .isEqualTo(6);
        }
    }

    /** RFC 3261 section 13.2.2.4: each fork that answers gets its ACK, and all but the first a BYE behind it. */
    @Test
    void secondForkThatAnswersIsAcknowledgedAndHungUp() throws Exception {
        try (DatagramSocket acd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(Protocol.UDP, Map.of("acd", "127.0.0.1:" + acd.getLocalPort() + ";udp"))) {
            acd.setSoTimeout(5_000);
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            DatagramPacket packet = received(acd);
            byte[] buffer = packet.getData();
            SipMessage invite = parsed(packet);
            String half = invite.first(SipHeader.SESSION_ID).substring(0, 32);
            for (String tag : List.of("one", "two")) {
                byte[] answer = fork(invite, "200 OK", tag, Rig.ANSWER)
                        .replace("127.0.0.1:9>", "127.0.0.1:" + acd.getLocalPort() + ">")
                        .replace("Contact:", "Session-ID: " + "d".repeat(32) + ";remote=" + half + "\r\nContact:")
                        .getBytes(StandardCharsets.ISO_8859_1);
                acd.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
            List<String> seen = new java.util.ArrayList<>();
            while (seen.stream().noneMatch(s -> s.startsWith("BYE"))) {
                acd.receive(packet);
                SipMessage message = SipParser.parse(java.util.Arrays.copyOf(buffer, packet.getLength()));
                seen.add(message.methodText() + " " + message.toTag() + " " + message.cseq());
                assertThat(message.first(SipHeader.SESSION_ID)).startsWith(half + ";remote=");
            }
            assertThat(seen).containsExactly("ACK one 1", "ACK two 1", "BYE two 2");
            rig.sbc.saw("answered");
            assertThat(rig.trunk.calls()).isEqualTo(1);
        }
    }

    private static DatagramPacket received(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return packet;
    }

    private static SipMessage parsed(DatagramPacket packet) throws Exception {
        return SipParser.parse(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    private static String fork(SipMessage invite, String status, String tag, String sdp) {
        return "SIP/2.0 " + status + "\r\nVia: " + invite.first(SipHeader.VIA) + "\r\nFrom: "
                + invite.first(SipHeader.FROM) + "\r\nTo: " + invite.first(SipHeader.TO) + ";tag=" + tag
                + "\r\nCall-ID: " + invite.callId() + "\r\nCSeq: 1 INVITE\r\nContact: <sip:" + tag
                + "@127.0.0.1:9>\r\n" + (sdp.isEmpty() ? "" : "Content-Type: application/sdp\r\n")
                + "Content-Length: " + sdp.length() + "\r\n\r\n" + sdp;
    }

    @Test
    @Conformance({"DR-24", "DR-25"})
    void ackFollowsTheRouteSetOfTheAnswerAtOnce() throws Exception {
        try (DatagramSocket acd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(Protocol.UDP, Map.of("acd", "127.0.0.1:" + acd.getLocalPort() + ";udp"))) {
            acd.setSoTimeout(4_000);
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            DatagramPacket packet = received(acd);
            byte[] buffer = packet.getData();
            SipMessage invite = parsed(packet);
            String route = "<sip:127.0.0.1:" + acd.getLocalPort() + ";lr>";
            byte[] answer = fork(invite, "200 OK", "one", Rig.ANSWER)
                    .replaceFirst(
                            "Contact: <[^>]*>",
                            "Record-Route: " + route + "\r\nContact: <sip:api.example.com:443;x-i=Gu-Id;x-c=aB/d/8>")
                    .getBytes(StandardCharsets.ISO_8859_1);
            acd.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            SipMessage ack = null;
            while (ack == null || !ack.toString().startsWith("ACK")) {
                acd.receive(packet);
                ack = SipParser.parse(java.util.Arrays.copyOf(buffer, packet.getLength()));
            }
            assertThat(ack.requestUri()).isEqualTo("sip:api.example.com:443;x-i=Gu-Id;x-c=aB/d/8");
            assertThat(ack.all(SipHeader.ROUTE)).containsExactly(route);
        }
    }

    @Test
    void retransmittedInviteIsOneCall() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            String invite = wire.request("INVITE", "sip:+4930555600@host", 1, "", "", "");
            wire.send(invite);
            wire.receive("SIP/2.0 180");
            wire.send(invite);
            wire.receive("SIP/2.0 180");
            assertThat(rig.acd.calls).hasSize(1);
            assertThat(rig.kinds()).hasSize(1);
        }
    }

    @Test
    @Conformance("DR-20")
    void optionsIsAnsweredWithoutCallsOrBus() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            rig.bus.full(true);
            wire.send(wire.request("OPTIONS", "sip:host:5060", 1, "", "", ""));
            SipMessage ok = wire.receive("SIP/2.0 200");
            assertThat(ok.all(SipHeader.ALLOW))
                    .contains("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "NOTIFY", "REFER");
            assertThat(ok.all(SipHeader.SUPPORTED)).contains("timer");
            await().until(() -> rig.counter("jackfield.sip.peer.options") == 1);
            assertThat(rig.meters.get("jackfield.sip.peer.options.age").gauge().value())
                    .isBetween(0.0, 20.0);
            assertThat(ok.first(SipHeader.ACCEPT)).isEqualTo("application/sdp");
            assertThat(ok.first(SipHeader.CONTACT)).contains(":" + rig.trunk.port());
            assertThat(ok.first(SipHeader.X_MS_SBC)).isEqualTo("Jackfield/trunk/0.1");
        }
    }

    @Test
    void rubbishIsCountedByReasonAndCallsGoOn() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[1 + random.nextInt(300)];
                random.nextBytes(bytes);
                wire.send(bytes);
            }
            wire.send("INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n\r\n");
            wire.send("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\n"
                    + "Call-ID: x\r\nCSeq: 4294967295 INVITE\r\n\r\n");
            String bad = wire.request("INVITE", "sip:+4930555600@host", 1, "", "", "")
                    .replace("MAX-FORWARDS: 70", "MAX-FORWARDS: many");
            wire.send(bad);
            wire.receive("SIP/2.0 400");
            await().until(() -> rig.counter("jackfield.input.refused", "reason", "max-forwards") == 1
                    && rig.counter("jackfield.input.refused", "reason", "missing-from") == 1
                    && rig.counter("jackfield.input.refused", "reason", "cseq") == 1);
            assertThat(rig.bus.data(LinkEvents.Refused.class))
                    .extracting(LinkEvents.Refused::reason)
                    .contains("max-forwards", "missing-from", "cseq");
            assertThat(rig.bus.data(LinkEvents.Refused.class)).hasSizeLessThan(40);
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            rig.sbc.saw("answered");
        }
    }

    @Test
    void unknownSourcesExtensionsAndMethodsAreRefused() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                Wire wire = new Wire(rig)) {
            wire.send(wire.request("INVITE", "sip:6@h", 1, "", "Require: 100rel\r\n", ""));
            assertThat(wire.receive("SIP/2.0 420").first(SipHeader.UNSUPPORTED)).isEqualTo("100rel");
            wire.send(wire.request("REGISTER", "sip:h", 2, "", "", ""));
            wire.receive("SIP/2.0 405");
            wire.send(wire.request("BREW", "sip:h", 3, "", "", ""));
            wire.receive("SIP/2.0 501");
            wire.send(wire.request("INVITE", "sip:6@h", 4, "", "", "").replace("MAX-FORWARDS: 70", "Max-Forwards: 0"));
            wire.receive("SIP/2.0 483");
            wire.send(wire.request("INVITE", "sip:6@h", 5, "", "REPLACES: a;to-tag=b;from-tag=c\r\n", ""));
            wire.receive("SIP/2.0 481");
            assertThat(rig.kinds()).isEmpty();
        }
    }

    @Test
    @Conformance("ACD-34")
    void userToUserThatDoesNotFitGoesNoFurtherAndIsCounted() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            String foreign = "00abcdef;encoding=hex;purpose=isdn-uui";
            rig.sbc.call(
                    "sip:+493012345@carrier",
                    "sip:+4930555600@host",
                    w -> w.add(SipHeader.USER_TO_USER, "04" + "41".repeat(128) + ";encoding=hex")
                            .add(SipHeader.USER_TO_USER, "04zz;encoding=hex")
                            .add(SipHeader.USER_TO_USER, foreign));
            rig.sbc.saw("answered");
            List<String> arrived = rig.acd.last("INVITE").all(SipHeader.USER_TO_USER);
            assertThat(arrived).hasSize(2).contains(foreign);
            assertThat(rig.counter("jackfield.input.refused", "reason", "user-to-user"))
                    .isEqualTo(2);
        }
    }

    @Test
    @Conformance("DR-32")
    void hostNamesItselfTowardTheSbcInCalls() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            var call = rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            assertThat(rig.sbc.last("SIP/2.0 200").first(SipHeader.X_MS_SBC)).isEqualTo("Jackfield/trunk/0.1");
            assertThat(rig.sbc.last("SIP/2.0 180").first(SipHeader.X_MS_SBC)).isEqualTo("Jackfield/trunk/0.1");
            assertThat(rig.acd.last("INVITE").has(SipHeader.X_MS_SBC)).isFalse();
            rig.acd.calls.get(0).request("INVITE", w -> w.body("application/sdp", Rig.ANSWER + "a=inactive\r\n"));
            rig.sbc.saw("INVITE");
            assertThat(rig.sbc.last("INVITE").first(SipHeader.X_MS_SBC)).isEqualTo("Jackfield/trunk/0.1");
            call.hangup();
        }
    }

    @Test
    void targetsAreAskedByOptionsAndShowInTheStatus() throws Exception {
        try (Rig rig = new Rig(Protocol.TCP, Map.of("optionsIntervalSeconds", 5))) {
            await().until(() -> rig.trunk.status().sentence().contains("acd answers, sbc answers"));
            assertThat(rig.trunk.status().state()).isEqualTo(Status.State.UP);
            rig.acd.agent.close();
            rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            rig.sbc.saw("rejected 503");
        }
    }

    @Test
    void allFaultsOfAConfigurationAreReportedAtOnce() {
        assertThatThrownBy(() -> TrunkSettings.of(
                        Rig.config(
                                Map.of("port", 0, "sbc", "nowhere;carrier-pigeon", "aliases", "9-1", "refer", "maybe")),
                        "main"))
                .hasMessageContaining("port: 0 (expected: 1-65535) in etc/org.jackfield.sip-main.cfg")
                .hasMessageContaining("sbc: ")
                .hasMessageContaining("aliases: ")
                .hasMessageContaining("refer: ");
    }
}
