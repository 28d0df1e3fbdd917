package org.jackfield.twin.sbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.UserAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A small host, right and wrong in turn: the SBC must find what is wrong, or it is toothless. */
class SbcStrictnessTest {
    private static final String REFER_TO = "<sip:sip.pstnhub.microsoft.com:5061;transport=tls;x-m=8:orgid:AbC-1>";
    private static final String REFERRED_BY =
            "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:DeF-2;x-t=T1;x-ti=I1;x-tt=QUJjREVm%3D%3D>";
    private static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER";

    private final TwinLog log = new TwinLog();
    private final Faults faults = new Faults();
    private final LinkedBlockingQueue<ServerTransaction> inDialog = new LinkedBlockingQueue<>();
    private SbcTwin sbc;
    private UserAgent host;
    private Hop toSbc;

    @BeforeEach
    void start() throws IOException {
        host = new UserAgent("acd", 0, ALLOW, leg -> leg.refuse(404, "Not Found", writer -> {}), log);
        sbc = new SbcTwin(0, hop(host.port()), 5, 0, faults, log);
        toSbc = hop(sbc.port());
    }

    @AfterEach
    void stop() {
        host.close();
        sbc.close();
    }

    @Test
    void referDoneRightLeavesNoViolation() throws Exception {
        Leg agent = callAnAgent();
        refer(UnaryOperator.identity(), UnaryOperator.identity(), agent, 200);
        assertThat(sbc.violations().list()).isEmpty();
    }

    @Test
    @Conformance("DR-95")
    void loweredReferredByIsFoundAsDr58() throws Exception {
        Leg agent = callAnAgent();
        refer(UnaryOperator.identity(), by -> by.toLowerCase(Locale.ROOT), agent, 400);
        assertThat(sbc.violations().list())
                .extracting(Violations.Violation::rule)
                .containsExactly("DR-58");
        assertThat(sbc.violations().list().get(0).what()).contains("byte for byte");
    }

    @Test
    void changedRequestUriIsFoundAsDr58() throws Exception {
        Leg agent = callAnAgent();
        refer(to -> to.replace("AbC-1", "abc-1"), UnaryOperator.identity(), agent, 200);
        assertThat(sbc.violations().list())
                .extracting(Violations.Violation::rule)
                .containsOnly("DR-58");
    }

    @Test
    void numbersThatAreNotE164AreFound() {
        on(() -> host.call(
                "sip:4711@127.0.0.1:" + sbc.port(),
                "sip:0170@127.0.0.1",
                "",
                toSbc,
                Sdp.of("host"),
                writer -> {},
                new Leg.Events() {}));
        await().untilAsserted(() -> assertThat(sbc.violations().list())
                .extracting(Violations.Violation::rule)
                .containsExactly("DR-28", "DR-28"));
    }

    @Test
    void replacesTowardsTeamsIsRefused() throws Exception {
        LinkedBlockingQueue<Integer> refused = new LinkedBlockingQueue<>();
        on(() -> host.call(
                "sip:+4930555711@127.0.0.1:" + sbc.port(),
                "sip:+49170@127.0.0.1",
                "",
                toSbc,
                Sdp.of("host"),
                writer -> writer.add(SipHeader.REPLACES, "a;to-tag=b;from-tag=c"),
                new Leg.Events() {
                    @Override
                    public void refused(Leg leg, int status, SipMessage response) {
                        refused.add(status);
                    }
                }));
        assertThat(refused.poll(5, TimeUnit.SECONDS)).isEqualTo(420);
        assertThat(sbc.violations().list())
                .extracting(Violations.Violation::rule)
                .containsExactly("DR-30");
    }

