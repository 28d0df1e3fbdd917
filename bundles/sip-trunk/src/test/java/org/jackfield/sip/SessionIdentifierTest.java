package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jackfield.event.CallEvents;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.SessionId;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.ua.Call;
import org.junit.jupiter.api.Test;

/** Session-ID (RFC 7989) through the trunk: each end hears the other's half, whoever that is at the time. */
class SessionIdentifierTest {
    private static final String TEAMS = "sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone";
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";
    private static final String ANNA = "a".repeat(32);
    private static final String BERT = "b".repeat(32);
    private static final String CARL = "c".repeat(32);

    private final Noting noting = new Noting();
    private final List<SipMessage> responses = noting.responses;

    private static Rig rig(Map<String, Object> overrides) throws Exception {
        return Rig.bothWays(overrides);
    }

    private static Consumer<SipWriter> says(String local, String remote) {
        return w -> w.add(SipHeader.SESSION_ID, local + ";remote=" + remote);
    }

    private static void answers(Rig.Phone phone, String half, String sdp) {
        phone.onCall = c -> c.answer(
                sdp,
                w -> w.add(
                        SipHeader.SESSION_ID,
                        half + ";remote=" + SessionId.of(c.remote()).local()));
    }

    private static String last(Rig.Phone phone, String start) {
        return phone.last(start).first(SipHeader.SESSION_ID);
    }

    /** RFC 7989 section 9.1, with a B2BUA between: from INVITE to BYE both halves are the ends' own. */
    @Test
    void halvesOfBothEndsCrossFromInviteToBye() throws Exception {
        try (Rig rig = rig(Map.of())) {
            answers(rig.acd, BERT, Rig.ANSWER);
            Call call = rig.sbc.call(CALLER, PILOT, says(ANNA, SessionId.NIL));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            assertThat(last(rig.acd, "INVITE")).isEqualTo(ANNA + ";remote=" + SessionId.NIL);
            assertThat(last(rig.sbc, "SIP/2.0 200")).isEqualTo(BERT + ";remote=" + ANNA);
            assertThat(last(rig.acd, "ACK")).isEqualTo(ANNA + ";remote=" + BERT);
            rig.acd
                    .calls
                    .get(0)
                    .request(
                            "INVITE",
                            w -> says(BERT, ANNA)
                                    .andThen(m -> m.body("application/sdp", Rig.ANSWER + "a=inactive\r\n"))
                                    .accept(w),
                            noting);
            await().until(() -> responses.size() == 1);
            assertThat(last(rig.sbc, "INVITE")).isEqualTo(BERT + ";remote=" + ANNA);
            assertThat(responses.get(0).first(SipHeader.SESSION_ID)).isEqualTo(ANNA + ";remote=" + BERT);
            call.request("OPTIONS", says(ANNA, BERT), noting);
            await().until(() -> responses.size() == 2);
            assertThat(responses.get(1).first(SipHeader.SESSION_ID)).isEqualTo(BERT + ";remote=" + ANNA);
            call.hangup(says(ANNA, BERT));
            rig.acd.saw("BYE");
            assertThat(last(rig.acd, "BYE")).isEqualTo(ANNA + ";remote=" + BERT);
            await().until(() -> rig.trunk.calls() == 0);
            assertThat(rig.bus.data(CallEvents.Call.class))
                    .extracting(CallEvents.Call::session)
                    .containsExactly(
                            ANNA + ";remote=" + SessionId.NIL, ANNA + ";remote=" + BERT, ANNA + ";remote=" + BERT);
        }
    }

