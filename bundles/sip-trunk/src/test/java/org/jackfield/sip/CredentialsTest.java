package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.event.Event;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.Digest;
import org.jackfield.protocol.sip.Digest.Verifier.Verdict;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SBC and ACD that ask the host who it is (RFC 3261 section 22). */
class CredentialsTest {
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";
    private static final String SECRET = "not to be seen";

    @TempDir
    private Path folder;

    private final Digest.Verifier verifier = new Digest.Verifier("peer", "SHA-256", 60_000);
    private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
    private final Noting noting = new Noting();
    private final List<Integer> answers = noting.answers;

    @BeforeEach
    void passwords() throws Exception {
        Files.writeString(folder.resolve("right"), SECRET + "\n");
        Files.writeString(folder.resolve("wrong"), "a guess");
    }

    private Map<String, Object> account(String peer, String file) {
        Map<String, Object> config = new HashMap<>();
        config.put(peer + "User", "jack");
        config.put(peer + "PasswordFile", folder.resolve(file).toString());
        return config;
    }

    private Rig rig(Protocol protocol, Map<String, Object> overrides) throws Exception {
        Rig rig = new Rig(protocol, overrides);
        rig.decide(q -> q.side() == Side.ACD
                ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg")
                : new InviteAnswer.ToAcd("600", "pilot"));
        return rig;
    }

    private Verdict verdict(SipMessage request) {
        Verdict verdict =
                verifier.check(request, SipHeader.AUTHORIZATION, user -> user.equals("jack") ? SECRET : null, 2_000);
        verdicts.add(verdict);
        return verdict;
    }

    /** The phone asks at every INVITE that opens a call, and at every request in it. */
    private void asks(Rig.Phone phone, String sdp) {
        phone.onCall = c -> {
            if (verdict(c.remote()) == Verdict.GOOD) {
                c.ring(180, "Ringing", "");
                c.answer(sdp);
            } else {
                c.reject(401, "Unauthorized", w -> w.add(SipHeader.WWW_AUTHENTICATE, verifier.challenge(1_000, false)));
            }
        };
        phone.onRequest = t -> verdict(t.request()) == Verdict.GOOD ? null : challenge(t);
    }

    private SipMessage challenge(ServerTransaction transaction) {
        return transaction
                .response(401, "Unauthorized")
                .add(SipHeader.WWW_AUTHENTICATE, verifier.challenge(1_000, false))
                .build();
    }

    private double challenges(Rig rig, String outcome) {
        return rig.counter("jackfield.sip.challenges", "outcome", outcome);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void challengedCallGoesThroughAndTheNonceServesTheWholeCall(Protocol protocol) throws Exception {
        try (Rig rig = rig(protocol, account("acd", "right"))) {
            asks(rig.acd, Rig.ANSWER);
            Call call = rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            assertThat(verdicts).containsExactly(Verdict.MISSING, Verdict.GOOD);
            List<SipMessage> invites = rig.acd.messages.stream()
                    .filter(m -> m.toString().startsWith("INVITE"))
                    .toList();
            assertThat(invites.get(1).callId()).isEqualTo(invites.get(0).callId());
            assertThat(invites.get(1).fromTag()).isEqualTo(invites.get(0).fromTag());
            assertThat(invites.get(1).cseq()).isEqualTo(invites.get(0).cseq() + 1);
            assertThat(rig.acd.last("ACK").cseq()).isEqualTo(2);
            assertThat(rig.acd.last("ACK").has(SipHeader.AUTHORIZATION)).isTrue();
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            await().until(() -> answers.contains(200));
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.size() == 2);
            call.hangup();
            rig.acd.saw("BYE");
            assertThat(verdicts).containsExactly(Verdict.MISSING, Verdict.GOOD, Verdict.GOOD, Verdict.GOOD);
            assertThat(rig.acd.last("BYE").first(SipHeader.AUTHORIZATION)).contains("nc=00000004");
            rig.sbc.call(CALLER, PILOT); // and the next one
            await().until(() -> rig.acd.log.stream().filter("ACK"::equals).count() >= 2 && rig.trunk.calls() == 1);
            assertThat(verdicts).filteredOn(Verdict.MISSING::equals).hasSize(1);
            assertThat(challenges(rig, "answered")).isEqualTo(1);
            assertThat(challenges(rig, "accepted")).isEqualTo(1);
            assertThat(rig.sbc.messages).noneMatch(m -> m.has(SipHeader.AUTHORIZATION));
            assertThat(rig.trunk.status().state()).isEqualTo(Status.State.UP);
        }
    }

