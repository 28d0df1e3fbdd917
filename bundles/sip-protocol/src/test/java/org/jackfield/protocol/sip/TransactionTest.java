package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The machines of RFC 3261 section 17 and RFC 6026 on a clock that is turned by hand; times are those of table 4. */
class TransactionTest {
    private final List<String> wire = new ArrayList<>();
    private final List<SipMessage> sent = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    /** Ends of what nobody waits for are loose, those of an acknowledged INVITE twice. */
    private static final long LATE = 2 * TimerWheel.LOOSE;

    private final TimerWheel wheel = new TimerWheel(0);
    private long now;
    private @Nullable ServerTransaction taken;
    private boolean broken;

    private final class TestFlow implements Flow {
        private final Protocol protocol;

        TestFlow(Protocol protocol) {
            this.protocol = protocol;
        }

        @Override
        public Protocol protocol() {
            return protocol;
        }

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress("192.0.2.9", 5099);
        }

        @Override
        public void send(SipMessage message, @Nullable Runnable failed) {
            if (broken && failed != null) {
                failed.run();
                return;
            }
            sent.add(message);
            wire.add(now + " " + (message.isRequest() ? message.methodText() : message.status()));
        }
    }

    private final TransactionLayer layer = new TransactionLayer(
            SipTimers.RFC3261,
            wheel,
            new Transport() {
                @Override
                public Flow flow(Hop hop) {
                    return new TestFlow(hop.protocol());
                }

                @Override
                public String sentBy(Protocol protocol) {
                    return "192.0.2.1:5060";
                }
            },
            new SipListener() {
                @Override
                public void onRequest(ServerTransaction transaction) {
                    taken = transaction;
                    heard.add(now + " " + transaction.request().methodText());
                }

                @Override
                public void onAck(ServerTransaction invite, SipMessage ack) {
                    heard.add(now + " ACK");
                }

                @Override
                public void onCancel(ServerTransaction invite, SipMessage cancel) {
                    heard.add(now + " CANCEL");
                    invite.respond(487, "Request Terminated");
                }

                @Override
                public void onAckMissing(ServerTransaction invite) {
                    heard.add(now + " no ACK");
                }

                @Override
                public void onStray(SipMessage message, Flow flow) {
                    heard.add(now + " stray " + message);
                }
            });

    private final ResponseHandler handler = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            heard.add(now + " " + response.status());
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            heard.add(now + " " + failure);
        }
    };

    private void passTo(long time) {
        while (now < time) {
            now += TimerWheel.TICK;
            wheel.advance(now);
        }
    }

    private ClientTransaction send(String method, Protocol protocol) {
        return send(method, protocol, handler);
    }

    private ClientTransaction send(String method, Protocol protocol, ResponseHandler user) {
        return layer.send(
                layer.request(method, "sip:b@192.0.2.9", protocol)
                        .add(SipHeader.MAX_FORWARDS, 70)
                        .add(SipHeader.ROUTE, "<sip:192.0.2.9;lr>")
                        .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                        .add(SipHeader.TO, "<sip:b@y>")
                        .add(SipHeader.CALL_ID, "c")
                        .add(SipHeader.CSEQ, "1 " + method)
                        .build(),
                new Hop(protocol, new InetSocketAddress("192.0.2.9", 5060)),
                user);
    }

    private void answer(SipMessage request, int status, String tag) {
        try {
            byte[] bytes = ServerTransaction.prepare(
                            request, new InetSocketAddress("192.0.2.1", 5060), status, "X", tag)
                    .build()
                    .toBytes();
            layer.receive(SipParser.parse(bytes), new TestFlow(Protocol.UDP));
        } catch (SipParseException e) {
            throw new AssertionError(e);
        }
    }

    private void receive(String method, String branch, int cseq, String toTag, Protocol protocol) {
        receive(method, branch, cseq, "<sip:a>", toTag, protocol);
    }

    private void receive(String method, String branch, int cseq, String to, String toTag, Protocol protocol) {
        try {
            String text = method + " sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/" + protocol
                    + " 192.0.2.9:5060;branch=" + branch + "\r\nFrom: <sip:b>;tag=9\r\nTo: " + to
                    + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: d\r\nCSeq: " + cseq + " " + method
                    + "\r\n\r\n";
            layer.receive(SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1)), new TestFlow(protocol));
        } catch (SipParseException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void inviteIsRepeatedByTimerAAndGivenUpByTimerB() {
        send("INVITE", Protocol.UDP);
        passTo(40_000);
        assertThat(wire)
                .containsExactly(
                        "0 INVITE",
                        "500 INVITE",
                        "1500 INVITE",
                        "3500 INVITE",
                        "7500 INVITE",
                        "15500 INVITE",
                        "31500 INVITE");
        assertThat(heard).containsExactly("32000 TIMEOUT");
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void inviteIsNotRepeatedOnTcpNorAfterAProvisionalAnswer() {
        send("INVITE", Protocol.TCP);
        ClientTransaction ringing = send("INVITE", Protocol.UDP);
        answer(ringing.request(), 180, "t");
        passTo(200_000); // ringing has no end here: timer C is for proxies
        assertThat(wire).containsExactly("0 INVITE", "0 INVITE");
        assertThat(heard).containsExactly("0 180", "32000 TIMEOUT");
    }

    /** RFC 3261 section 14.1: no other change can begin while one is open, so none may stay open for ever. */
    @Test
    void reInviteThatIsNeverAnsweredIsTakenBackAndGivenUp() {
        ClientTransaction change = layer.send(
                layer.request("INVITE", "sip:b@192.0.2.9", Protocol.UDP)
                        .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                        .add(SipHeader.TO, "<sip:b@y>;tag=2")
                        .add(SipHeader.CALL_ID, "c")
                        .add(SipHeader.CSEQ, "7 INVITE")
                        .build(),
                new Hop(Protocol.UDP, new InetSocketAddress("192.0.2.9", 5060)),
                handler);
        answer(change.request(), 100, "2");
        passTo(179_000);
        assertThat(wire).containsExactly("0 INVITE");
        passTo(181_000);
        assertThat(wire).startsWith("0 INVITE", "180000 CANCEL");
        passTo(220_000);
        assertThat(heard).containsExactly("0 100", "212000 TIMEOUT");
        passTo(250_000);
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void errorIsAcknowledgedInTheTransactionAndAgainWhenRepeated() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        answer(invite.request(), 486, "t");
        answer(invite.request(), 486, "t");
        assertThat(wire).containsExactly("0 INVITE", "0 ACK", "0 ACK");
        assertThat(heard).containsExactly("0 486");
        SipMessage ack = sent.get(1);
        assertThat(ack.branch()).isEqualTo(invite.request().branch()); // section 17.1.1.3
        assertThat(ack.toTag()).isEqualTo("t");
        assertThat(ack.cseq()).isEqualTo(1);
        assertThat(ack.first(SipHeader.ROUTE)).isEqualTo("<sip:192.0.2.9;lr>");
        passTo(31_990);
        assertThat(layer.size()).isEqualTo(1); // timer D
        passTo(32_000 + LATE);
        assertThat(layer.size()).isZero();
    }

    @Test
    void eachForkAnswersOnceAndItsAckIsRepeatedWithIts2xx() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        answer(invite.request(), 200, "one");
        answer(invite.request(), 200, "one");
        assertThat(heard).containsExactly("0 200");
        invite.ack(ack("one"), invite.hop());
        answer(invite.request(), 200, "one");
        answer(invite.request(), 200, "two");
        answer(invite.request(), 180, "one"); // a 180 that the 200 overtook
        assertThat(heard).containsExactly("0 200", "0 200");
        assertThat(wire).containsExactly("0 INVITE", "0 ACK", "0 ACK");
        passTo(32_000 + LATE); // RFC 6026: timer M
        assertThat(layer.size()).isZero();
    }

    private SipMessage ack(String tag) {
        return layer.request("ACK", "sip:b", Protocol.UDP)
                .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                .add(SipHeader.TO, "<sip:b@y>;tag=" + tag)
                .add(SipHeader.CALL_ID, "c")
                .add(SipHeader.CSEQ, "1 ACK")
                .build();
    }

    @Test
    void acknowledged2xxThatComesAgainGetsTheSameAckUntilTimerMAndALaterForkIsAStray() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        answer(invite.request(), 200, "one");
        invite.ack(ack("one"), invite.hop());
        passTo(4_900);
        answer(invite.request(), 200, "two"); // as long as the network keeps a message
        invite.ack(ack("two"), invite.hop());
        assertThat(heard).containsExactly("0 200", "4900 200");
        wire.clear();
        heard.clear();
        passTo(31_900);
        answer(invite.request(), 200, "two");
        answer(invite.request(), 200, "one");
        assertThat(wire).containsExactly("31900 ACK", "31900 ACK");
        assertThat(sent.get(sent.size() - 1).toBytes())
                .isEqualTo(sent.get(1).toBytes())
                .isNotEqualTo(sent.get(sent.size() - 2).toBytes());
        answer(invite.request(), 180, "one"); // overtaken by the 200
        answer(invite.request(), 486, "four"); // of a fork that lost
        assertThat(heard).isEmpty();
        answer(invite.request(), 200, "three");
        passTo(32_000 + LATE);
        answer(invite.request(), 200, "one");
        assertThat(heard).containsExactly("31900 stray SIP/2.0 200 X", (32_000 + LATE) + " stray SIP/2.0 200 X");
        assertThat(wire).hasSize(2);
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void userMayTakeUntilTimerMToAcknowledgeAndHearsOfForksMeanwhile() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        answer(invite.request(), 200, "one");
        passTo(20_000);
        answer(invite.request(), 200, "two");
        invite.ack(ack("one"), invite.hop());
        answer(invite.request(), 200, "one");
        assertThat(heard).containsExactly("0 200", "20000 200");
        assertThat(wire).containsExactly("0 INVITE", "20000 ACK", "20000 ACK");
        passTo(32_000 + LATE);
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void finishedTransactionKeepsNothingOfItsUser() {
        List<WeakReference<Object>> users = List.of(calling(), called("INVITE"), called("BYE"));
        taken = null;
        passTo(5_000 + LATE);
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return users.stream().allMatch(user -> user.refersTo(null));
        });
        assertThat(layer.size()).isEqualTo(3);
    }

    private WeakReference<Object> calling() {
        Object user = new Object();
        ClientTransaction invite = send("INVITE", Protocol.UDP, new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                heard.add(user + " " + response.status());
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {}
        });
        answer(invite.request(), 200, "one");
        invite.ack(ack("one"), invite.hop());
        return new WeakReference<>(user);
    }

    private WeakReference<Object> called(String method) {
        Object user = new Object();
        receive(method, "z9hG4bK" + method, 1, "", Protocol.UDP);
        taken.attach(user);
        taken.respond(200, "OK");
        if (method.equals("INVITE")) {
            receive("ACK", "z9hG4bKack", 1, taken.localTag(), Protocol.UDP);
        }
        return new WeakReference<>(user);
    }

    @Test
    void cancelWaitsForAProvisionalAnswer() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        invite.cancel(w -> w.add(SipHeader.REASON, "SIP;cause=200"));
        assertThat(wire).containsExactly("0 INVITE"); // section 9.1
        answer(invite.request(), 180, "t");
        assertThat(wire).containsExactly("0 INVITE", "0 CANCEL");
        SipMessage cancel = sent.get(1);
        assertThat(cancel.branch()).isEqualTo(invite.request().branch());
        assertThat(cancel.first(SipHeader.REASON)).isEqualTo("SIP;cause=200");
        assertThat(cancel.requestUri()).isEqualTo(invite.request().requestUri());
        answer(cancel, 200, "t");
        answer(invite.request(), 487, "t");
        assertThat(heard).containsExactly("0 180", "0 487");
    }

    @Test
    void peerThatIgnoresCancelIsGivenUp() {
        ClientTransaction invite = send("INVITE", Protocol.TCP);
        answer(invite.request(), 180, "t");
        invite.cancel();
        passTo(33_000);
        assertThat(heard).containsExactly("0 180", "32000 TIMEOUT");
        assertThat(layer.size()).isZero();
    }

    @Test
    void otherRequestsAreRepeatedByTimerEUpToT2AndGivenUpByTimerF() {
        send("OPTIONS", Protocol.UDP);
        passTo(40_000);
        assertThat(wire)
                .containsExactly(
                        "0 OPTIONS",
                        "500 OPTIONS",
                        "1500 OPTIONS",
                        "3500 OPTIONS",
                        "7500 OPTIONS",
                        "11500 OPTIONS",
                        "15500 OPTIONS",
                        "19500 OPTIONS",
                        "23500 OPTIONS",
                        "27500 OPTIONS",
                        "31500 OPTIONS");
        assertThat(heard).containsExactly("32000 TIMEOUT");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void finalAnswerToOthersIsHeardOnce() {
        ClientTransaction bye = send("BYE", Protocol.UDP);
        answer(bye.request(), 200, "t");
        answer(bye.request(), 200, "t");
        assertThat(heard).containsExactly("0 200");
        passTo(5_000 + LATE); // timer K
        assertThat(layer.size()).isZero();
        answer(bye.request(), 200, "t");
        assertThat(heard).hasSize(2).last().asString().startsWith(5_000 + LATE + " stray");
    }

    @Test
    void brokenTransportIsToldOnce() {
        broken = true;
        send("BYE", Protocol.TCP);
        assertThat(heard).containsExactly("0 TRANSPORT");
        passTo(40_000);
        assertThat(heard).hasSize(1);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void repeatedInviteGetsTheLastAnswerAgain() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        ServerTransaction invite = taken;
        invite.respond(100, "Trying");
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        invite.respond(180, "Ringing");
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        assertThat(heard).containsExactly("0 INVITE");
        assertThat(wire).containsExactly("0 100", "0 100", "0 180", "0 180");
        assertThat(sent.get(0).toTag()).isNull(); // section 8.2.6.2: 100 may go without tag
        assertThat(sent.get(2).toTag()).isEqualTo(invite.localTag());
    }

    @Test
    void callerHears100InTimeUnlessThereIsSomethingElseToHear() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        taken.respondTrying();
        passTo(40);
        assertThat(wire).isEmpty();
        passTo(200);
        assertThat(wire).containsExactly("50 100");
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        assertThat(wire).containsExactly("50 100", "200 100");

        receive("INVITE", "z9hG4bKb", 1, "", Protocol.UDP);
        taken.respondTrying();
        passTo(240);
        receive("INVITE", "z9hG4bKb", 1, "", Protocol.UDP); // the caller is impatient
        assertThat(wire).endsWith("240 100");
        passTo(500);
        assertThat(wire).hasSize(3);

        for (int status : new int[] {180, 200, 486}) {
            wire.clear();
            receive("INVITE", "z9hG4bKc" + status, 1, "", Protocol.UDP);
            taken.respondTrying();
            taken.respond(status, "X");
            taken.respondTrying();
            receive("ACK", status < 300 ? "z9hG4bKd" : "z9hG4bKc" + status, 1, taken.localTag(), Protocol.UDP);
            passTo(now + 1_000);
            assertThat(wire).hasSize(1).first().asString().endsWith(" " + status);
        }
        receive("INVITE", "z9hG4bKe", 1, "", Protocol.UDP);
        taken.respondTrying();
        taken.respondReliably(taken.response(183, "Session Progress"));
        passTo(now + 300);
        assertThat(wire).last().asString().endsWith(" 183");
    }

    @Test
    void errorIsRepeatedByTimerGUntilItsAck() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        taken.respond(486, "Busy Here");
        passTo(3_600);
        assertThat(wire).containsExactly("0 486", "500 486", "1500 486", "3500 486");
        receive("ACK", "z9hG4bKa", 1, taken.localTag(), Protocol.UDP);
        receive("ACK", "z9hG4bKa", 1, taken.localTag(), Protocol.UDP);
        passTo(8_500);
        assertThat(wire).hasSize(4);
        assertThat(layer.size()).isEqualTo(1); // timer I absorbs further ACKs
        passTo(8_700);
        assertThat(layer.size()).isZero();
        assertThat(heard).containsExactly("0 INVITE");
    }

    @Test
    void errorWithoutAckIsGivenUpByTimerH() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        taken.respond(486, "Busy Here");
        passTo(40_000);
        assertThat(wire).hasSize(11); // 0.5, 1.5, 3.5, 7.5, then every T2 to 31.5
        assertThat(layer.size()).isZero();
    }

    @Test
    void successIsRepeatedUntilItsAckAlsoOnTcp() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.TCP);
        taken.respond(200, "OK");
        passTo(1_600);
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.TCP); // RFC 6026: absorbed
        receive("ACK", "z9hG4bKother", 1, taken.localTag(), Protocol.TCP);
        receive("ACK", "z9hG4bKother", 1, taken.localTag(), Protocol.TCP);
        passTo(40_000);
        assertThat(wire).containsExactly("0 200", "500 200", "1500 200");
        assertThat(heard).containsExactly("0 INVITE", "1600 ACK");
        assertThat(layer.size()).isZero();
    }

    @Test
    void successWithoutAckIsTold() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        taken.respond(200, "OK");
        passTo(40_000);
        assertThat(heard).containsExactly("0 INVITE", "32000 no ACK");
    }

    @Test
    void cancelIsAnsweredAndEndsTheInviteOnlyBeforeItsFinalAnswer() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        receive("CANCEL", "z9hG4bKa", 1, "", Protocol.UDP);
        assertThat(wire).containsExactly("0 200", "0 487");
        assertThat(sent.get(0).toTag()).isEqualTo(sent.get(1).toTag()); // section 9.2
        receive("INVITE", "z9hG4bKb", 1, "", Protocol.UDP);
        taken.respond(200, "OK");
        receive("CANCEL", "z9hG4bKb", 1, "", Protocol.UDP);
        assertThat(wire).containsExactly("0 200", "0 487", "0 200", "0 200");
        assertThat(heard).containsExactly("0 INVITE", "0 CANCEL", "0 INVITE");
        receive("CANCEL", "z9hG4bKc", 1, "", Protocol.UDP);
        assertThat(wire).last().isEqualTo("0 481");
    }

    /** What a million mutated messages found: the tag of the INVITE goes into the answer to its CANCEL. */
    @Test
    void tagThatIsNoneDoesNotKeepACancelFromItsAnswer() {
        receive("INVITE", "z9hG4bKa", 1, "<sip:b", Protocol.UDP);
        receive("CANCEL", "z9hG4bKa", 1, "sip:a", "", Protocol.UDP);
        assertThat(wire).contains("0 200");
        assertThat(heard).contains("0 CANCEL");
    }

    @Test
    void requestThatComesAgainGetsTheSameAnswerUntilTimerJ() {
        receive("BYE", "z9hG4bKa", 1, "x", Protocol.UDP);
        taken.respond(
                taken.response(200, "OK").add(SipHeader.REASON, "SIP;cause=200").build());
        passTo(31_900);
        receive("BYE", "z9hG4bKa", 1, "x", Protocol.UDP);
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).toBytes()).isEqualTo(sent.get(0).toBytes());
        assertThat(heard).containsExactly("0 BYE");
        assertThat(layer.sources()).isEqualTo(1);
        passTo(32_000 + LATE);
        assertThat(layer.sources()).isZero();
        receive("BYE", "z9hG4bKa", 1, "x", Protocol.UDP);
        assertThat(heard).containsExactly("0 BYE", (32_000 + LATE) + " BYE");
    }

    @Test
    void cancelBehindTheAckIsAnsweredAndEndsNothing() {
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP);
        taken.respond(200, "OK");
        String tag = taken.localTag();
        receive("ACK", "z9hG4bKb", 1, tag, Protocol.UDP);
        receive("CANCEL", "z9hG4bKa", 1, "", Protocol.UDP);
        receive("INVITE", "z9hG4bKa", 1, "", Protocol.UDP); // RFC 6026: absorbed
        assertThat(wire).containsExactly("0 200", "0 200");
        assertThat(sent.get(1).toTag()).isEqualTo(tag);
        assertThat(heard).containsExactly("0 INVITE", "0 ACK");
    }

    @Test
    void requestsOfOldPeersAreToldApartWithoutMagicCookie() {
        receive("BYE", "1", 1, "x", Protocol.UDP);
        taken.respond(200, "OK");
        receive("BYE", "1", 1, "x", Protocol.UDP);
        receive("BYE", "1", 2, "x", Protocol.UDP); // section 17.2.3: CSeq tells them apart
        assertThat(heard).containsExactly("0 BYE", "0 BYE");
        assertThat(wire).containsExactly("0 200", "0 200");
    }

    @Test
    void responsesNameTheSourceWhenItDiffersFromVia() {
        receive("OPTIONS", "z9hG4bKa;rport", 1, "", Protocol.UDP);
        taken.respond(200, "OK");
        assertThat(sent.get(0).first(SipHeader.VIA)) // RFC 3581 section 4
                .isEqualTo("SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa;rport=5099;received=192.0.2.9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "a;rport > a;rport=5099;received=192.0.2.9",
                "a;rport;x=1 > a;rport=5099;x=1;received=192.0.2.9",
                "a; RPORT = 5070 ;x > a;rport=5099 ;x;received=192.0.2.9",
                "a;rport=;x > a;rport=5099;x;received=192.0.2.9",
                "a;rports;rport > a;rports;rport=5099;received=192.0.2.9",
                "a;rport=x > a;rport=x;received=192.0.2.9",
                "a;rports > a;rports",
                "a;rport, SIP/2.0/UDP 192.0.2.8;branch=z9hG4bKb;rport"
                        + " > a;rport=5099;received=192.0.2.9, SIP/2.0/UDP 192.0.2.8;branch=z9hG4bKb;rport"
            })
    void topmostViaOfAnAnswerSaysWhereTheRequestCameFromAndNothingElseChanges(String asked, String answered) {
        receive("OPTIONS", "z9hG4bK" + asked, 1, "", Protocol.UDP);
        taken.respond(200, "OK");
        assertThat(sent.get(0).first(SipHeader.VIA)) // RFC 3581 section 4
                .isEqualTo("SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK" + answered);
    }

    private static SipMessage response(SipMessage request, int status, String more) throws SipParseException {
        String text = "SIP/2.0 " + status + " X\r\nVia: " + request.first(SipHeader.VIA)
                + "\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@y>;tag=t\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" + more
                + "\r\n";
        return SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void nextRequestGoesWhereTheLatestRouteSetOrContactLeads() throws Exception {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        SipMessage request = invite.request();
        Dialog dialog = Dialog.uac(request, response(request, 180, "Contact: <sip:192.0.2.20>\r\n"), invite.hop());
        assertThat(dialog.hop()).hasToString("192.0.2.20:5060;udp");
        dialog.refreshTarget(response(request, 200, "Contact: <sip:192.0.2.21;transport=tcp>\r\n"));
        assertThat(dialog.hop()).hasToString("192.0.2.21:5060;tcp");
        dialog.confirm(response(request, 200, "Record-Route: <sip:192.0.2.22;lr>\r\n"));
        assertThat(dialog.hop()).hasToString("192.0.2.22:5060;udp");
        dialog.confirm(response(request, 200, "Contact: <sip:sbc.example>\r\n"));
        assertThat(dialog.hop()).isSameAs(invite.hop()); // names are not resolved here
    }

    @Test
    void dialogFollowsRouteSetAndCountsItsRequests() throws Exception {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        String text = "SIP/2.0 200 OK\r\nVia: " + invite.request().first(SipHeader.VIA)
                + "\r\nRecord-Route: <sip:192.0.2.7;lr>\r\nRecord-Route: <sip:192.0.2.8:5070;lr;x=%3D>\r\n"
                + "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>;tag=t\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
                + "Contact: <sip:api.example:443;x-i=Gu;x-c=1/d/8>\r\n\r\n";
        Dialog dialog =
                Dialog.uac(invite.request(), SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1)), invite.hop());
        assertThat(dialog.hop()).hasToString("192.0.2.8:5070;udp"); // section 12.1.2: reversed
        assertThat(dialog.state().routeSet()).containsExactly("<sip:192.0.2.8:5070;lr;x=%3D>", "<sip:192.0.2.7;lr>");
        assertThat(dialog.remoteTarget()).isEqualTo("sip:api.example:443;x-i=Gu;x-c=1/d/8");
        Dialog restored = Dialog.restore(dialog.state());
        assertThat(restored.state().remoteTag()).isEqualTo("t");
        assertThat(restored.localCseq()).isGreaterThan(dialog.localCseq());
        assertThat(Map.of("hop", restored.hop().toString())).containsValue("192.0.2.8:5070;udp");
    }

    /** RFC 3261 table 4 and RFC 6026: how long a finished transaction absorbs repeats, by method, role, transport, answer. */
    @org.junit.jupiter.params.ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource({
        "client, INVITE,  UDP, 486, 32000", // timer D
        "client, INVITE,  TCP, 486, 0",
        "client, INVITE,  UDP, 200, 32000", // timer M
        "client, INVITE,  TCP, 200, 32000",
        "client, OPTIONS, UDP, 200, 5000", // timer K
        "client, OPTIONS, TCP, 200, 0",
        "server, OPTIONS, UDP, 200, 32000", // timer J
        "server, OPTIONS, TCP, 200, 0",
        "server, INVITE,  UDP, 486, 5000", // timer I, behind the ACK
        "server, INVITE,  TCP, 486, 0",
        "server, INVITE,  UDP, 200, 32000", // timer L
        "server, INVITE,  TCP, 200, 32000",
    })
    void finishedTransactionStaysAsLongAsRepeatsMayCome(
            String role, String method, Protocol protocol, int status, long stays) {
        if (role.equals("client")) {
            answer(send(method, protocol).request(), status, "t");
        } else {
            receive(method, "z9hG4bKa", 1, "", protocol);
            ServerTransaction server = taken;
            server.respond(status, "X");
            if (method.equals("INVITE")) {
                receive("ACK", status < 300 ? "z9hG4bKb" : "z9hG4bKa", 1, server.localTag(), protocol);
            }
        }
        if (stays > 0) {
            passTo(stays - 20);
            assertThat(layer.size()).isEqualTo(1);
        }
        passTo(stays == 0 ? 20 : stays + LATE);
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void reliableProvisionalIsRepeatedUntilItsPrackAndTheNextAndThe2xxWaitForIt() {
        receive("INVITE", "z9hG4bKa", 7, "", Protocol.UDP);
        ServerTransaction invite = taken;
        invite.respondReliably(invite.response(183, "Session Progress"));
        invite.respondReliably(invite.response(180, "Ringing"));
        invite.respond(200, "OK");
        passTo(1_600);
        assertThat(wire).containsExactly("0 183", "500 183", "1500 183"); // RFC 3262 section 3: T1, doubling
        long rseq = Long.parseLong(sent.get(0).first(SipHeader.RSEQ));
        assertThat(sent.get(0).all(SipHeader.REQUIRE)).contains("100rel");
        assertThat(invite.onPrack(prack(rseq + 1))).isFalse();
        assertThat(invite.onPrack(prack(rseq))).isTrue();
        assertThat(wire).last().isEqualTo("1600 180");
        assertThat(invite.onPrack(prack(rseq))).isFalse();
        assertThat(sent.get(3).first(SipHeader.RSEQ)).isEqualTo(Long.toString(rseq + 1));
        assertThat(invite.onPrack(prack(rseq + 1))).isTrue();
        assertThat(wire).last().isEqualTo("1600 200");
        assertThat(invite.state()).isEqualTo(ServerTransaction.State.ACCEPTED);
    }

    @Test
    void reliableProvisionalWithoutPrackEndsTheInvite() {
        receive("INVITE", "z9hG4bKa", 7, "", Protocol.UDP);
        taken.respondReliably(taken.response(183, "Session Progress"));
        passTo(32_020);
        assertThat(wire).last().isEqualTo("32000 504");
    }

    @Test
    void errorDoesNotWaitForAPrack() {
        receive("INVITE", "z9hG4bKa", 7, "", Protocol.UDP);
        taken.respondReliably(taken.response(183, "Session Progress"));
        taken.respond(486, "Busy Here");
        assertThat(wire).containsExactly("0 183", "0 486");
        receive("ACK", "z9hG4bKa", 7, taken.localTag(), Protocol.UDP);
        passTo(6_000);
        assertThat(wheel.size()).isZero();
    }

    private SipMessage prack(long rseq) {
        return SipWriter.request("PRACK", "sip:a")
                .add(SipHeader.VIA, "SIP/2.0/UDP h;branch=z9hG4bKp")
                .add(SipHeader.FROM, "<sip:b>;tag=9")
                .add(SipHeader.TO, "<sip:a>;tag=1")
                .add(SipHeader.CALL_ID, "d")
                .add(SipHeader.CSEQ, "8 PRACK")
                .add(SipHeader.RACK, rseq + " 7  INVITE")
                .build();
    }

    @Test
    void reliableProvisionalsAreHeardOnceAndInOrder() {
        ClientTransaction invite = send("INVITE", Protocol.UDP);
        for (String one : List.of("10 183", "10 183", "12 180", "11 180", "12 181")) {
            String[] words = one.split(" ");
            answer(invite.request(), Integer.parseInt(words[1]), "t", "RSeq: " + words[0] + "\r\nRequire: 100rel\r\n");
        }
        assertThat(heard).containsExactly("0 183", "0 180", "0 181"); // RFC 3262 section 4: 12 before 11 is dropped
    }

    private void answer(SipMessage request, int status, String tag, String more) {
        String text =
                "SIP/2.0 " + status + " X\r\nVia: " + request.first(SipHeader.VIA) + "\r\nFrom: <sip:a@x>;tag=1\r\n"
                        + "To: <sip:b@y>;tag=" + tag + "\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" + more + "\r\n";
        try {
            layer.receive(SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1)), new TestFlow(Protocol.UDP));
        } catch (SipParseException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lateSuccessAfterCancelIsHeardAndCancelAfterSuccessIsNotSent() {
        ClientTransaction crossed = send("INVITE", Protocol.UDP);
        answer(crossed.request(), 180, "t");
        crossed.cancel();
        answer(crossed.request(), 200, "t"); // RFC 3261 section 9.1: the 2xx overtook the CANCEL
        assertThat(heard).containsExactly("0 180", "0 200");
        assertThat(crossed.cancelled()).isTrue();
        ClientTransaction answered = send("INVITE", Protocol.UDP);
        answer(answered.request(), 200, "t");
        wire.clear();
        answered.cancel();
        passTo(1_000);
        assertThat(wire).isNotEmpty().allMatch(line -> line.endsWith("CANCEL")); // of the first one, unanswered
        assertThat(wire).hasSize(1);
    }

    @Test
    void sourceWithTooManyTransactionsGets503WithoutATrace() {
        List<String> told = new ArrayList<>();
        TransactionLayer small = new TransactionLayer(
                SipTimers.RFC3261,
                wheel,
                new Transport() {
                    @Override
                    public Flow flow(Hop hop) {
                        return new TestFlow(hop.protocol());
                    }

                    @Override
                    public String sentBy(Protocol protocol) {
                        return "192.0.2.1:5060";
                    }
                },
                new SipListener() {
                    @Override
                    public void onRequest(ServerTransaction transaction) {
                        taken = transaction;
                    }

                    @Override
                    public void onOverload(SipMessage request, Flow flow) {
                        told.add(request.methodText());
                    }
                },
                new SipLimits(65_535, 16_384, 256, 2, 10, SipLimits.DATAGRAM));
        for (int i = 0; i < 4; i++) {
            try {
                small.receive(
                        SipParser.parse(("INFO sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx" + i
                                        + "\r\nFrom: <sip:b>;tag=9\r\nTo: <sip:a>\r\nCall-ID: d\r\nCSeq: 1 INFO\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1)),
                        new TestFlow(Protocol.UDP));
            } catch (SipParseException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(told).containsExactly("INFO", "INFO");
        assertThat(small.size()).isEqualTo(2);
        assertThat(wire).containsExactly("0 503", "0 503");
        assertThat(sent.get(0).first(SipHeader.RETRY_AFTER)).isEqualTo("5");
    }
}
