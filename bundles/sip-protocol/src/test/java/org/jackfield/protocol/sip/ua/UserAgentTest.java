package org.jackfield.protocol.sip.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UserAgentTest {
    private static final String SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";

    private final List<String> log = new CopyOnWriteArrayList<>();

    private final class Logging implements CallListener {
        private final String name;

        Logging(String name) {
            this.name = name;
        }

        @Override
        public void onProgress(Call call, SipMessage response) {
            log.add(name + " " + response.status());
        }

        @Override
        public void onAnswered(Call call, SipMessage response) {
            log.add(name + " answered " + response.bodyText().length());
        }

        @Override
        public void onRejected(Call call, int status, @Nullable SipMessage response) {
            log.add(name + " rejected " + status);
        }

        @Override
        public void onConfirmed(Call call, SipMessage ack) {
            log.add(name + " confirmed");
        }

        @Override
        public void onCancelled(Call call, SipMessage cancel) {
            log.add(name + " cancelled " + cancel.first(SipHeader.REASON));
        }

        @Override
        public void onRequest(Call call, ServerTransaction transaction) {
            log.add(name + " " + transaction.request().method());
            CallListener.super.onRequest(call, transaction);
        }

        @Override
        public void onEnded(Call call, @Nullable SipMessage bye) {
            log.add(name + (bye == null ? " hung up" : " ended"));
        }
    }

    private static Hop hop(UserAgent agent, Protocol protocol) {
        return new Hop(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
    }

    private static SipConfig config() {
        return SipConfig.of("127.0.0.1", 0);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void callIsSetUpChangedAndEnded(Protocol protocol) throws Exception {
        UserAgent.Handler answering = call -> {
            call.listen(new Logging("b"));
            call.ring(180, "Ringing", "");
            call.answer(SDP);
        };
        try (UserAgent b = UserAgent.start(config(), answering);
                UserAgent a = UserAgent.start(config(), call -> {})) {
            Call call = a.call("sip:a@h", "sip:b@h", hop(b, protocol), SDP, w -> {}, new Logging("a"));
            await().until(() -> log.contains("b confirmed"));
            call.request("INVITE", w -> w.body("application/sdp", SDP));
            call.request("INFO", w -> w.body("text/plain", "hello"));
            await().until(() -> log.contains("b INFO"));
            call.hangup();
            await().until(() -> log.contains("a hung up") && log.contains("b ended"));
            assertThat(log)
                    .containsSubsequence("a 180", "a answered " + SDP.length(), "a hung up")
                    .containsSubsequence("b confirmed", "b INVITE", "b ended");
            await().until(() -> a.openCalls() == 0 && b.openCalls() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void callIsTakenBackWhileItRings(Protocol protocol) throws Exception {
        UserAgent.Handler ringing = call -> {
            call.listen(new Logging("b"));
            call.ring(180, "Ringing", "");
        };
        try (UserAgent b = UserAgent.start(config(), ringing);
                UserAgent a = UserAgent.start(config(), call -> {})) {
            Call call = a.call("sip:a@h", "sip:b@h", hop(b, protocol), "", w -> {}, new Logging("a"));
            await().until(() -> log.contains("a 180"));
            call.hangup(w -> w.add(SipHeader.REASON, "SIP;cause=200"));
            await().until(() -> log.contains("a rejected 487") && log.contains("b cancelled SIP;cause=200"));
            await().until(() -> a.openCalls() == 0 && b.openCalls() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void callIsRejectedAndOptionsAnswered(Protocol protocol) throws Exception {
        try (UserAgent b = UserAgent.start(config(), call -> call.reject(486, "Busy Here", w -> {}));
                UserAgent a = UserAgent.start(config(), call -> {})) {
            a.call("sip:a@h", "sip:b@h", hop(b, protocol), "", w -> {}, new Logging("a"));
            await().until(() -> log.contains("a rejected 486"));
            assertThat(SipMethod.of("OPTIONS")).isEqualTo(SipMethod.OPTIONS);
            assertThat(b.openCalls()).isZero();
        }
    }
}
