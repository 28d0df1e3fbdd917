package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** Who calls whom, by which proxy and on whose behalf: what headers say of it, and what the record of a call keeps. */
class IdentityTest {
    private static final String TEAMS = "sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone";
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";
    private static final List<String> PLACE = List.of("X-MS-UserLocation", "X-MS-MediaPath", "X-MS-UserSite");

    private static Rig rig(Map<String, Object> overrides) throws Exception {
        Rig rig = new Rig(Protocol.UDP, overrides);
        rig.decide(q -> q.side() == Side.ACD
                ? new InviteAnswer.ToSbc(
                        "7".equals(q.toUser()) ? "+4930555711;ext=1001" : String.valueOf(q.toUser()),
                        Side.TEAMS,
                        "agent leg")
                : new InviteAnswer.ToAcd("600", "pilot"));
        return rig;
    }

    private static List<CallEvents.Call> events(Rig rig, Kind kind) {
        return rig.bus.data(CallEvents.Call.class).stream()
                .filter(e -> e.kind() == kind)
                .toList();
    }

    @Test
    @Conformance("DR-28")
    void numbersTowardTheSbcAreE164AndSaySo() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.acd.call("sip:+493012345@acd.example", "sip:+4930555711@host");
            rig.acd.saw("answered");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri()).matches("sip:\\+[1-9][0-9]{3,14}@[^;]*;user=phone");
            assertThat(invite.first(SipHeader.FROM))
                    .matches("<sip:\\+[1-9][0-9]{3,14}@acd\\.example;user=phone>;tag=\\S+");
            assertThat(HeaderRules.phone("\"A, B\" <sip:+493012345@h:5060;transport=tcp>"))
                    .isEqualTo("\"A, B\" <sip:+493012345@h:5060;transport=tcp;user=phone>");
            assertThat(HeaderRules.phone("sip:+493012345@h")).isEqualTo("<sip:+493012345@h;user=phone>");
            for (String untouched : List.of(
                    "<sip:+493012345@h;user=phone>",
                    "<sip:anonymous@anonymous.invalid>",
                    "<tel:+493012345>",
                    "<sip:+123@h>",
                    "<sip:600@h>")) {
                assertThat(HeaderRules.phone(untouched)).isEqualTo(untouched);
            }
        }
    }

    @Test
    @Conformance("DR-28")
    void extensionRidesInRequestUriAndTo() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.acd.call("sip:+493012345@acd.example", "sip:7@host");
            rig.acd.saw("answered");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri())
                    .startsWith("sip:+4930555711;ext=1001@")
                    .endsWith(";user=phone");
            assertThat(NameAddr.parse(invite.first(SipHeader.TO)).uri()).isEqualTo(invite.requestUri());
        }
    }

    @Test
    @Conformance("DR-78")
    void placeOfTheTeamsClientStaysWithTheCall() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = rig.sbc.call(
                    TEAMS,
                    PILOT,
                    w -> w.add("x-ms-userlocation", "internal")
                            .add("X-MS-MediaPath", "proxy.example,sbc.example")
                            .add("X-MS-UserSite", "Berlin")
                            .add("X-MS-Unknown", "goes on"));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            SipMessage invite = rig.acd.last("INVITE");
            assertThat(invite.first("X-MS-Unknown")).isEqualTo("goes on");
            assertThat(PLACE).noneMatch(name -> invite.first(name) != null);
            Leg leg = new Leg(null, Side.TEAMS, null, call.callId());
            leg.learn(rig.sbc.last("SIP/2.0 200")); // says nothing
            assertThat(leg.local).isNull();
            leg.learn(message("X-MS-UserLocation: external\r\nX-MS-MediaPath: a.example,b.example\r\n"));
            leg.learn(rig.sbc.last("SIP/2.0 200"));
            assertThat(leg.local).isEqualTo(new Leg.LocalMedia("external", "a.example,b.example", null));
        }
    }

    private static SipMessage message(String headers) throws Exception {
        return org.jackfield.protocol.sip.SipParser.parse(
                ("INVITE sip:c@d SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                                + "To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n" + headers + "\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Test
    @Conformance("DR-96")
    void hostRecordsNoRouteOfItsOwn() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.acd.call("sip:+493012345@acd.example", "sip:+4930555711@host");
            rig.acd.saw("answered");
            rig.sbc.saw("ACK");
            rig.acd.calls.get(0).request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"));
            await().until(() -> rig.sbc.log.stream().filter("INVITE"::equals).count() == 2);
            rig.acd.calls.get(0).hangup();
            rig.sbc.saw("BYE");
            rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("answered");
            assertThat(rig.sbc.messages).hasSizeGreaterThan(4).noneMatch(m -> m.has(SipHeader.RECORD_ROUTE));
            assertThat(rig.acd.messages).noneMatch(m -> m.has(SipHeader.RECORD_ROUTE));
        }
    }

    @Test
    @Conformance("DR-45")
    void wayOfAForwardedCallReachesTheAcdAndTheRecord() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(
                    TEAMS,
                    PILOT,
                    w -> w.add(
                                    SipHeader.HISTORY_INFO,
                                    "<sip:+1425@h;user=phone?Reason=SIP%3Bcause%3D302>;index=1,"
                                            + "<sip:+1426@h?Privacy=history&Reason=SIP%3Bcause%3D486>;index=1.1")
                            .add(SipHeader.HISTORY_INFO, "<" + PILOT + ">;index=1.1.1"));
            rig.sbc.saw("answered");
            SipMessage invite = rig.acd.last("INVITE");
            assertThat(IntStream.range(0, invite.headers())
                            .filter(k -> invite.name(k).equals("Diversion"))
                            .mapToObj(invite::value))
                    .containsExactly(
                            "<sip:+1426@h>;reason=user-busy;counter=1;privacy=full",
                            "<sip:+1425@h;user=phone>;reason=unconditional;counter=1");
            assertThat(events(rig, Kind.OFFERED))
                    .extracting(CallEvents.Call::redirecting)
                    .containsExactly("+1425");
            assertThat(events(rig, Kind.ESTABLISHED))
                    .extracting(CallEvents.Call::redirecting)
                    .containsExactly("+1425");
        }
    }

    @Test
    @Conformance({"DR-54", "DR-71"})
    void reasonIsKeptWholeWithItsGuidAndWhatItMeans() throws Exception {
        try (Rig rig = rig(Map.of())) {
            String reason = "Q.850;cause=16;text=\"4f6c-aa01;IceConnectivityChecksFailed; twice\"";
            Call call = rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            call.hangup(w -> w.add(SipHeader.REASON, reason));
            rig.acd.saw("BYE");
            assertThat(events(rig, Kind.CLEARED)).singleElement().satisfies(e -> {
                assertThat(e.cause()).isEqualTo(reason);
                assertThat(e.guid()).isEqualTo("4f6c-aa01");
                assertThat(e.ending()).isEqualTo("media");
            });
            rig.sbc.onCall = c ->
                    c.reject(486, "Busy Here", w -> w.add(SipHeader.REASON, "Q.850;cause=17;text=\"77-b;User busy\""));
            rig.acd.call("sip:+493012345@acd.example", "sip:+4930555711@host");
            rig.acd.saw("rejected 486");
            assertThat(events(rig, Kind.FAILED)).singleElement().satisfies(e -> {
                assertThat(e.cause()).isEqualTo("486");
                assertThat(e.guid()).isEqualTo("77-b");
                assertThat(e.ending()).isEqualTo("busy");
            });
        }
    }

    @Test
    @Conformance("DR-54")
    void everyReasonMapsToAKind() throws Exception {
        Map<String, String> kinds = Map.of(
                "Q.850;cause=16;text=\"g;Normal\"", "normal",
                "Q.850;cause=17", "busy",
                "Q.850;cause=19", "no-answer",
                "SIP;cause=200;text=\"Call completed elsewhere\"", "elsewhere",
                "Q.850;cause=1", "unreachable",
                "SIP;cause=603", "rejected",
                "Q.850;cause=38", "network",
                "Q.850;cause=22;text=\"g;MediaOfferError\"", "media",
                "Q.850;cause=111", "other");
        for (Map.Entry<String, String> one : kinds.entrySet()) {
            Ending ending = Ending.of(message("Reason: " + one.getKey() + "\r\n"), null);
            assertThat(ending.cause()).isEqualTo(one.getKey());
            assertThat(ending.kind()).as(one.getKey()).isEqualTo(one.getValue());
        }
        assertThat(Ending.of(message(""), null)).isEqualTo(new Ending(null, null, "normal"));
        assertThat(Ending.of("lost").kind()).isEqualTo("network");
        assertThat(Ending.of("transfer failed").kind()).isEqualTo("other");
        assertThat(Ending.of(404, null).kind()).isEqualTo("unreachable");
    }

    @Test
    @Conformance("DR-49")
    void callThatComesAgainByAnotherProxyRingsOnce() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Rig.Phone other = rig.new Phone("other proxy");
            try (var closing = other.agent) {
                rig.acd.onCall = c -> c.ring(180, "Ringing", "");
                rig.sbc.call(TEAMS, PILOT);
                rig.sbc.saw("180");
                String moved = Rig.sdp("caller", 41_000);
                Call again = other.agent.call(TEAMS, PILOT, rig.toTrunk(), moved, w -> {}, other.notes());
                rig.sbc.saw("rejected 487");
                other.saw("180");
                assertThat(rig.acd.calls).hasSize(1);
                rig.acd.calls.get(0).answer(Rig.ANSWER);
                other.saw("answered");
                await().until(() -> rig.acd.messages.stream()
                        .anyMatch(m -> m.toString().startsWith("INVITE")
                                && m.bodyText().equals(moved)));
                assertThat(rig.kinds()).containsExactly(Kind.OFFERED, Kind.ESTABLISHED);
                assertThat(rig.trunk.calls()).isEqualTo(1);
                assertThat(rig.counter("jackfield.sip.calls", "outcome", "repeated"))
                        .isEqualTo(1);
                rig.acd.saw("ACK");
                again.hangup();
                rig.acd.saw("BYE");
                await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
                assertThat(closing).isNotNull();
            }
        }
    }

    @Test
    @Conformance("DR-49")
    void secondCallOfTheSameProxyOrOfAWithheldCallerIsACallOfItsOwn() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Rig.Phone other = rig.new Phone("other proxy");
            try (var closing = other.agent) {
                rig.acd.onCall = c -> c.ring(180, "Ringing", "");
                rig.sbc.call(CALLER, PILOT);
                rig.sbc.call(CALLER, PILOT);
                rig.sbc.call("sip:anonymous@anonymous.invalid", PILOT);
                await().until(() -> rig.acd.calls.size() == 3);
                other.call("sip:anonymous@anonymous.invalid", PILOT);
                await().until(() -> rig.acd.calls.size() == 4);
                assertThat(rig.trunk.calls()).isEqualTo(4);
                assertThat(closing).isNotNull();
            }
        }
    }

    @Test
    void transferInsideOfTheSbcIsReportedWithAConfidence() throws Exception {
        try (Rig rig = rig(Map.of("refer", "sbc-local"))) {
            Call call = rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.P_ASSERTED_IDENTITY, "<tel:+441273652000>"));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n")); // a hold is none
            await().until(() -> rig.acd.log.stream().filter("INVITE"::equals).count() == 2);
            call.request("INVITE", w -> w.body("application/sdp", Rig.sdp("expert", 40_000)));
            await().until(() -> rig.bus.data(CallEvents.TransferObserved.class).size() == 1);
            call.request(
                    "INVITE",
                    w -> w.add(SipHeader.P_ASSERTED_IDENTITY, "<tel:+49309999>")
                            .body(
                                    "application/sdp",
                                    Rig.sdp("expert", 40_000))); // the SBC anchors: nothing else changes
            await().until(() -> rig.bus.data(CallEvents.TransferObserved.class).size() == 2);
            List<CallEvents.TransferObserved> seen = rig.bus.data(CallEvents.TransferObserved.class);
            assertThat(seen.get(0).evidence()).isEqualTo("origin");
            assertThat(seen.get(0).confidence()).isEqualTo(60);
            assertThat(seen.get(0).type()).isEqualTo("call.transfer.observed");
            assertThat(seen.get(1).evidence()).isEqualTo("identity");
            assertThat(seen.get(1).confidence()).isEqualTo(90);
            assertThat(seen.get(1).target()).isEqualTo("+49309999");
            assertThat(seen)
                    .allMatch(e ->
                            e.call().equals(events(rig, Kind.OFFERED).get(0).call())
                                    && e.leg().equals(call.callId()));
        }
    }

    @Test
    void changesOfSessionsAreNoTransfersWhereReferIsPassed() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            call.request("INVITE", w -> w.body("application/sdp", Rig.sdp("expert", 40_000)));
            await().until(() -> rig.acd.log.stream().filter("INVITE"::equals).count() == 2);
            call.hangup();
            rig.acd.saw("BYE");
            assertThat(rig.bus.data(CallEvents.TransferObserved.class)).isEmpty();
        }
    }
}