    @Test
    void legsToPhonesAreDressedLikeMicrosofts() throws Exception {
        LinkedBlockingQueue<SipMessage> answers = new LinkedBlockingQueue<>();
        on(() -> host.call(
                "sip:+4930555711@127.0.0.1:" + sbc.port(),
                "sip:+49170111@127.0.0.1",
                "",
                toSbc,
                Sdp.of("host"),
                writer -> {},
                new Leg.Events() {
                    @Override
                    public void answered(Leg leg, SipMessage response) {
                        answers.add(response);
                    }
                }));
        SipMessage answer = answers.poll(5, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        String text = new String(answer.toBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(text)
                .contains("\r\nFROM: ", "\r\nCALL-ID: ", "\r\nRECORD-ROUTE: ")
                .contains("\r\nSERVER: Microsoft.PSTNHub.SIPProxy v.", " i.EUWE.")
                .contains("\r\nALLOW: INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY\r\n")
                .doesNotContain("\r\nFrom: ");
        assertThat(answer.first(SipHeader.CONTACT)).contains(":443;x-i=");
        assertThat(answer.toTag()).as("a guid").matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        await().untilAsserted(() -> assertThat(log.after(0, 999, e -> e.what().startsWith("ACK sip:127.0.0.1:443")))
                .isNotEmpty());
        assertThat(sbc.violations().list()).isEmpty();
    }

    @Test
    void callWithoutAckIsEndedByByeWithItsReason() throws Exception {
        try (java.net.DatagramSocket raw = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            inviteBy(raw);
            raw.setSoTimeout(10_000);
            SipMessage bye = next(raw, message -> message.method() == SipMethod.BYE);
            assertThat(bye.first(SipHeader.REASON)).matches("Q\\.850;cause=102;text=\"[0-9a-f-]{36};408/1106 .*\"");
        }
    }

    @Test
    void numberThatIsUnknownIsRefusedAsTeamsDoes() throws Exception {
        try (SbcTwin strict =
                new SbcTwin(0, hop(host.port()), 5, 0, List.of("+4930555"), java.time.Clock.systemUTC(), faults, log)) {
            LinkedBlockingQueue<SipMessage> refused = new LinkedBlockingQueue<>();
            for (String number : List.of("+4930555711", "+4940123")) {
                on(() -> host.call(
                        "sip:" + number + "@127.0.0.1:" + strict.port(),
                        "sip:+49170@127.0.0.1",
                        "",
                        hop(strict.port()),
                        Sdp.of("host"),
                        writer -> {},
                        new Leg.Events() {
                            @Override
                            public void refused(Leg leg, int status, SipMessage response) {
                                refused.add(response);
                            }
                        }));
            }
            SipMessage no = refused.poll(5, TimeUnit.SECONDS);
            assertThat(no).isNotNull();
            assertThat(no.status()).isEqualTo(404);
            assertThat(no.first(SipHeader.REASON)).contains("511404");
            assertThat(refused).as("the number that exists").isEmpty();
        }
    }

    @Test
    void trunkThatIsSilentForFiveMinutesIsDemoted() throws Exception {
        java.util.concurrent.atomic.AtomicReference<java.time.Instant> now =
                new java.util.concurrent.atomic.AtomicReference<>(java.time.Instant.EPOCH);
        try (SbcTwin watching = new SbcTwin(0, hop(host.port()), 5, 0, List.of(), now::get, faults, log)) {
            assertThat(demoted(watching)).as("never asked").isEqualTo(true);
            on(() -> host.options("sip:127.0.0.1:" + watching.port(), hop(watching.port()), new Quiet()));
            await().untilAsserted(() -> assertThat(demoted(watching)).isEqualTo(false));
            now.set(java.time.Instant.EPOCH.plusSeconds(300));
            assertThat(demoted(watching)).as("after 5 min").isEqualTo(false);
            now.set(java.time.Instant.EPOCH.plusSeconds(301));
            assertThat(demoted(watching)).as("after more than 5 min").isEqualTo(true);
        }
    }

    private static Object demoted(SbcTwin twin) {
        return ((java.util.Map<?, ?>) twin.state().get("trunk")).get("demoted");
    }

    @Test
    void optionsByAddressIsForbiddenToWhoFacesTeams() throws Exception {
        faults.set("sbc.teams-facing", true, 0, 0);
        LinkedBlockingQueue<SipMessage> answers = new LinkedBlockingQueue<>();
        on(() -> host.options("sip:127.0.0.1:" + sbc.port(), toSbc, new Quiet() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                answers.add(response);
            }
        }));
        SipMessage answer = answers.poll(5, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.first(SipHeader.REASON)).startsWith("Q.850;cause=63;");
        foundAs("DR-16");
    }

