package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jackfield.event.CallEvents.TransferStep.ACCEPTED;
import static org.jackfield.event.CallEvents.TransferStep.COMPLETED;
import static org.jackfield.event.CallEvents.TransferStep.FAILED;
import static org.jackfield.event.CallEvents.TransferStep.PROGRESS;
import static org.jackfield.event.CallEvents.TransferStep.REQUESTED;

import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Event;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** REFER of an agent's Teams client: the ACD had dialled the agent out through the trunk. */
class TransferTest {
    /** As Teams writes it: no user part, opaque parameters, mixed case and escapes (direct-routing 7.2). */
    static final String TARGET = "sip:sip.pstnhub.microsoft.com:5061;transport=tls;x-m=8:orgid:"
            + "0b1f6a5e-99f1-4b3c-8d3a-0123456789aB;x-t=9Fa1C2d3-0000-4000-8000-aBcDeF012345";

    static final String REFERRED_BY = "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:7C1e-AbC;"
            + "x-t=9Fa1C2d3;x-ti=Aa-Bb;x-tt=aHR0cHM6Ly9BUEkuZmxpZ2h0cHJveHkuc2t5cGUuY29tL1Y%3D>";

    private final Noting noting = new Noting();
    private final List<Integer> answers = noting.answers;

    private static Rig rig(Protocol protocol, Map<String, Object> overrides) throws Exception {
        Rig rig = new Rig(protocol, overrides);
        rig.decide(q -> q.side() == Side.ACD
                ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg")
                : new InviteAnswer.ToAcd("600", "pilot"));
        return rig;
    }

    /** The ACD dials the agent; returns the agent's side of the call. */
    private static Call agentLeg(Rig rig) {
        rig.acd.call(
                "sip:+493012345@acd",
                "sip:+4930555711@host",
                w -> w.add(
                        SipHeader.USER_TO_USER, "046e312d312d61626364;encoding=hex;purpose=isdn-uui;content=isdn-uui"));
        rig.acd.saw("answered");
        rig.sbc.saw("ACK");
        return rig.sbc.calls.get(0);
    }

    private static void referHeaders(SipWriter writer) {
        writer.add("REFER-TO", "<" + TARGET + ">").add("REFERRED-BY", REFERRED_BY);
    }

    private static List<TransferStep> steps(Rig rig) {
        return rig.transfers().stream().map(CallEvents.Transfer::step).toList();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    @Conformance({"DR-55", "DR-56", "DR-58", "DR-59", "DR-60", "DR-61", "ACD-31"})
    void acdMovesTheCallToTheAlias(Protocol protocol) throws Exception {
        try (Rig rig = rig(protocol, Map.of())) {
            Call agent = agentLeg(rig);
            assertThat(rig.sbc.last("INVITE").first(SipHeader.ALLOW))
                    .contains("REFER")
                    .contains("NOTIFY");
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> answers.contains(202));
            rig.sbc.saw("NOTIFY SIP/2.0 100 Trying | active;expires=60");
            CallEvents.Transfer asked = rig.transfers().get(0);
            assertThat(asked.target()).isEqualTo(TARGET);
            assertThat(asked.alias()).startsWith("+493055599");
            assertThat(asked.call()).isEqualTo("n1-1-abcd");
            assertThat(rig.bus.events().stream().filter(e -> e.data() == asked).map(Event::origin))
                    .containsExactly(Origin.TEAMS);
            assertThat(rig.execute(Trunk.TAKE_TRANSFER, new Trunk.TakeTransfer(asked.transfer()))
                            .taken())
                    .isTrue();

            rig.sbc.onCall = c -> {
                c.ring(180, "Ringing", "");
                c.answer(Rig.sdp("expert", 51_000));
            };
            Call moved = rig.acd.call("sip:+493012345@acd", "sip:" + asked.alias() + "@host", w -> {});
            rig.sbc.saw("NOTIFY SIP/2.0 180 Ringing | active;expires=60");
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri()).isEqualTo(TARGET);
            assertThat(NameAddr.parse(invite.first(SipHeader.TO)).uri()).isEqualTo(TARGET);
            assertThat(invite.first(SipHeader.REFERRED_BY)).isEqualTo(REFERRED_BY);
            assertThat(invite.has(SipHeader.REPLACES)).isFalse();
            assertThat(invite.bodyText()).isEqualTo(Rig.OFFER);
            assertThat(invite.callId()).isNotEqualTo(agent.callId());
            assertThat(invite.maxForwards()).isEqualTo(69);
            assertThat(rig.sbc.log.stream().filter(l -> l.startsWith("NOTIFY")).map(l -> l.substring(15, 18)))
                    .containsExactly("100", "180", "200");
            assertThat(rig.sbc.messages.stream()
                            .filter(m -> m.toString().startsWith("NOTIFY"))
                            .map(SipMessage::cseq))
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(rig.sbc.last("NOTIFY").first(SipHeader.EVENT)).isEqualTo("refer");

            agent.hangup(); // Teams ends the old leg behind the final NOTIFY
            rig.acd.saw("BYE");
            assertThat(steps(rig)).containsExactly(REQUESTED, ACCEPTED, PROGRESS, COMPLETED);
            assertThat(rig.transfers().get(3).path()).isEqualTo("acd");
            assertThat(rig.dialogs()).isEqualTo(1);
            moved.hangup();
            rig.sbc.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
            assertThat(rig.bus.data(CallEvents.Call.class))
                    .allMatch(e -> e.call().equals("n1-1-abcd"));
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    @Conformance({"DR-57", "DR-60"})
    void trunkBridgesWhatNobodyTakes(Protocol protocol) throws Exception {
        try (Rig rig = rig(protocol, Map.of("transferTakeMs", 100))) {
            Call agent = agentLeg(rig);
            String expert = Rig.sdp("expert", 51_000);
            rig.sbc.onCall = c -> {
                c.ring(180, "Ringing", "");
                c.answer(expert);
            };
            agent.request("REFER", TransferTest::referHeaders, noting);
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri()).isEqualTo(TARGET);
            assertThat(invite.first(SipHeader.REFERRED_BY)).isEqualTo(REFERRED_BY);
            assertThat(invite.bodyText()).isEqualTo(Rig.OFFER);
            assertThat(rig.acd.last("INVITE").bodyText()).isEqualTo(expert);
            agent.hangup();
            rig.sbc.saw("hung up");
            assertThat(rig.acd.log).doesNotContain("BYE");
            assertThat(steps(rig)).containsExactly(REQUESTED, ACCEPTED, PROGRESS, COMPLETED);
            assertThat(rig.transfers().get(3).path()).isEqualTo("bridge");

            rig.acd.calls.get(0).hangup();
            rig.sbc.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
            assertThat(rig.sbc.log.stream().filter("BYE"::equals)).hasSize(1);
        }
    }

