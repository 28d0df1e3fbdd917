package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.junit.jupiter.api.Test;

/** What an ACD may settle while it rings (RFC 3262, RFC 3311), and what a caller who takes part in none of it hears. */
class EarlyMediaTest {
    private static final String CALLER = "sip:+4930123456@carrier.example";
    private static final String PILOT = "sip:+493055500@host";
    private static final String MOVED = Rig.sdp("agent", 51_000);

    private final Noting noting = new Noting();
    private final List<SipMessage> responses = noting.responses;

    private static Rig rig() throws Exception {
        Rig rig = new Rig(Protocol.UDP, Map.of());
        rig.decide(q -> new InviteAnswer.ToAcd("600", "pilot"));
        return rig;
    }

    private SipMessage response() {
        await().until(() -> !responses.isEmpty());
        return responses.get(0);
    }

    /** RFC 3261 section 13.2.1: the ACD answered the offer in its 183 and need not do so in its 200; the SBC needs it. */
    @Test
    void answerThatTheAcdGaveWhileRingingIsInTheTwoHundredForTheSbc() throws Exception {
        try (Rig rig = rig()) {
            rig.acd.onCall = c -> c.ringReliably(183, "Session Progress", Rig.ANSWER);
            rig.acd.onPrack = c -> c.answer("");
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            SipMessage ok = rig.sbc.last("SIP/2.0 200");
            assertThat(ok.bodyText()).isEqualTo(Rig.ANSWER);
            assertThat(ok.first(SipHeader.CONTENT_TYPE)).isEqualTo("application/sdp");
            assertThat(ok.toTag()).isEqualTo(rig.sbc.last("SIP/2.0 183").toTag());
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER), noting);
            assertThat(response().bodyText())
                    .as("a refresh is answered with it too")
                    .isEqualTo(Rig.ANSWER);
        }
    }

    /** Phones that describe their media in an unreliable 183 and leave it out of the 200 are met as they mean it. */
    @Test
    void answerInAnUnreliableEarlyResponseAloneIsTakenToo() throws Exception {
        try (Rig rig = rig()) {
            rig.acd.onCall = c -> {
                c.ring(183, "Session Progress", Rig.ANSWER);
                c.answer("");
            };
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            assertThat(rig.sbc.last("SIP/2.0 200").bodyText()).isEqualTo(Rig.ANSWER);
        }
    }

    /** RFC 3311 section 5: from the announcement to the agent before anybody answers. */
    @Test
    void mediaThatTheAcdMovesWhileRingingReachTheSbcAsAnotherFork() throws Exception {
        try (Rig rig = rig()) {
            rig.acd.onCall = c -> c.ringReliably(183, "Session Progress", Rig.ANSWER);
            rig.acd.onPrack = c -> c.request("UPDATE", w -> w.body("application/sdp", MOVED), noting);
            Call call = rig.sbc.call(CALLER, PILOT);
            SipMessage updated = response();
            assertThat(updated.status()).isEqualTo(200);
            assertThat(updated.bodyText()).isEqualTo(Rig.OFFER);
            await().until(() -> rig.sbc.log.stream().filter("183"::equals).count() == 2);
            rig.acd.calls.get(0).answer("");
            rig.sbc.saw("answered");
            List<SipMessage> early = rig.sbc.messages.stream()
                    .filter(m -> m.toString().startsWith("SIP/2.0 183"))
                    .toList();
            assertThat(early).extracting(SipMessage::bodyText).containsExactly(Rig.ANSWER, MOVED);
            assertThat(early.get(0).toTag()).isNotEqualTo(early.get(1).toTag());
            SipMessage ok = rig.sbc.last("SIP/2.0 200");
            assertThat(ok.bodyText()).isEqualTo(MOVED);
            assertThat(ok.toTag()).isEqualTo(early.get(1).toTag());
            call.hangup();
            rig.acd.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    /** Each change is a dialog toward the SBC, so there is an end to them; the call goes on with what was taken last. */
    @Test
    void changesWhileRingingAreBounded() throws Exception {
        try (Rig rig = rig()) {
            rig.acd.onCall = c -> c.ringReliably(183, "Session Progress", Rig.ANSWER);
            rig.acd.onPrack = c -> {
                for (int i = 1; i <= 70; i++) {
                    String sdp = Rig.sdp("agent", 51_000 + i);
                    c.request("UPDATE", w -> w.body("application/sdp", sdp), noting);
                }
            };
            rig.sbc.call(CALLER, PILOT);
            await().until(() -> responses.size() == 70);
            assertThat(responses.stream().filter(r -> r.status() == 500)).hasSize(7);
            rig.acd.calls.get(0).answer("");
            rig.sbc.saw("answered");
            assertThat(rig.sbc.last("SIP/2.0 200").bodyText()).isEqualTo(Rig.sdp("agent", 51_063));
        }
    }

    /** RFC 3311 section 5.2: an offer while the INVITE's own waits for its answer comes later; a notice without one may. */
    @Test
    void updateBeforeTheOfferIsAnsweredWaitsUnlessItOffersNothing() throws Exception {
        try (Rig rig = rig()) {
            rig.acd.onCall = c -> c.ringReliably(180, "Ringing", "");
            rig.acd.onPrack = c -> {
                c.request("UPDATE", w -> w.body("application/sdp", MOVED), noting);
                c.request("UPDATE", w -> w.add(SipHeader.P_ASSERTED_IDENTITY, "<sip:7@acd>"), noting);
            };
            Call call = rig.sbc.call(CALLER, PILOT);
            await().until(() -> responses.size() == 2);
            assertThat(responses.get(0).status()).isEqualTo(500);
            assertThat(responses.get(0).first(SipHeader.RETRY_AFTER)).isNotNull();
            assertThat(responses.get(1).status()).isEqualTo(200);
            assertThat(responses.get(1).hasBody()).isFalse();
            assertThat(rig.sbc.log).doesNotContain("183");
            call.hangup();
        }
    }

    /** RFC 3262 section 5: an offer in a reliable response wants its answer in the PRACK, when the SBC has not spoken yet. */
    @Test
    void acdIsNotInvitedToOfferReliablyWhenTheCallerMakesNoOffer() throws Exception {
        try (Rig rig = rig()) {
            Call call = rig.sbc.agent.call(CALLER, PILOT, rig.toTrunk(), "", w -> {}, rig.sbc.notes());
            call.answerLate(Rig.OFFER);
            rig.sbc.saw("answered");
            assertThat(rig.acd.last("INVITE").all(SipHeader.SUPPORTED)).doesNotContain("100rel");
            rig.acd.saw("ACK");
            assertThat(rig.acd.last("ACK").bodyText()).isEqualTo(Rig.OFFER);
        }
    }
}
