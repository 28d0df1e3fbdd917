package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jackfield.event.CallEvents.Kind.CLEARED;
import static org.jackfield.event.CallEvents.Kind.ESTABLISHED;
import static org.jackfield.event.CallEvents.Kind.FAILED;
import static org.jackfield.event.CallEvents.Kind.OFFERED;

import java.time.Duration;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BridgeTest {
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example;user=phone";

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void callFromCarrierReachesPilotAndEndsWithByeOfCaller(Protocol protocol) throws Exception {
        try (Rig rig = new Rig(protocol)) {
            Call call = rig.sbc.call(
                    CALLER,
                    PILOT,
                    w -> w.add("X-Odd", "  kept;As=\"it, IS\"").add(SipHeader.MAX_FORWARDS.text() + "-Not", "1"));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            SipMessage invite = rig.acd.last("INVITE");
            assertThat(invite.requestUri()).startsWith("sip:600@127.0.0.1:" + rig.acd.agent.port());
            assertThat(invite.first("X-Odd")).isEqualTo("kept;As=\"it, IS\"");
            assertThat(invite.maxForwards()).isEqualTo(69);
            assertThat(invite.callId()).isNotEqualTo(call.callId());
            assertThat(invite.bodyText()).isEqualTo(Rig.OFFER);
            String token = Uui.readHeader(invite.first(SipHeader.USER_TO_USER)).token();
            assertThat(rig.sbc.last("SIP/2.0 200").bodyText()).isEqualTo(Rig.ANSWER);
            assertThat(rig.sbc.log).contains("180");
            assertThat(rig.dialogs()).isEqualTo(1);

            call.hangup(w -> w.add(SipHeader.REASON, "Q.850;cause=16;text=\"guid;bye\""));
            rig.acd.saw("BYE");
            rig.sbc.saw("hung up");
            assertThat(rig.acd.last("BYE").first(SipHeader.REASON)).isEqualTo("Q.850;cause=16;text=\"guid;bye\"");
            assertThat(rig.kinds()).containsExactly(OFFERED, ESTABLISHED, CLEARED);
            assertThat(rig.bus.data(CallEvents.Call.class))
                    .allMatch(e -> e.call().equals(token));
            assertThat(rig.dialogs()).isZero();
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    @Test
    void calleeHangsUpFirst() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            rig.acd.calls.get(0).hangup();
            rig.sbc.saw("BYE");
            rig.acd.saw("hung up");
            assertThat(rig.kinds()).containsExactly(OFFERED, ESTABLISHED, CLEARED);
        }
    }

    @Test
    @Conformance({"DR-50", "DR-36"})
    void callerTakesTheCallBackWhileItRings() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("180");
            call.hangup(w -> w.add(SipHeader.REASON, "SIP;cause=200;text=\"Call completed elsewhere\""));
            rig.sbc.saw("rejected 487");
            rig.acd.saw("CANCEL");
            assertThat(rig.acd.last("CANCEL").first(SipHeader.REASON))
                    .isEqualTo("SIP;cause=200;text=\"Call completed elsewhere\"");
            await().until(() -> rig.kinds().equals(java.util.List.of(OFFERED, CLEARED)));
        }
    }

    @Test
    void callerWhoHangsUpIsTakenBackWithoutReason() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("180");
            call.hangup();
            rig.acd.saw("CANCEL");
            assertThat(rig.acd.last("CANCEL").has(SipHeader.REASON)).isFalse();
        }
    }

    @Test
    @Conformance("DR-43")
    void busyIsToldWithCause17() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            rig.acd.onCall = c -> c.reject(486, "Busy Here", w -> {});
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 486");
            assertThat(rig.sbc.last("SIP/2.0 486").first(SipHeader.REASON)).isEqualTo("Q.850;cause=17");
            assertThat(rig.kinds()).containsExactly(OFFERED, FAILED);
        }
    }

    @Test
    void flowSendsAgentLegThroughSbcWithTheSameToken() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                var flow = rig.decide(q -> q.side() == Side.ACD
                        ? new InviteAnswer.ToSbc(q.toUser(), Side.TEAMS, "agent leg")
                        : new InviteAnswer.Refuse(603, "not now"))) {
            rig.acd.call(
                    "sip:600@acd",
                    "sip:+4930555711@host",
                    w -> w.add(
                            SipHeader.USER_TO_USER,
                            "046e312d312d61626364;encoding=hex;purpose=isdn-uui;content=isdn-uui"));
            rig.acd.saw("answered");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri())
                    .isEqualTo("sip:+4930555711@127.0.0.1:" + rig.sbc.agent.port() + ";user=phone");
            assertThat(invite.all(SipHeader.USER_TO_USER))
                    .containsExactly("046e312d312d61626364;encoding=hex;purpose=isdn-uui;content=isdn-uui");
            assertThat(rig.bus.data(CallEvents.Call.class))
                    .allMatch(e -> e.call().equals("n1-1-abcd"));

            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 603");
            assertThat(flow).isNotNull();
        }
    }

    @Test
    void callWithoutFlowAndPilotIsRefused() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP, Map.of("defaultPilot", ""))) {
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 503");
            assertThat(rig.sbc.last("SIP/2.0 503").has(SipHeader.RETRY_AFTER)).isTrue();
        }
    }

    @Test
    void lateFlowLosesToTheDefault() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP);
                var flow = rig.decide(q -> {
                    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                    return new InviteAnswer.Refuse(603, "too late");
                })) {
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            assertThat(flow).isNotNull();
        }
    }

    @Test
    void holdAndInfoCross() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            String hold = Rig.OFFER + "a=inactive\r\n";
            call.request("INVITE", w -> w.body("application/sdp", hold));
            rig.acd.saw("INVITE");
            await().until(() -> rig.acd.log.stream().filter("ACK"::equals).count() == 2);
            assertThat(rig.acd.last("INVITE").bodyText()).isEqualTo(hold);
            rig.acd.calls.get(0).request("INFO", w -> w.body("application/dtmf-relay", "Signal=5\r\n"));
            rig.sbc.saw("INFO");
            assertThat(rig.sbc.last("INFO").bodyText()).isEqualTo("Signal=5\r\n");
            assertThat(rig.sbc.last("INFO").first(SipHeader.CONTENT_TYPE)).isEqualTo("application/dtmf-relay");
        }
    }

    @Test
    void fullSpoolRefusesNewCallsAndKeepsThoseThatAreUp() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            Call up = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            rig.bus.full(true);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 503");
            assertThat(rig.sbc.last("SIP/2.0 503").has(SipHeader.RETRY_AFTER)).isTrue();
            up.hangup();
            rig.acd.saw("BYE");
            await().during(Duration.ofMillis(400)).until(() -> !rig.sbc.log.contains("hung up"));
            rig.bus.full(false);
            rig.sbc.saw("hung up");
            assertThat(rig.kinds()).containsExactly(OFFERED, ESTABLISHED, CLEARED);
        }
    }

    @Test
    @Conformance("DR-40")
    void slowAcdIsHiddenByRingingOurselves() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP, Map.of("ringbackMs", 300))) {
            rig.acd.onCall = c -> {};
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("100");
            rig.sbc.saw("180");
            rig.acd.calls.get(0).answer(Rig.ANSWER);
            rig.sbc.saw("answered");
        }
    }
}