    @Test
    void referComesFromAnotherAddress() throws Exception {
        callAnAgent();
        sbc.refer(onlyPhone(), REFER_TO, REFERRED_BY, 200);
        ServerTransaction refer = inDialog.poll(5, TimeUnit.SECONDS);
        assertThat(refer).isNotNull();
        assertThat(refer.flow().remote().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
    }

    /** Takes no interest in an answer. */
    private static class Quiet implements ResponseHandler {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    }

    private void foundAs(String... rules) {
        await().atMost(java.time.Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(sbc.violations().list())
                        .extracting(Violations.Violation::rule)
                        .containsExactly(rules));
    }

    @Test
    @Conformance("DR-95")
    void addressInContactIsFoundAsDr22() {
        faults.set("sbc.teams-facing", true, 0, 0);
        on(() -> host.call(
                "sip:+4930555711@127.0.0.1:" + sbc.port(),
                "sip:+49170@127.0.0.1",
                "",
                toSbc,
                Sdp.of("host"),
                writer -> {},
                new Leg.Events() {}));
        foundAs("DR-22");
    }

    @Test
    @Conformance("DR-95")
    void oneWayHoldIsFoundAsDr51() throws Exception {
        Leg agent = callAnAgent();
        on(() -> agent.send(
                "INVITE",
                writer -> writer.body(Sdp.TYPE, Sdp.of("host").replace("sendrecv", "sendonly")),
                new Acknowledging(agent)));
        foundAs("DR-51");
    }

    @Test
    @Conformance("DR-95")
    void methodsThatTeamsDoesNotKnowAreFoundAsDr30() throws Exception {
        Leg agent = callAnAgent();
        on(() -> agent.send("INFO", writer -> {}, new Acknowledging(agent)));
        foundAs("DR-30");
    }

    @Test
    @Conformance("DR-95")
    void referWithoutNotifyIsFoundAsDr56() throws Exception {
        callAnAgent();
        sbc.refer(onlyPhone(), REFER_TO, REFERRED_BY, 200);
        ServerTransaction refer = inDialog.poll(5, TimeUnit.SECONDS);
        on(() -> refer.respond(202, "Accepted"));
        foundAs("DR-56");
    }

    @Test
    @Conformance("DR-95")
    void requestInTheDialogByContactInsteadOfRouteIsFoundAsDr24() throws Exception {
        try (java.net.DatagramSocket raw = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            SipMessage ok = inviteBy(raw);
            raw(raw, "ACK sip:127.0.0.1:" + sbc.port() + " SIP/2.0", 1, ok.toTag());
            foundAs("DR-24", "DR-24");
        }
    }

    @Test
    @Conformance("DR-95")
    void ackThatIsLateIsFoundAsDr25() throws Exception {
        try (java.net.DatagramSocket raw = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            inviteBy(raw);
            foundAs("DR-25");
        }
    }

    /** The SBC's INVITE opens a connection to the host; the host sends its OPTIONS on that instead of its own. */
    @Test
    @Conformance("DR-95")
    void requestOnAConnectionOfTheSbcIsFoundAsDr10() throws Exception {
        try (java.net.ServerSocket listening = new java.net.ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SbcTwin overTcp = new SbcTwin(
                        0,
                        new Hop(
                                Protocol.TCP,
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort())),
                        5,
                        0,
                        faults,
                        log)) {
            overTcp.place("+49170111", "+4930555600", 0, "none");
            try (java.net.Socket connection = listening.accept()) {
                connection
                        .getOutputStream()
                        .write(text("OPTIONS sip:sbc SIP/2.0", 1, null, "TCP", listening.getLocalPort())
                                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                await().untilAsserted(() -> assertThat(overTcp.violations().list())
                        .extracting(Violations.Violation::rule)
                        .containsExactly("DR-10"));
                assertThat(overTcp.state())
                        .as("it was dropped")
                        .extractingByKey("trunk")
                        .hasToString("{demoted=true}");
            }
        }
    }

    private static String text(String line, int cseq, String toTag, String transport, int port) {
        String method = line.substring(0, line.indexOf(' '));
        String sdp = method.equals("INVITE") ? Sdp.of("host") : "";
        return line + "\r\nVia: SIP/2.0/" + transport + " 127.0.0.1:" + port + ";branch=z9hG4bK" + method + cseq
                + "\r\nMax-Forwards: 70\r\nFrom: <sip:+49170111@127.0.0.1>;tag=raw\r\nTo: <sip:+4930555711@127.0.0.1>"
                + (toTag == null ? "" : ";tag=" + toTag) + "\r\nCall-ID: raw-1\r\nCSeq: " + cseq + " " + method
                + "\r\nContact: <sip:127.0.0.1:" + port + ">\r\nAllow: " + ALLOW + "\r\n"
                + (sdp.isEmpty() ? "" : "Content-Type: application/sdp\r\n") + "Content-Length: " + sdp.length()
                + "\r\n\r\n" + sdp;
    }

    private void raw(java.net.DatagramSocket socket, String line, int cseq, String toTag) throws IOException {
        byte[] bytes = text(line, cseq, toTag, "UDP", socket.getLocalPort())
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        socket.send(new java.net.DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), sbc.port()));
    }

    private SipMessage inviteBy(java.net.DatagramSocket socket) throws Exception {
        socket.setSoTimeout(5_000);
        raw(socket, "INVITE sip:+4930555711@127.0.0.1:" + sbc.port() + " SIP/2.0", 1, null);
        return next(socket, message -> message.status() == 200);
    }

    private static SipMessage next(java.net.DatagramSocket socket, java.util.function.Predicate<SipMessage> wanted)
            throws Exception {
        while (true) {
            java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            SipMessage message = org.jackfield.protocol.sip.SipParser.parse(
                    java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private static final class Acknowledging implements ResponseHandler {
        private final Leg leg;

        Acknowledging(Leg leg) {
            this.leg = leg;
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            assertThat(leg.id()).isNotEmpty();
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    }

    /**
     * Plays the host's part of a transfer by REFER; the two functions plant a fault into the triggered INVITE, which the
     * SBC answers with {@code status}.
     */
    private void refer(UnaryOperator<String> uri, UnaryOperator<String> referredBy, Leg agent, int status)
            throws Exception {
        String phone = onlyPhone();
        String id = sbc.refer(phone, REFER_TO, REFERRED_BY, 200);
        ServerTransaction refer = inDialog.poll(5, TimeUnit.SECONDS);
        assertThat(refer).isNotNull();
        assertThat(refer.request().method()).isEqualTo(SipMethod.REFER);
        on(() -> {
            refer.respond(202, "Accepted");
            notify(agent, "100 Trying", "active;expires=60");
            String target =
                    NameAddr.parse(refer.request().first(SipHeader.REFER_TO)).uri();
            host.call(
                    uri.apply(target),
                    "sip:+49170111@127.0.0.1",
                    "",
                    toSbc,
                    Sdp.of("host"),
                    writer -> writer.add(
                            SipHeader.REFERRED_BY,
                            referredBy.apply(refer.request().first(SipHeader.REFERRED_BY))),
                    new Leg.Events() {
                        @Override
                        public void answered(Leg leg, SipMessage response) {
                            SbcStrictnessTest.this.notify(agent, "200 OK", "terminated;reason=noresource");
                        }

                        @Override
                        public void refused(Leg leg, int code, SipMessage response) {
                            SbcStrictnessTest.this.notify(agent, code + " No", "terminated;reason=noresource");
                        }
                    });
        });
        await().untilAsserted(() -> assertThat(sbc.referState(id).orElseThrow())
                .containsEntry("state", status == 200 ? "done" : "failed")
                .containsEntry("notified", List.of(100, status)));
        await().untilAsserted(
                        () -> assertThat(agent.phase()).isEqualTo(status == 200 ? Leg.Phase.ENDED : Leg.Phase.UP));
    }

    private Leg callAnAgent() throws Exception {
        LinkedBlockingQueue<Leg> up = new LinkedBlockingQueue<>();
        on(() -> host.call(
                "sip:+4930555711@127.0.0.1:" + sbc.port(),
                "sip:+49170111@127.0.0.1",
                "",
                toSbc,
                Sdp.of("host"),
                writer -> {},
                new Leg.Events() {
                    @Override
                    public void answered(Leg leg, SipMessage response) {
                        up.add(leg);
                    }

                    @Override
                    public void request(Leg leg, ServerTransaction transaction) {
                        inDialog.add(transaction);
                    }
                }));
        Leg leg = up.poll(5, TimeUnit.SECONDS);
        assertThat(leg).isNotNull();
        return leg;
    }

    private void notify(Leg leg, String status, String subscription) {
        leg.send(
                "NOTIFY",
                writer -> writer.add(SipHeader.EVENT, "refer")
                        .add(SipHeader.SUBSCRIPTION_STATE, subscription)
                        .body("message/sipfrag;version=2.0", "SIP/2.0 " + status + "\r\n"),
                new ResponseHandler() {
                    @Override
                    public void onResponse(ClientTransaction transaction, SipMessage response) {}

                    @Override
                    public void onFailure(ClientTransaction transaction, Failure failure) {}
                });
    }

    private String onlyPhone() {
        @SuppressWarnings("unchecked")
        var phones = (List<java.util.Map<String, Object>>) sbc.state().get("phones");
        assertThat(phones).hasSize(1);
        return String.valueOf(phones.get(0).get("id"));
    }

    private void on(Runnable task) {
        host.thread().execute(task);
    }

    private static Hop hop(int port) {
        return new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