    /** A re-INVITE and the INVITE of a transfer are challenged for the first time in the middle of a call. */
    @Test
    void challengeInACallIsAnsweredInIt() throws Exception {
        Map<String, Object> config = account("sbc", "right");
        config.put("transferTakeMs", 100);
        try (Rig rig = rig(Protocol.UDP, config)) {
            Call queue = rig.acd.call(CALLER, "sip:+4930555711@host");
            rig.acd.saw("answered");
            rig.sbc.saw("ACK");
            asks(rig.sbc, Rig.sdp("expert", 51_000));
            queue.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            await().until(() -> answers.contains(200));
            assertThat(verdicts).containsExactly(Verdict.MISSING, Verdict.GOOD);
            assertThat(rig.sbc.messages.stream()
                            .filter(m -> m.toString().startsWith("INVITE"))
                            .map(SipMessage::cseq))
                    .containsExactly(1L, 2L, 3L);
            rig.sbc.calls.get(0).request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting);
            rig.sbc.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            assertThat(verdicts).filteredOn(Verdict.MISSING::equals).hasSize(1);
            assertThat(verdicts).filteredOn(Verdict.GOOD::equals).hasSizeGreaterThan(3); // NOTIFYs and the INVITE
        }
    }

    @Test
    void healthIsAskedWithCredentials() throws Exception {
        Map<String, Object> config = account("acd", "right");
        config.put("optionsIntervalSeconds", 5);
        try (Rig rig = rig(Protocol.UDP, config)) {
            rig.acd.outside = t -> t.respond(
                    verdict(t.request()) == Verdict.GOOD ? t.response(200, "OK").build() : challenge(t));
            await().until(() -> challenges(rig, "accepted") == 1);
            assertThat(verdicts).startsWith(Verdict.MISSING, Verdict.GOOD);
            await().until(() -> rig.trunk.status().sentence().contains("acd answers"));
        }
    }

    /** Many peers challenge OPTIONS of whom they do not know; that they do says that they are there. */
    @Test
    void challengedHealthWithoutUserIsNoFault() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of("optionsIntervalSeconds", 5))) {
            List<SipMessage> asked = new CopyOnWriteArrayList<>();
            rig.acd.outside = t -> {
                t.respond(challenge(t));
                asked.add(t.request());
            };
            await().until(() -> !asked.isEmpty());
            rig.sbc.call(CALLER, PILOT); // its answer comes behind the challenge
            rig.sbc.saw("answered");
            assertThat(asked).noneMatch(m -> m.has(SipHeader.AUTHORIZATION));
            assertThat(rig.trunk.status().sentence()).contains("acd answers, sbc answers");
            assertThat(rig.trunk.status().state()).isEqualTo(Status.State.UP);
            assertThat(challenges(rig, "no-account")).isZero();
        }
    }

    @Test
    void wrongPasswordIsARefusalWithASentenceThatSaysWhatToDo() throws Exception {
        try (Rig rig = rig(Protocol.UDP, account("acd", "wrong"))) {
            asks(rig.acd, Rig.ANSWER);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 403");
            assertThat(verdicts).containsExactly(Verdict.MISSING, Verdict.WRONG);
            assertThat(challenges(rig, "refused")).isEqualTo(1);
            Status status = rig.trunk.status();
            assertThat(status.detail()).isEqualTo(Status.Detail.AUTHENTICATION);
            assertThat(status.sentence())
                    .isEqualTo("acd refuses the credentials for \"peer\" (expected: the right acdUser and"
                            + " acdPasswordFile in etc/org.jackfield.sip-main.cfg)");
            rig.acd.onCall = c -> c.answer(Rig.ANSWER); // the ACD asks no more, which proves nothing
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            assertThat(rig.trunk.status().state()).isEqualTo(Status.State.DEGRADED);
        }
    }

    @Test
    void withoutUserAChallengeIsARefusalToo() throws Exception {
        try (Rig rig = rig(Protocol.UDP, Map.of())) {
            asks(rig.acd, Rig.ANSWER);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 403");
            assertThat(verdicts).containsExactly(Verdict.MISSING);
            assertThat(challenges(rig, "no-account")).isEqualTo(1);
            assertThat(rig.trunk.status().sentence()).contains("acdUser and acdPasswordFile");
            assertThat(rig.sbc.last("SIP/2.0 403").has(SipHeader.WWW_AUTHENTICATE))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "sha-256"})
    void callsOfTheAcdNeedCredentialsWhenTheyAreAskedFor(String algorithm) throws Exception {
        Map<String, Object> config = account("acd", "right");
        config.put("acdChallenge", algorithm);
        try (Rig rig = rig(Protocol.UDP, config)) {
            String callee = "sip:+4930555711@host";
            rig.acd.call(CALLER, callee);
            rig.acd.saw("rejected 401");
            SipMessage refused = rig.acd.last("SIP/2.0 401");
            Digest.Challenge challenge = Digest.Challenge.all(refused).get(0);
            assertThat(challenge.algorithm()).isEqualToIgnoringCase(algorithm);
            assertThat(rig.kinds()).isEmpty();
            String wrong = challenge.answer("jack", "a guess", "INVITE", callee, 1);
            rig.acd.call(CALLER, callee, w -> w.add(SipHeader.AUTHORIZATION, wrong));
            await().until(() -> challenges(rig, "wrong") == 1);
            assertThat(rig.counter("jackfield.input.refused", "reason", "credentials"))
                    .isEqualTo(1);
            String right = challenge.answer("jack", SECRET, "INVITE", callee, 2);
            Call call = rig.acd.call(CALLER, callee, w -> w.add(SipHeader.AUTHORIZATION, right));
            rig.acd.saw("answered");
            assertThat(rig.sbc.last("INVITE").has(SipHeader.AUTHORIZATION)).isFalse();
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            await().until(() -> answers.contains(200)); // its dialog is known
            call.hangup();
            rig.sbc.saw("BYE");
            rig.acd.call(CALLER, callee, w -> w.add(SipHeader.AUTHORIZATION, right)); // somebody has listened
            await().until(() -> challenges(rig, "replayed") == 1);
            assertThat(rig.acd.last("SIP/2.0 401").first(SipHeader.WWW_AUTHENTICATE))
                    .contains("stale=true");
            rig.acd.call(CALLER, "sip:112@host");
            await().until(() -> rig.acd.log.stream().filter("answered"::equals).count() == 2);
            rig.sbc.call(CALLER, PILOT); // the other side is not asked
            rig.sbc.saw("answered");
            assertThat(challenges(rig, "asked")).isEqualTo(1);
        }
    }

    @Test
    void passwordShowsNowhere() throws Exception {
        Map<String, Object> config = account("acd", "right");
        try (Rig rig = rig(Protocol.UDP, config)) {
            asks(rig.acd, Rig.ANSWER);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("answered");
            assertThat(TrunkSettings.of(Rig.config(withPeers(config)), "main").toString())
                    .contains("Account[jack]")
                    .doesNotContain(SECRET);
            assertThat(rig.bus.events()).extracting(Event::toString).noneMatch(text -> text.contains(SECRET));
            assertThat(rig.trunk.status().toString()).doesNotContain(SECRET);
            assertThat(rig.acd.messages)
                    .noneMatch(m -> new String(m.toBytes(), StandardCharsets.ISO_8859_1).contains(SECRET));
        }
    }

    private static Map<String, Object> withPeers(Map<String, Object> config) {
        config.put("sbc", "127.0.0.1:1;udp");
        config.put("acd", "127.0.0.1:2;udp");
        return config;
    }

    @Test
    void faultsOfTheAccountAreToldWithTheKeyAndWithoutTheSecret() throws Exception {
        Files.writeString(folder.resolve("empty"), " \n");
        Files.writeString(folder.resolve("two"), SECRET + "\nand more");
        Map<String, String> faults = Map.of(
                "missing", "acdPasswordFile: \"%s\" (expected: a file that can be read)",
                "empty", "acdPasswordFile: \"%s\" (expected: a file with one line, the password)",
                "two", "acdPasswordFile: \"%s\" (expected: a file with one line, the password)");
        for (Map.Entry<String, String> one : faults.entrySet()) {
            assertThatThrownBy(() -> TrunkSettings.of(Rig.config(account("acd", one.getKey())), "main"))
                    .hasMessageContaining(one.getValue().formatted(folder.resolve(one.getKey())))
                    .hasMessageContaining("in etc/org.jackfield.sip-main.cfg")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
        }
        assertThatThrownBy(() -> TrunkSettings.of(Rig.config(Map.of("sbcUser", "jack")), "main"))
                .hasMessageContaining("sbcPasswordFile: \"\" (expected: both sbcUser and sbcPasswordFile, or neither)");
        assertThatThrownBy(() -> TrunkSettings.of(Rig.config(Map.of("sbcPasswordFile", "x")), "main"))
                .hasMessageContaining("sbcUser: \"\" (expected: both");
        assertThatThrownBy(() -> TrunkSettings.of(Rig.config(Map.of("acdChallenge", "md5")), "main"))
                .hasMessageContaining("acdChallenge: \"md5\" (expected: none, or acdUser");
        assertThatThrownBy(() -> TrunkSettings.of(Rig.config(Map.of("acdChallenge", "basic")), "main"))
                .hasMessageContaining("acdChallenge: \"basic\" (expected: none, md5 or sha-256)");
        Map<String, Object> odd = account("acd", "right");
        odd.put("acdUser", "j\u00e4ck");
        assertThatThrownBy(() -> TrunkSettings.of(Rig.config(odd), "main")).hasMessageContaining("acdUser: \"j");
    }
}