    @Test
    @Conformance({"DR-62", "ACD-30"})
    void busyTargetIsToldAndTheOldCallStays() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            Call agent = agentLeg(rig);
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> rig.transfers().size() == 1);
            rig.sbc.onCall = c -> c.reject(486, "Busy Here", w -> {});
            assertThat(rig.execute(
                                    Trunk.BRIDGE_TRANSFER,
                                    new Trunk.BridgeTransfer(
                                            rig.transfers().get(0).transfer(), "the ACD cannot"))
                            .taken())
                    .isTrue();
            rig.sbc.saw("NOTIFY SIP/2.0 486 Busy Here | terminated;reason=noresource");
            assertThat(steps(rig)).containsExactly(REQUESTED, ACCEPTED, FAILED);
            assertThat(rig.transfers().get(2).status()).isEqualTo(486);
            assertThat(rig.acd.log).doesNotContain("BYE");
            agent.request("INFO", w -> w.body("text/plain", "still here"));
            rig.acd.saw("INFO");
            assertThat(rig.execute(
                                    Trunk.TAKE_TRANSFER,
                                    new Trunk.TakeTransfer(
                                            rig.transfers().get(0).transfer()))
                            .taken())
                    .isFalse();
            agent.hangup();
            rig.acd.saw("BYE");
        }
    }

    @Test
    void acdThatNeverDialsTheAliasFailsTheTransfer() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("transferMoveSeconds", 1))) {
            Call agent = agentLeg(rig);
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> rig.transfers().size() == 1);
            rig.execute(
                    Trunk.TAKE_TRANSFER,
                    new Trunk.TakeTransfer(rig.transfers().get(0).transfer()));
            rig.sbc.saw("NOTIFY SIP/2.0 504 Server Time-out | terminated;reason=noresource");
            assertThat(steps(rig)).containsExactly(REQUESTED, FAILED);
        }
    }

    @Test
    @Conformance("DR-62")
    void referrerWhoDoesNotLeaveIsEnded() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("transferTakeMs", 100, "transferByeSeconds", 1))) {
            Call agent = agentLeg(rig);
            agent.request("REFER", TransferTest::referHeaders, noting);
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(rig.sbc.log).doesNotContain("BYE");
            rig.sbc.saw("BYE");
            assertThat(agent.state()).isEqualTo(Call.State.ENDED);
            assertThat(rig.acd.log).doesNotContain("BYE");
        }
    }

    @Test
    void acdThatClearsTheAgentFirstDoesNotBreakTheTransfer() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            Call agent = agentLeg(rig);
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> rig.transfers().size() == 1);
            CallEvents.Transfer asked = rig.transfers().get(0);
            rig.execute(Trunk.TAKE_TRANSFER, new Trunk.TakeTransfer(asked.transfer()));
            rig.acd.calls.get(0).hangup();
            rig.acd.saw("hung up");
            rig.acd.call("sip:+493012345@acd", "sip:" + asked.alias() + "@host", w -> {});
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(rig.sbc.log).doesNotContain("BYE");
            agent.hangup();
            rig.sbc.saw("hung up");
            assertThat(steps(rig)).containsExactly(REQUESTED, ACCEPTED, PROGRESS, COMPLETED);
            assertThat(rig.dialogs()).isEqualTo(1);
        }
    }

    @Test
    void callerWhoHangsUpDuringTheBridgeEndsEverything() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("transferTakeMs", 100))) {
            Call agent = agentLeg(rig);
            rig.sbc.onCall = c -> c.ring(180, "Ringing", "");
            agent.request("REFER", TransferTest::referHeaders, noting);
            rig.sbc.saw("NOTIFY SIP/2.0 180 Ringing | active;expires=60");
            rig.acd.calls.get(0).hangup();
            rig.sbc.saw("CANCEL");
            rig.sbc.saw("BYE");
            assertThat(steps(rig)).containsExactly(REQUESTED, ACCEPTED, PROGRESS, FAILED);
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
        }
    }

    @Test
    @Conformance("DR-56")
    void referWithoutReferToOrDialogIsRefused() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            Call agent = agentLeg(rig);
            agent.request("REFER", w -> w.add(SipHeader.REFERRED_BY, REFERRED_BY), noting);
            await().until(() -> answers.contains(400));
            agent.request("REFER", w -> w.add("Refer-To", "<tel:+4930>"), noting);
            await().until(() -> answers.equals(List.of(400, 400)));
            answers.clear();
            var stack = rig.sbc.agent.stack();
            stack.execute(() -> stack.send(
                    stack.request("REFER", "sip:host", Protocol.UDP)
                            .add(SipHeader.MAX_FORWARDS, 70)
                            .add(SipHeader.FROM, "<sip:x@y>;tag=unknown1")
                            .add(SipHeader.TO, "<sip:y@z>;tag=unknown2")
                            .add(SipHeader.CALL_ID, "nobody-knows")
                            .add(SipHeader.CSEQ, "7 REFER")
                            .add(SipHeader.REFER_TO, "<" + TARGET + ">")
                            .build(),
                    rig.toTrunk(),
                    noting));
            await().until(() -> answers.contains(481));
            assertThat(rig.transfers()).isEmpty();
        }
    }

    @Test
    @Conformance("DR-55")
    void trunkWithoutReferDoesNotOfferIt() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("refer", "sbc-local"))) {
            Call agent = agentLeg(rig);
            assertThat(rig.sbc.last("INVITE").first(SipHeader.ALLOW)).doesNotContain("REFER");
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> answers.contains(405));
        }
    }

    @Test
    @Conformance("DR-67")
    void callIsNotReferredForEver() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("transferTakeMs", 100))) {
            Call agent = agentLeg(rig);
            assertThat(rig.sbc.last("INVITE").maxForwards()).isEqualTo(69);
            rig.sbc.onCall = c -> c.reject(486, "Busy Here", w -> {});
            for (int i = 1; i <= 5; i++) {
                int failed = i;
                agent.request("REFER", TransferTest::referHeaders, noting);
                await().until(() -> steps(rig).stream().filter(FAILED::equals).count() == failed);
            }
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> answers.contains(482));
            assertThat(answers).containsExactly(202, 202, 202, 202, 202, 482);
        }
    }

    @Test
    void fullSpoolRefusesTheTransferBeforeAnythingHappens() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            Call agent = agentLeg(rig);
            rig.bus.full(true);
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> answers.contains(503));
            rig.bus.full(false);
            agent.request("REFER", TransferTest::referHeaders, noting);
            await().until(() -> answers.contains(202));
            assertThat(steps(rig)).startsWith(REQUESTED);
        }
    }

    @Test
    @Conformance({"DR-30", "DR-68"})
    void referOfTheAcdIsBridged() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            Call caller = rig.sbc.call("sip:+493012345@carrier", "sip:+4930555600@host");
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            rig.acd.calls.get(0).request("REFER", w -> w.add("Refer-To", "<sip:+4930555900@host>"), noting);
            rig.acd.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(rig.sbc.last("INVITE").requestUri()).startsWith("sip:");
            assertThat(rig.sbc.messages.stream().map(SipMessage::toString))
                    .anyMatch(m -> m.startsWith("INVITE sip:+4930555900@127.0.0.1:" + rig.sbc.agent.port()));
            assertThat(rig.sbc.messages.stream().map(SipMessage::method).map(Enum::name))
                    .doesNotContain("REFER");
            assertThat(rig.sbc.messages).noneMatch(m -> m.has(SipHeader.REPLACES) || m.has(SipHeader.REQUIRE));
            assertThat(steps(rig)).containsExactly(ACCEPTED, PROGRESS, COMPLETED); // nothing for flows to act on
            rig.acd.calls.get(0).hangup();
            rig.acd.saw("hung up");
            assertThat(caller.state()).isEqualTo(Call.State.ESTABLISHED);
        }
    }
}