    @Test
    void endsThatSendNoneGetOneThatStays() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            SessionId asked = SessionId.of(rig.acd.last("INVITE"));
            SessionId answered = SessionId.of(rig.sbc.last("SIP/2.0 200"));
            assertThat(asked.remote()).isEqualTo(SessionId.NIL);
            assertThat(answered.remote()).isEqualTo(asked.local());
            assertThat(answered.local()).matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}"); // section 4.1
            assertThat(SessionId.of(rig.sbc.last("SIP/2.0 180")).local()).isEqualTo(answered.local());
            assertThat(SessionId.of(rig.acd.last("ACK"))).isEqualTo(answered.reversed());
            call.hangup();
            rig.acd.saw("BYE");
            assertThat(SessionId.of(rig.acd.last("BYE"))).isEqualTo(answered.reversed());
        }
    }

    /** RFC 7329 knows no remote half; upper case is nonsense that is harmless (section 5). */
    @Test
    void olderFormInUpperCaseIsUnderstood() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(CALLER, PILOT, w -> w.add("session-id", ANNA.toUpperCase(Locale.ROOT)));
            rig.sbc.saw("answered");
            assertThat(last(rig.acd, "INVITE")).isEqualTo(ANNA + ";remote=" + SessionId.NIL);
            assertThat(SessionId.of(rig.sbc.last("SIP/2.0 200")).remote()).isEqualTo(ANNA);
        }
    }

    @Test
    void nonsenseIsNotPassedOn() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(CALLER, PILOT, w -> w.add(SipHeader.SESSION_ID, "x".repeat(32) + ";remote=" + BERT));
            rig.sbc.saw("answered");
            assertThat(SessionId.of(rig.acd.last("INVITE"))).satisfies(id -> {
                assertThat(id.local()).isNotEqualTo(SessionId.NIL);
                assertThat(id.remote()).isEqualTo(SessionId.NIL);
            });
            assertThat(rig.acd.last("INVITE").all(SipHeader.SESSION_ID)).hasSize(1);
        }
    }

    @Test
    void cancelSaysWhatItsInviteSaidAndTheFinalAnswerNamesTheCaller() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            Call call = rig.sbc.call(CALLER, PILOT, says(ANNA, SessionId.NIL));
            rig.sbc.saw("180");
            String half = SessionId.of(rig.sbc.last("SIP/2.0 180")).local();
            call.hangup();
            rig.acd.saw("CANCEL");
            rig.sbc.saw("rejected 487");
            assertThat(last(rig.acd, "CANCEL")).isEqualTo(ANNA + ";remote=" + SessionId.NIL);
            assertThat(last(rig.sbc, "SIP/2.0 487")).isEqualTo(half + ";remote=" + ANNA);
        }
    }

    @Test
    void refusalOfTheHostItselfTurnsTheRequestsHalvesRound() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(
                    CALLER,
                    PILOT,
                    w -> w.add(SipHeader.REPLACES, "nobody;to-tag=a;from-tag=b")
                            .add(SipHeader.SESSION_ID, ANNA + ";remote=" + SessionId.NIL));
            rig.sbc.saw("rejected 481");
            assertThat(last(rig.sbc, "SIP/2.0 481")).isEqualTo(SessionId.NIL + ";remote=" + ANNA);
        }
    }

    /** The other end changes by REFER: who stays is told the newcomer's half, the newcomer that of who stays. */
    @Test
    void halfChangesWithTheFarEndOfABridgedTransfer() throws Exception {
        try (Rig rig = rig(Map.of("transferTakeMs", 100))) {
            answers(rig.sbc, BERT, Rig.ANSWER);
            rig.acd.call(CALLER, "sip:+4930555711@host", says(ANNA, SessionId.NIL));
            rig.acd.saw("answered");
            rig.sbc.saw("ACK");
            Call agent = rig.sbc.calls.get(0);
            answers(rig.sbc, CARL, Rig.sdp("expert", 51_000));
            agent.request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting);
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(last(rig.sbc, "INVITE")).isEqualTo(ANNA + ";remote=" + SessionId.NIL);
            assertThat(last(rig.acd, "INVITE")).isEqualTo(CARL + ";remote=" + ANNA);
            rig.acd.saw("ACK");
            assertThat(last(rig.acd, "ACK")).isEqualTo(CARL + ";remote=" + ANNA);
            assertThat(responses.get(0).first(SipHeader.SESSION_ID)).isEqualTo(ANNA + ";remote=" + BERT);
            assertThat(last(rig.sbc, "NOTIFY")).isEqualTo(ANNA + ";remote=" + BERT); // the referrer's leg is as it was
            agent.hangup();
            rig.sbc.calls.get(1).hangup();
            rig.acd.saw("BYE");
            assertThat(last(rig.acd, "BYE")).isEqualTo(CARL + ";remote=" + ANNA);
        }
    }

    @Test
    void halfChangesWithTheLegThatReplacesAnother() throws Exception {
        try (Rig rig = rig(Map.of())) {
            answers(rig.acd, BERT, Rig.ANSWER);
            Call old = rig.sbc.call(CALLER, PILOT, says(ANNA, SessionId.NIL));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            Dialog dialog = old.dialog();
            String named = dialog.callId() + ";to-tag=" + dialog.remoteTag() + ";from-tag=" + dialog.localTag();
            Call joined = rig.sbc.call(
                    TEAMS,
                    PILOT,
                    w -> w.add(SipHeader.REPLACES, named).add(SipHeader.SESSION_ID, CARL + ";remote=" + SessionId.NIL));
            await().until(() -> joined.state() == Call.State.ESTABLISHED);
            rig.sbc.saw("BYE");
            assertThat(last(rig.acd, "INVITE")).isEqualTo(CARL + ";remote=" + BERT);
            assertThat(joined.remote().first(SipHeader.SESSION_ID)).isEqualTo(BERT + ";remote=" + CARL);
            assertThat(last(rig.sbc, "BYE")).isEqualTo(BERT + ";remote=" + ANNA); // the one who left
        }
    }

    @Test
    void halvesSurviveARestart() throws Exception {
        try (Rig rig = rig(Map.of())) {
            answers(rig.acd, BERT, Rig.ANSWER);
            rig.sbc.call(CALLER, PILOT, says(ANNA, SessionId.NIL));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            await().until(() -> rig.dialogs() == 1);
            int port = rig.trunk.port();
            rig.trunk.close();
            rig.trunk = rig.start(port);
            await().until(() -> rig.trunk.calls() == 1);
            rig.acd.calls.get(0).hangup();
            rig.sbc.saw("BYE");
            assertThat(last(rig.sbc, "BYE")).isEqualTo(BERT + ";remote=" + ANNA);
        }
    }
}
