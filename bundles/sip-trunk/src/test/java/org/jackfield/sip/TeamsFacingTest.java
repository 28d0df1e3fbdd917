package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.scenario.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trunk that plays the SBC toward Teams, as in a laboratory: by which names it calls itself and its callers. */
class TeamsFacingTest {
    private static final String NAME = "trunk.hospital.example";
    private static final String TEAMS = "sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone";
    private static final String PILOT = "sip:+4930555600@" + NAME;
    private static final String AGENT = "sip:+4930555711@host";
    /** Those in which an INVITE goes to Teams, comes from there, or both. */
    private static final String[] CALLS = {"S03", "S04", "S05", "S06", "S07", "S10", "S11", "S12", "S14", "S15", "S16"};

    private static Map<String, Object> facing() {
        return new HashMap<>(Map.of("role", "teams-facing", "advertised", NAME));
    }

    private static Rig rig(Map<String, Object> overrides) throws Exception {
        return Rig.bothWays(overrides);
    }

    private static SipMessage invite(Rig rig, String from, String asserted) throws Exception {
        rig.acd.call(from, AGENT, w -> w.add(SipHeader.P_ASSERTED_IDENTITY, asserted));
        rig.acd.saw("answered");
        return rig.sbc.last("INVITE");
    }

    @Test
    @Conformance({"DR-22", "DR-23", "DR-96"})
    void everyMessageThatMakesOrKeepsADialogHasOneContactByName() throws Exception {
        try (Rig rig = rig(facing())) {
            String contact = "<sip:" + NAME + ":" + rig.trunk.port() + ">";
            rig.acd.call("sip:+493012345@acd.example", AGENT);
            rig.acd.saw("answered");
            rig.sbc.saw("ACK");
            rig.acd.calls.get(0).request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"));
            await().until(() -> rig.sbc.log.stream().filter("INVITE"::equals).count() == 2);
            rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("answered");
            List<SipMessage> naming = rig.sbc.messages.stream()
                    .filter(m ->
                            m.methodText().equals("INVITE") && (m.isRequest() || m.status() > 100 && m.status() < 300))
                    .toList();
            assertThat(naming)
                    .extracting(m -> m.isRequest() ? "INVITE" : String.valueOf(m.status()))
                    .contains("INVITE", "180", "200");
            assertThat(naming).allSatisfy(m -> {
                assertThat(m.all(SipHeader.CONTACT)).containsExactly(contact);
                assertThat(m.has(SipHeader.RECORD_ROUTE)).isFalse();
            });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Anna Bell <sip:+493012345@10.0.0.7:5062;transport=tcp> | \"Anna Bell\" <sip:+493012345@trunk.hospital.example;user=phone>",
                "\"Bell, \\\"A\\\"\" <sip:+493012345@[::1]> | \"Bell, \\\"A\\\"\" <sip:+493012345@trunk.hospital.example;user=phone>",
                "sip:600@10.0.0.7 | <sip:600@trunk.hospital.example>",
                "<tel:+493012345> | <sip:+493012345@trunk.hospital.example;user=phone>",
                "\"Anonymous\" <sip:anonymous@anonymous.invalid> | \"Anonymous\" <sip:anonymous@trunk.hospital.example>",
                "<sip:10.0.0.7> | <sip:anonymous@trunk.hospital.example>"
            })
    @Conformance("DR-29")
    void callerIsNamedByTheTrunkAndInQuotes(String came, String goes) throws Exception {
        assertThat(new Identity(NAME, false).from(came)).isEqualTo(goes);
        try (Rig rig = rig(facing())) {
            SipMessage invite = invite(rig, came, "<sip:+493012345@10.0.0.7>");
            assertThat(invite.first(SipHeader.FROM)).startsWith(goes + ";tag=");
            assertThat(invite.has(SipHeader.P_ASSERTED_IDENTITY)).isFalse();
        }
    }

    @Test
    @Conformance("DR-29")
    void assertedIdentityGoesOutWhenAskedForAndAlwaysBehindAnSbc() throws Exception {
        String asserted = "\"Anna Bell\" <sip:+493012345@acd.example>";
        Map<String, Object> wanted = facing();
        wanted.put("assertedIdentity", true);
        for (Map<String, Object> config : List.of(wanted, Map.<String, Object>of())) {
            try (Rig rig = rig(config)) {
                assertThat(invite(rig, "Anna <sip:+493012345@acd.example>", asserted)
                                .all(SipHeader.P_ASSERTED_IDENTITY))
                        .containsExactly(asserted);
            }
        }
    }

