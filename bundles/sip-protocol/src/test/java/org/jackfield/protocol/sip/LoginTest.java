package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Challenges and what answers them (RFC 3261 section 22), on a clock that is turned by hand. */
class LoginTest {
    private static final Hop PEER = new Hop(Protocol.UDP, new InetSocketAddress("192.0.2.9", 5060));
    private static final Hop BY_TCP = new Hop(Protocol.TCP, new InetSocketAddress("192.0.2.9", 5060));

    private final List<SipMessage> sent = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final TimerWheel wheel = new TimerWheel(0);
    private final Digest.Verifier verifier = new Digest.Verifier("pbx", "SHA-256", 60_000);
    private final Login login = Login.of("jack", "secret", (outcome, realm) -> told.add(outcome + " " + realm));

    private record WireFlow(Protocol protocol, List<SipMessage> sent) implements Flow {
        @Override
        public InetSocketAddress remote() {
            return PEER.address();
        }

        @Override
        public void send(SipMessage message, @Nullable Runnable failed) {
            sent.add(message);
        }
    }

    private final TransactionLayer layer = new TransactionLayer(
            SipTimers.RFC3261,
            wheel,
            new Transport() {
                @Override
                public Flow flow(Hop hop) {
                    return new WireFlow(hop.protocol(), sent);
                }

                @Override
                public String sentBy(Protocol protocol) {
                    return "192.0.2.1:5060";
                }
            },
            new SipListener() {
                @Override
                public void onRequest(ServerTransaction transaction) {}

                @Override
                public void onStray(SipMessage message, Flow flow) {
                    heard.add("stray " + message.status());
                }
            });

    private final ResponseHandler handler = new Noting(heard);

    private SipWriter request(String method, Protocol protocol) {
        return layer.request(method, "sip:b@192.0.2.9", protocol)
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                .add(SipHeader.TO, "<sip:b@y>")
                .add(SipHeader.CALL_ID, "c")
                .add(SipHeader.CSEQ, "7 " + method)
                .add("X-Kept", "as it was")
                .body("application/sdp", "v=0\r\n");
    }

    private ClientTransaction send(String method, Login by) {
        return layer.send(request(method, Protocol.UDP).build(), PEER, handler, by, null);
    }

    private SipMessage last() {
        return sent.get(sent.size() - 1);
    }

    private List<String> methods() {
        return sent.stream().map(SipMessage::methodText).toList();
    }

    private void answer(SipMessage request, int status, String header, String value) {
        try {
            SipWriter writer =
                    ServerTransaction.prepare(request, new InetSocketAddress("192.0.2.1", 5060), status, "X", "t");
            if (!header.isEmpty()) {
                writer.add(header, value);
            }
            layer.receive(SipParser.parse(writer.build().toBytes()), new WireFlow(Protocol.UDP, sent));
        } catch (SipParseException e) {
            throw new AssertionError(e);
        }
    }

    private void challenge(SipMessage request, boolean stale) {
        answer(request, 401, "WWW-Authenticate", verifier.challenge(1_000, stale));
    }

    private Digest.Verifier.Verdict verdict(SipMessage request, long now) {
        return verifier.check(request, SipHeader.AUTHORIZATION, user -> user.equals("jack") ? "secret" : null, now);
    }

    /** Section 22.2: the same Call-ID, From and body, a new branch and the next CSeq. */
    @Test
    void challengedInviteGoesAgainWithCredentialsBeforeAnybodyHears() {
        ClientTransaction invite = send("INVITE", login);
        SipMessage first = last();
        challenge(first, false);
        assertThat(methods()).containsExactly("INVITE", "ACK", "INVITE");
        assertThat(heard).isEmpty();
        SipMessage ack = sent.get(1);
        assertThat(ack.branch()).isEqualTo(first.branch()); // section 17.1.1.3
        assertThat(ack.cseq()).isEqualTo(7);
        assertThat(ack.toTag()).isEqualTo("t");
        SipMessage second = last();
        assertThat(verdict(second, 2_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(second.first(SipHeader.AUTHORIZATION)).contains("nc=00000001", "uri=\"sip:b@192.0.2.9\"");
        assertThat(second.branch()).isNotEqualTo(first.branch());
        assertThat(second.cseq()).isEqualTo(8);
        assertThat(second.callId()).isEqualTo("c");
        assertThat(second.fromTag()).isEqualTo("1");
        assertThat(second.toTag()).isNull();
        assertThat(second.first("X-Kept")).isEqualTo("as it was");
        assertThat(second.bodyText()).isEqualTo("v=0\r\n");
        assertThat(second.all(SipHeader.VIA)).hasSize(1);
        assertThat(invite.request()).isSameAs(second);
        challenge(first, false); // it comes again, as on UDP it may
        assertThat(methods()).containsExactly("INVITE", "ACK", "INVITE", "ACK");
        assertThat(last().branch()).isEqualTo(first.branch());
        answer(second, 180, "", "");
        answer(second, 200, "", "");
        assertThat(heard).containsExactly("180", "200");
        assertThat(told).containsExactly("ANSWERED pbx", "ACCEPTED pbx");
        wheel.advance(40_000);
        assertThat(layer.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    /** Section 22.1: an ACK brings what its INVITE brought, for nobody can challenge it. */
    @Test
    void ackOfTheAnswerBringsTheCredentialsOfTheInvite() {
        ClientTransaction invite = send("INVITE", login);
        challenge(last(), false);
        SipMessage second = last();
        answer(second, 200, "", "");
        invite.ack(
                layer.request("ACK", "sip:b@192.0.2.9", Protocol.UDP)
                        .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                        .add(SipHeader.TO, "<sip:b@y>;tag=t")
                        .add(SipHeader.CALL_ID, "c")
                        .add(SipHeader.CSEQ, "8 ACK")
                        .build(),
                PEER);
        assertThat(last().methodText()).isEqualTo("ACK");
        assertThat(last().first(SipHeader.AUTHORIZATION)).isEqualTo(second.first(SipHeader.AUTHORIZATION));
        answer(second, 200, "", ""); // repeated
        assertThat(last().methodText()).isEqualTo("ACK");
        assertThat(last().has(SipHeader.AUTHORIZATION)).isTrue();
    }

    @Test
    void nonceIsUsedAgainWithRisingCountSoThatTheNextRequestIsNotChallenged() {
        send("OPTIONS", login);
        challenge(last(), false);
        answer(last(), 200, "", "");
        for (int count = 2; count < 20; count++) {
            send("BYE", login);
            assertThat(verdict(last(), 2_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
            assertThat(last().first(SipHeader.AUTHORIZATION)).contains(String.format("nc=%08x", count));
            assertThat(last().cseq()).isEqualTo(7);
            answer(last(), 200, "", "");
        }
        assertThat(told).containsExactly("ANSWERED pbx", "ACCEPTED pbx");
        assertThat(sent).hasSize(20);
    }

    /** Section 22.3: rejected credentials must not be tried again. */
    @Test
    void wrongPasswordIsTriedOnceAndThenAnOrdinaryRefusal() {
        Login wrong = Login.of("jack", "guess", (outcome, realm) -> told.add(outcome + " " + realm));
        send("OPTIONS", wrong);
        challenge(last(), false);
        assertThat(verdict(last(), 2_000)).isEqualTo(Digest.Verifier.Verdict.WRONG);
        challenge(last(), false);
        assertThat(sent).hasSize(2);
        assertThat(heard).containsExactly("401");
        assertThat(told).containsExactly("ANSWERED pbx", "REFUSED pbx");
        send("OPTIONS", wrong);
        assertThat(last().has(SipHeader.AUTHORIZATION)).isFalse(); // what was refused is not sent again by itself
        assertThat(layer.size()).isEqualTo(2);
    }

    /** RFC 7616 section 3.3: the password was right, the nonce too old. */
    @Test
    void staleNonceIsReplacedWithoutAskingThePassword() {
        send("OPTIONS", login);
        challenge(last(), false);
        challenge(last(), true);
        assertThat(sent).hasSize(3);
        assertThat(last().first(SipHeader.AUTHORIZATION)).contains("nc=00000001");
        assertThat(last().all(SipHeader.AUTHORIZATION)).isNotEmpty();
        assertThat(last().cseq()).isEqualTo(9);
        answer(last(), 200, "", "");
        assertThat(heard).containsExactly("200");
    }

    @Test
    void peerThatFindsEveryNonceStaleIsNotAnsweredForEver() {
        send("OPTIONS", login);
        for (int i = 0; i < 10 && heard.isEmpty(); i++) {
            challenge(last(), true);
        }
        assertThat(heard).containsExactly("401");
        assertThat(sent).hasSize(5);
        assertThat(told).endsWith("REFUSED pbx");
    }

    /** A nonce that the peer has forgotten, for it was restarted, is no wrong password. */
    @Test
    void forgottenNonceIsReplacedByOneMoreRound() {
        send("OPTIONS", login);
        challenge(last(), false);
        answer(last(), 200, "", "");
        send("BYE", login);
        SipMessage old = last();
        answer(old, 401, "WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"fresh\", qop=\"auth\"");
        assertThat(last()).isNotSameAs(old);
        assertThat(last().first(SipHeader.AUTHORIZATION)).contains("nonce=\"fresh\"", "nc=00000001");
        assertThat(last().find(SipHeader.AUTHORIZATION, last().find(SipHeader.AUTHORIZATION) + 1))
                .isEqualTo(-1);
    }

    /** Section 22.3: a proxy and the server behind it both ask. */
    @Test
    void proxyAndServerAreAnsweredBoth() {
        send("INVITE", login);
        answer(last(), 407, "Proxy-Authenticate", "Digest realm=\"edge\", nonce=\"e\"");
        challenge(last(), false);
        SipMessage third = last();
        assertThat(third.first(SipHeader.PROXY_AUTHORIZATION)).contains("realm=\"edge\"");
        assertThat(verdict(third, 2_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(third.cseq()).isEqualTo(9);
        assertThat(heard).isEmpty();
    }

    @Test
    void withoutUserOrUnderstandingAChallengeIsARefusal() {
        send("INVITE", Login.none((outcome, realm) -> told.add(outcome + " " + realm)));
        challenge(last(), false);
        assertThat(methods()).containsExactly("INVITE", "ACK");
        send("INVITE", login);
        answer(last(), 401, "WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5-sess");
        answer(sent.get(2), 401, "WWW-Authenticate", "Basic realm=\"pbx\"");
        assertThat(heard).containsExactly("401", "401");
        assertThat(told).containsExactly("NO_ACCOUNT pbx", "NOT_UNDERSTOOD ");
    }

    @Test
    void inviteThatWasTakenBackIsNotSentAgain() {
        ClientTransaction invite = send("INVITE", login);
        answer(last(), 180, "", "");
        invite.cancel();
        challenge(sent.get(0), false);
        assertThat(methods()).containsExactly("INVITE", "CANCEL", "ACK");
        assertThat(heard).containsExactly("180", "401");
    }

    @Test
    void cancelTakesTheSecondInviteBackByItsOwnBranch() {
        ClientTransaction invite = send("INVITE", login);
        challenge(last(), false);
        SipMessage second = last();
        answer(second, 180, "", "");
        invite.cancel();
        assertThat(last().methodText()).isEqualTo("CANCEL");
        assertThat(last().branch()).isEqualTo(second.branch());
        assertThat(last().cseq()).isEqualTo(8);
    }

    @Test
    void requestOfADialogTakesTheDialogsNextNumber() {
        Dialog dialog = Dialog.restore(new DialogState(
                "c",
                "1",
                "2",
                "<sip:a@x>;tag=1",
                "<sip:b@y>;tag=2",
                "sip:b@192.0.2.9",
                List.of(),
                0,
                -1,
                PEER.toString()));
        long before = dialog.localCseq();
        SipMessage bye = layer.request("BYE", "sip:b@192.0.2.9", Protocol.TCP)
                .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                .add(SipHeader.TO, "<sip:b@y>;tag=2")
                .add(SipHeader.CALL_ID, "c")
                .add(SipHeader.CSEQ, before + " BYE")
                .build();
        layer.send(bye, BY_TCP, handler, login, dialog);
        dialog.nextCseq(); // another request overtook the answer
        challenge(bye, false);
        assertThat(last().cseq()).isEqualTo(before + 2);
        assertThat(dialog.localCseq()).isEqualTo(before + 2);
        assertThat(last().first(SipHeader.VIA)).startsWith("SIP/2.0/TCP");
    }
}