    @Test
    @Conformance("DR-29")
    void assertedIdentityOfTheOtherSideStillReachesTheAcd() throws Exception {
        try (Rig rig = rig(facing())) {
            rig.sbc.call(
                    TEAMS, PILOT, w -> w.add(SipHeader.P_ASSERTED_IDENTITY, "<sip:+441273652000@carrier.example>"));
            rig.sbc.saw("answered");
            assertThat(rig.acd.last("INVITE").all(SipHeader.P_ASSERTED_IDENTITY))
                    .containsExactly("<sip:+441273652000@carrier.example>");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    @Conformance({"DR-22", "DR-23", "DR-29"})
    void teamsFindsNothingOnATrunkThatFacesIt(Protocol protocol) throws Exception {
        try (ScenarioRig rig = new ScenarioRig(protocol, false, facing())) {
            rig.faults.set("sbc.teams-facing", true, 0, 0);
            assertThat(rig.play(CALLS))
                    .filteredOn(Result::failed)
                    .extracting(Result::line)
                    .isEmpty();
        }
    }

    @Test
    @Conformance("DR-95")
    void teamsFindsATrunkThatDoesNotKnowThatItFacesIt() throws Exception {
        try (ScenarioRig rig = new ScenarioRig(Protocol.UDP)) {
            rig.faults.set("sbc.teams-facing", true, 0, 0);
            assertThat(Stream.of("S04", "S06").flatMap(id -> rig.play(id).stream()))
                    .filteredOn(Result::failed)
                    .extracting(Result::assertion)
                    .contains("DR-22");
        }
        try (ScenarioRig rig = new ScenarioRig(Protocol.UDP, false, Map.of("advertised", NAME))) {
            rig.faults.set("sbc.teams-facing", true, 0, 0);
            assertThat(rig.play("S04"))
                    .filteredOn(Result::failed)
                    .extracting(Result::assertion)
                    .contains("DR-29")
                    .doesNotContain("DR-22");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1", "trunk", "trunk.127", "-a.example", "trunk.hospital.example."})
    void nameWithoutADomainIsRefusedWhereTeamsIsFaced(String advertised) {
        assertThatThrownBy(() ->
                        TrunkSettings.of(Rig.config(Map.of("role", "teams-facing", "advertised", advertised)), "main"))
                .hasMessage(
                        "advertised: \"" + advertised
                                + "\" (expected: a name with a domain, for role=teams-facing) in etc/org.jackfield.sip-main.cfg");
    }

    @Test
    void roleAndNameAreChecked() {
        assertThatThrownBy(
                        () -> TrunkSettings.of(Rig.config(Map.of("role", "sbc", "advertised", "a b\r\nX: y")), "main"))
                .hasMessageContaining("role: \"sbc\" (expected: behind-sbc or teams-facing)")
                .hasMessageContaining("(expected: a host name or an address, or nothing)");
    }

    @Test
    @Conformance("DR-66")
    void replacesOfAnotherTenantsDialogIsAnsweredLikeThatOfAnUnknownOne() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call old = rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            await().until(() -> rig.dialogs() == 1);
            SipTrunk ours = rig.trunk;
            SipTrunk theirs = rig.start(0, "theirs", Map.of("tenant", "other"));
            try {
                rig.trunk = theirs; // whom the phones call from now on
                String named = old.dialog().callId() + ";to-tag=" + old.dialog().remoteTag() + ";from-tag="
                        + old.dialog().localTag();
                rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.REPLACES, named));
                rig.sbc.saw("rejected 481");
                SipMessage foreign = rig.sbc.last("SIP/2.0 481");
                rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.REPLACES, "nobody;to-tag=a;from-tag=b"));
                await().until(() ->
                        rig.sbc.log.stream().filter("rejected 481"::equals).count() == 2);
                SipMessage unknown = rig.sbc.last("SIP/2.0 481");
                assertThat(foreign.phrase()).isEqualTo(unknown.phrase());
                assertThat(foreign.all(SipHeader.REASON)).isEqualTo(unknown.all(SipHeader.REASON));
                assertThat(foreign.hasBody()).isFalse();
                assertThat(old.state()).isEqualTo(Call.State.ESTABLISHED);
                assertThat(theirs.calls()).isZero();
                assertThat(ours.calls()).isEqualTo(1);
            } finally {
                rig.trunk = ours;
                theirs.close();
            }
        }
    }
}
