package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** What the trunk does to calls beyond bridging them: hold, refresh, replace, ring reliably, let emergencies through. */
class MannersTest {
    private static final String TEAMS = "sip:+441273652000@sip.pstnhub.microsoft.com:5061;user=phone";
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";

    private final Noting noting = new Noting();
    private final List<Integer> answers = noting.answers;
    private final List<SipMessage> responses = noting.responses;

    /** From the ACD to a phone behind the SBC; from the SBC to the pilot. */
    private static Rig rig(Map<String, Object> overrides) throws Exception {
        return Rig.bothWays(overrides);
    }

    private static Call up(Rig rig) {
        Call call = rig.sbc.call(CALLER, PILOT);
        rig.sbc.saw("answered");
        rig.acd.saw("ACK");
        return call;
    }

    private static long count(Rig.Phone phone, String entry) {
        return phone.log.stream().filter(entry::equals).count();
    }

    @Test
    @Conformance({"DR-51", "DR-52"})
    void holdOfTheAcdIsInactiveTowardTheSbcAndResumesUnchanged() throws Exception {
        try (Rig rig = rig(Map.of())) {
            up(rig);
            Call atAcd = rig.acd.calls.get(0);
            String active = Rig.ANSWER + "a=sendrecv\r\n";
            atAcd.request("INVITE", w -> w.body("application/sdp", Rig.ANSWER + "a=sendonly\r\n"), noting);
            await().until(() -> answers.contains(200));
            assertThat(rig.sbc.last("INVITE").bodyText()).isEqualTo(Rig.ANSWER + "a=inactive\r\n");
            atAcd.request("INVITE", w -> w.body("application/sdp", active), noting);
            await().until(() -> answers.stream().filter(a -> a == 200).count() == 2);
            assertThat(rig.sbc.last("INVITE").bodyText()).isEqualTo(active);
        }
    }

    @Test
    void movedMediaOfTheAcdIsRefused() throws Exception {
        try (Rig rig = rig(Map.of())) {
            up(rig);
            rig.acd.calls.get(0).request("INVITE", w -> w.body("application/sdp", Rig.sdp("callee", 50_002)), noting);
            await().until(() -> answers.contains(488));
            assertThat(rig.sbc.log).doesNotContain("INVITE");
            assertThat(responses.get(0).first(SipHeader.REASON)).startsWith("Q.850;cause=");
        }
    }

    @Test
    @Conformance("DR-48")
    void sessionIsRefreshedWithoutTheOtherSideAndEndsWhenNobodyDoes() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = rig.sbc.call(
                    TEAMS,
                    PILOT,
                    w -> w.add(SipHeader.SESSION_EXPIRES, "3600")
                            .add(SipHeader.MIN_SE, 300)
                            .add(SipHeader.SUPPORTED, "timer"));
            rig.sbc.saw("answered");
            rig.acd.saw("ACK");
            SipMessage ok = rig.sbc.last("SIP/2.0 200");
            assertThat(ok.first(SipHeader.SESSION_EXPIRES)).isEqualTo("3600;refresher=uac");
            assertThat(ok.all(SipHeader.REQUIRE)).containsExactly("timer");
            assertThat(rig.acd.last("INVITE").has(SipHeader.SESSION_EXPIRES)).isFalse();
            Consumer<SipWriter> refresh = w -> w.add(SipHeader.SUPPORTED, "timer")
                    .add(SipHeader.SESSION_EXPIRES, "3600;refresher=uac")
                    .body("application/sdp", Rig.OFFER);
            call.request("INVITE", refresh, noting);
            await().until(() -> answers.contains(200));
            assertThat(responses.get(responses.size() - 1).bodyText()).isEqualTo(Rig.ANSWER);
            assertThat(count(rig.acd, "INVITE")).isEqualTo(1); // the ACD heard nothing of it
            // the shortest interval that the standard allows is 90 s; an UPDATE says one second, past its rules
            call.request("UPDATE", w -> w.add(SipHeader.SESSION_EXPIRES, "1;refresher=uac"), noting);
            rig.sbc.saw("BYE");
            rig.acd.saw("BYE");
        }
    }

    @Test
    @Conformance("DR-48")
    void intervalThatIsTooSmallGets422WithTheSmallest() throws Exception {
        try (Rig rig = rig(Map.of("minSessionSeconds", 120))) {
            rig.sbc.call(
                    TEAMS, PILOT, w -> w.add(SipHeader.SESSION_EXPIRES, "100").add(SipHeader.SUPPORTED, "timer"));
            rig.sbc.saw("rejected 422");
            assertThat(rig.sbc.last("SIP/2.0 422").first(SipHeader.MIN_SE)).isEqualTo("120");
            assertThat(rig.kinds()).isEmpty();
        }
    }

    @Test
    @Conformance("DR-53")
    void crossingChangesAreSettledBy491() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = up(rig);
            var held = new java.util.concurrent.CompletableFuture<org.jackfield.protocol.sip.ServerTransaction>();
            rig.acd.onRequest = t -> {
                if ("INVITE".equals(t.request().methodText())) {
                    held.complete(t);
                    return t.response(100, "Trying").build();
                }
                return null;
            };
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            held.get(5, java.util.concurrent.TimeUnit.SECONDS);
            rig.acd
                    .calls
                    .get(0)
                    .request("INVITE", w -> w.body("application/sdp", Rig.ANSWER + "a=inactive\r\n"), noting);
            await().until(() -> answers.contains(491));
            assertThat(answers).doesNotContain(200);
            rig.acd.agent.stack().execute(() -> {
                try {
                    held.get()
                            .respond(rig.acd
                                    .calls
                                    .get(0)
                                    .success(held.get(), Rig.ANSWER)
                                    .build());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            await().until(() -> answers.contains(200));
        }
    }

    /** RFC 3261 section 12.2.1.2: a side that knows of no call has none, and the other is not left with half of one. */
    @Test
    void callThatTheOtherSideDoesNotKnowAnyMoreEnds() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = up(rig);
            rig.acd.onRequest = t -> "INFO".equals(t.request().methodText())
                    ? t.response(481, "Call Does Not Exist").build()
                    : null;
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.contains(481));
            rig.sbc.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0);
            assertThat(rig.bus.data(CallEvents.Call.class).stream()
                            .filter(event -> event.kind() == CallEvents.Kind.CLEARED))
                    .singleElement()
                    .returns("lost", CallEvents.Call::cause);
        }
    }

    /** A side that was too slow once is asked whether it knows the call, and keeps it when it does. */
    @Test
    void callWhoseOtherSideAnswers408GoesOnWhenItIsKnownThere() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = up(rig);
            rig.acd.onRequest = t -> "INFO".equals(t.request().methodText())
                    ? t.response(408, "Request Timeout").build()
                    : null;
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.contains(408));
            rig.acd.saw("OPTIONS");
            rig.sbc.saw("OPTIONS");
            assertThat(rig.trunk.calls()).isEqualTo(1);
            rig.acd.onRequest = t -> "INFO".equals(t.request().methodText())
                    ? t.response(408, "Request Timeout").build()
                    : "OPTIONS".equals(t.request().methodText())
                            ? t.response(481, "Call Does Not Exist").build()
                            : null;
            call.request("INFO", w -> {}, noting);
            await().until(() -> answers.stream().filter(status -> status == 408).count() == 2);
            rig.sbc.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    /** RFC 3261 section 15.1.2: who hangs up hears of what was open. */
    @Test
    void changeThatIsOpenWhenItsSenderHangsUpIsAnswered487() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call call = up(rig);
            rig.acd.onRequest = t -> "INVITE".equals(t.request().methodText())
                    ? t.response(100, "Trying").build()
                    : null;
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting);
            rig.acd.saw("INVITE");
            await().until(() -> count(rig.acd, "INVITE") == 2);
            call.hangup();
            await().until(() -> answers.contains(487));
            rig.acd.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    @Test
    void transactionsBeyondTheLimitOfOneAddressAreRefusedAndCounted() throws Exception {
        try (Rig rig = rig(Map.of("transactionsPerSource", 100))) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            for (int i = 0; i < 101; i++) {
                rig.sbc.call(CALLER, PILOT);
            }
            rig.sbc.saw("rejected 503");
            assertThat(rig.sbc.last("SIP/2.0 503").has(SipHeader.RETRY_AFTER)).isTrue();
            // one more for each retransmission that was on its way before the 503 came
            assertThat(rig.counter("jackfield.input.refused", "reason", "transactions-per-source"))
                    .isBetween(1.0, 3.0);
            assertThat(rig.trunk.calls()).isEqualTo(100);
        }
    }

    @Test
    void emergencyPassesTheLimitOfTransactionsToo() throws Exception {
        try (Rig rig = rig(Map.of("transactionsPerSource", 100))) {
            rig.acd.onCall = c -> c.ring(180, "Ringing", "");
            for (int i = 0; i < 101; i++) {
                rig.sbc.call(CALLER, PILOT); // both peers have one address
            }
            rig.sbc.saw("rejected 503");

            rig.acd.call("sip:+4930555711@acd.example", "sip:112@host");

            rig.sbc.saw("INVITE");
            assertThat(rig.sbc.last("INVITE").requestUri()).startsWith("sip:112@");
        }
    }

    private static String replaces(Call call, String more) {
        Dialog dialog = call.dialog();
        return dialog.callId() + ";to-tag=" + dialog.remoteTag() + ";from-tag=" + dialog.localTag() + more;
    }

    @Test
    @Conformance("DR-65")
    void inviteWithReplacesTakesTheLegsPlaceAndTheOldOneGetsABye() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call old = up(rig);
            String fresh = Rig.sdp("player", 45_000);
            Call joined = rig.sbc.agent.call(
                    TEAMS,
                    PILOT,
                    rig.toTrunk(),
                    fresh,
                    w -> w.add(SipHeader.REPLACES, replaces(old, "")),
                    rig.sbc.notes());
            await().until(() -> joined.state() == Call.State.ESTABLISHED);
            rig.sbc.saw("BYE");
            assertThat(rig.acd.last("INVITE").bodyText()).isEqualTo(fresh); // the ACD's media moved
            assertThat(rig.acd.last("INVITE").has(SipHeader.REPLACES)).isFalse();
            assertThat(joined.remote().bodyText()).isEqualTo(Rig.ANSWER);
            assertThat(rig.transfers()).singleElement().satisfies(t -> {
                assertThat(t.step()).isEqualTo(TransferStep.COMPLETED);
                assertThat(t.path()).isEqualTo("replaces");
            });
            rig.acd.calls.get(0).hangup();
            await().until(() -> joined.state() == Call.State.ENDED);
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
            assertThat(rig.kinds().stream().filter(CallEvents.Kind.CLEARED::equals))
                    .hasSize(1);
        }
    }

    @Test
    void openCallsOfOneAddressAreLimitedButForEmergencies() throws Exception {
        try (Rig rig = rig(Map.of("dialogsPerSource", 100))) {
            for (int i = 0; i < 100; i++) {
                rig.sbc.call(CALLER, PILOT);
            }
            await().until(() -> count(rig.sbc, "answered") == 100 && count(rig.acd, "ACK") == 100);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 503");
            assertThat(rig.sbc.last("SIP/2.0 503").first(SipHeader.RETRY_AFTER)).isEqualTo("10");
            assertThat(rig.counter("jackfield.input.refused", "reason", "dialogs-per-source"))
                    .isEqualTo(1);
            rig.acd.call("sip:+4930555711@acd.example", "sip:112@host");
            rig.acd.saw("answered");
            rig.sbc.calls.get(0).hangup();
            rig.sbc.calls.get(1).hangup();
            await().until(() -> rig.trunk.calls() == 99);
            rig.sbc.call(CALLER, PILOT);
            await().until(() -> count(rig.sbc, "answered") == 101 && rig.dialogs() == 100);
            int port = rig.trunk.port();
            rig.trunk.close();
            rig.trunk = rig.start(port);
            await().until(() -> rig.trunk.calls() == 100);
            rig.sbc.call(CALLER, PILOT);
            await().until(() -> count(rig.sbc, "rejected 503") == 2); // those of before the restart count
        }
    }

    @Test
    @Conformance("DR-65")
    void replacesOfNobodyAndForEarlyDialogsOnlyAreRefused() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call old = up(rig);
            rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.REPLACES, "nobody;to-tag=a;from-tag=b"));
            rig.sbc.saw("rejected 481");
            rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.REPLACES, replaces(old, ";early-only")));
            rig.sbc.saw("rejected 486");
            rig.sbc.call(TEAMS, PILOT, w -> w.add(SipHeader.REPLACES, "nobody"));
            rig.sbc.saw("rejected 400");
            rig.acd.call(CALLER, PILOT, w -> w.add(SipHeader.REPLACES, replaces(old, "")));
            rig.acd.saw("rejected 481"); // one side cannot take the other's leg
            assertThat(old.state()).isEqualTo(Call.State.ESTABLISHED);
        }
    }

    @Test
    @Conformance("DR-65")
    void ringingPhoneIsPickedUpByReplacesOfItsEarlyDialog() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.onCall = c -> c.ring(180, "Ringing", "");
            Call queue = rig.acd.call(CALLER, "sip:+4930555711@host");
            rig.acd.saw("180");
            SipMessage rings = rig.sbc.last("INVITE");
            // the phone's own early dialog, as the trunk sees it: to-tag is the trunk's, from-tag the phone's
            String early = rings.callId() + ";to-tag=" + rings.fromTag() + ";from-tag="
                    + rig.sbc.calls.get(0).localTag() + ";early-only";
            String colleague = Rig.sdp("colleague", 46_000);
            Call picked = rig.sbc.agent.call(
                    TEAMS, PILOT, rig.toTrunk(), colleague, w -> w.add(SipHeader.REPLACES, early), rig.sbc.notes());
            await().until(() -> picked.state() == Call.State.ESTABLISHED);
            rig.sbc.saw("CANCEL");
            rig.acd.saw("answered");
            assertThat(rig.sbc.last("CANCEL").first(SipHeader.REASON)).contains("cause=200");
            assertThat(queue.remote().bodyText()).isEqualTo(colleague);
            assertThat(picked.remote().bodyText()).isEqualTo(Rig.OFFER);
            picked.hangup();
            rig.acd.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
        }
    }

    @Test
    @Conformance({"DR-30", "DR-68"})
    void acdThatConsultedIsReplacedByWhomItConsulted() throws Exception {
        try (Rig rig = rig(Map.of())) {
            Call customer = up(rig);
            rig.sbc.onCall = c -> {
                c.ring(180, "Ringing", "");
                c.answer(Rig.sdp("expert", 51_000));
            };
            Call consult = rig.acd.call(CALLER, "sip:+4930555722@host");
            rig.acd.saw("answered");
            await().until(() -> consult.state() == Call.State.ESTABLISHED && rig.dialogs() == 2);
            String named = replaces(consult, "").replace(";", "%3B").replace("=", "%3D");
            rig.acd
                    .calls
                    .get(0)
                    .request(
                            "REFER",
                            w -> w.add("Refer-To", "<" + "sip:+4930555722@host?Replaces=" + named + ">"),
                            noting);
            rig.acd.saw("NOTIFY SIP/2.0 200 OK | terminated;reason=noresource");
            await().until(() -> rig.sbc.messages.stream()
                    .filter(m -> m.toString().startsWith("INVITE"))
                    .anyMatch(m -> m.bodyText().equals(Rig.sdp("expert", 51_000)))); // the customer hears the expert
            await().until(() -> rig.sbc.messages.stream()
                            .filter(m -> m.toString().startsWith("INVITE"))
                            .filter(m -> m.bodyText().equals(Rig.OFFER))
                            .count()
                    >= 2); // and the expert the customer
            assertThat(rig.sbc.messages).noneMatch(m -> m.has(SipHeader.REPLACES) || m.has(SipHeader.REFER_TO));
            rig.acd.calls.get(0).hangup();
            consult.hangup();
            await().until(() -> rig.trunk.calls() == 1);
            assertThat(customer.state()).isEqualTo(Call.State.ESTABLISHED);
            customer.hangup();
            rig.sbc.saw("BYE");
            await().until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);
            assertThat(rig.transfers().stream().filter(t -> t.step() == TransferStep.COMPLETED))
                    .hasSize(1);
        }
    }

    @Test
    @Conformance({"DR-64", "DR-63"})
    void inviteThatComesBackForATransferIsAPartOfIt() throws Exception {
        try (Rig rig = rig(Map.of("transferTakeMs", 100))) {
            rig.acd.call(CALLER, "sip:+4930555711@host");
            rig.acd.saw("answered");
            rig.sbc.saw("ACK");
            Call agent = rig.sbc.calls.get(0);
            String by = TransferTest.REFERRED_BY;
            String target = "sip:+4930777@sip.pstnhub.microsoft.com:5061;user=phone";
            rig.sbc.onCall = c -> {
                String uri = c.remote().requestUri();
                if (uri.equals(target)) {
                    c.ring(180, "Ringing", "");
                    rig.sbc.call(TEAMS, "sip:+4930777@host", w -> w.add(SipHeader.REFERRED_BY, by));
                } else {
                    c.reject(486, "Busy Here", w -> {}); // the carrier's number, behind the hairpin
                }
            };
            agent.request("REFER", w -> w.add("Refer-To", "<" + target + ">").add("Referred-By", by), noting);
            rig.sbc.saw("rejected 486");
            Call triggered = rig.sbc.calls.stream()
                    .filter(c -> c.remote() != null && c.remote().requestUri().equals(target))
                    .findFirst()
                    .orElseThrow();
            triggered.reject(486, "Busy Here", w -> {}); // what Teams makes of it
            rig.sbc.saw("NOTIFY SIP/2.0 486 Busy Here | terminated;reason=noresource");
            assertThat(rig.kinds()).containsExactly(CallEvents.Kind.OFFERED, CallEvents.Kind.ESTABLISHED);
            assertThat(rig.transfers())
                    .filteredOn(t -> t.step() == TransferStep.FAILED)
                    .singleElement()
                    .satisfies(t -> assertThat(t.status()).isEqualTo(486));
            assertThat(agent.state()).isEqualTo(Call.State.ESTABLISHED);
            assertThat(rig.trunk.calls()).isEqualTo(1);
        }
    }

    @Test
    void acdThatNeedsReliableRingingGetsIt() throws Exception {
        try (Rig rig = rig(Map.of())) {
            var ringing = new java.util.concurrent.CompletableFuture<Call>();
            rig.sbc.onCall = c -> {
                c.ring(180, "Ringing", "");
                ringing.complete(c);
            };
            Call call = rig.acd.call(CALLER, "sip:+4930555711@host", w -> w.add(SipHeader.REQUIRE, "100rel"));
            rig.acd.saw("180");
            SipMessage first = rig.acd.last("SIP/2.0 180");
            long rseq = ClientTransaction.rseq(first);
            assertThat(rseq).isPositive();
            assertThat(rig.sbc.last("INVITE").has(SipHeader.REQUIRE)).isFalse();
            call.prack(first, noting);
            await().until(() -> answers.contains(200));
            call.request("UPDATE", w -> w.add(SipHeader.P_ASSERTED_IDENTITY, "<sip:7@acd>"), noting);
            await().until(() -> answers.size() == 2);
            assertThat(responses.get(1).status()).as("RFC 3311 section 5.2").isEqualTo(200);
            assertThat(responses.get(1).has(SipHeader.CONTACT)).isTrue();
            call.request("UPDATE", w -> w.body("application/sdp", Rig.OFFER), noting);
            await().until(() -> answers.size() == 3);
            assertThat(responses.get(2).status()).as("media before an answer").isEqualTo(500);
            assertThat(responses.get(2).has(SipHeader.RETRY_AFTER)).isTrue();
            ringing.get().answer(Rig.ANSWER);
            rig.acd.saw("answered");
        }
    }

    /** RFC 3262 section 3: the INVITE is refused, the phone stops to ring and nothing of the call is left. */
    @Test
    void callerWhoDoesNotAcknowledgeItsRingingIsRefused() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.onCall = c -> c.ring(180, "Ringing", "");
            rig.acd.call(CALLER, "sip:+4930555711@host", w -> w.add(SipHeader.REQUIRE, "100rel"));
            await().atMost(java.time.Duration.ofSeconds(15)).until(() -> rig.acd.log.contains("rejected 504"));
            rig.sbc.saw("CANCEL");
            assertThat(rig.kinds()).containsExactly(CallEvents.Kind.OFFERED, CallEvents.Kind.FAILED);
            await().until(() -> rig.trunk.calls() == 0);
        }
    }

    /** RFC 4028 sections 7.3, 7.4 and 10: what was refused has refreshed nothing, so it does not wait for half an interval. */
    @Test
    void refusedRefreshIsTriedAgainWithALongerIntervalAndSoonAfterGlare() throws Exception {
        try (Rig rig = rig(Map.of())) {
            List<Long> at = new CopyOnWriteArrayList<>();
            rig.sbc.onRequest = t -> {
                if (!"INVITE".equals(t.request().methodText())) {
                    return null;
                }
                at.add(System.nanoTime());
                return switch (at.size()) {
                    case 1 ->
                        t.response(422, "Session Interval Too Small")
                                .add(SipHeader.MIN_SE, 120)
                                .build();
                    case 2 -> t.response(491, "Request Pending").build();
                    default -> null;
                };
            };
            // a caller that knows no timers leaves the refreshing to the host, every four seconds here
            rig.sbc.call(CALLER, PILOT, w -> w.add(SipHeader.SESSION_EXPIRES, "8"));
            rig.sbc.saw("answered");
            await().until(() -> at.size() == 3);
            assertThat(at.get(1) - at.get(0)).isLessThan(1_000_000_000L);
            assertThat(at.get(2) - at.get(1)).isLessThan(3_000_000_000L);
            assertThat(rig.sbc.messages.stream()
                            .filter(m -> m.toString().startsWith("INVITE"))
                            .map(m -> m.first(SipHeader.SESSION_EXPIRES)))
                    .containsExactly("8;refresher=uac", "120;refresher=uac", "120;refresher=uac");
            assertThat(rig.trunk.calls()).isEqualTo(1);
        }
    }

    @Test
    void reliableRingingOfTheAcdIsAcknowledged() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.acd.onCall = c -> c.ringReliably(183, "Session Progress", Rig.ANSWER);
            rig.acd.onPrack = c -> c.answer(Rig.ANSWER);
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("183");
            rig.acd.saw("PRACK");
            rig.sbc.saw("answered");
            assertThat(rig.acd.last("INVITE").all(SipHeader.SUPPORTED)).contains("100rel");
            assertThat(rig.sbc.last("SIP/2.0 183").has(SipHeader.RSEQ)).isFalse();
            assertThat(rig.sbc.last("SIP/2.0 183").bodyText()).isEqualTo(Rig.ANSWER);
        }
    }

    @Test
    @Conformance("DR-31")
    void callerWithoutOfferIsGivenOneTowardTheSbcAndItsAnswerFollows() throws Exception {
        try (Rig rig = rig(Map.of())) {
            String late = Rig.sdp("queue", 47_000);
            Call call = rig.acd.agent.call(CALLER, "sip:+4930555711@host", rig.toTrunk(), "", w -> {}, rig.acd.notes());
            call.answerLate(late);
            await().until(() -> call.state() == Call.State.ESTABLISHED);
            assertThat(rig.sbc.messages.get(0).bodyText()).contains("m=audio").contains("a=inactive");
            assertThat(call.remote().bodyText()).isEqualTo(Rig.ANSWER); // the real offer, for the ACD to answer
            await().until(() -> count(rig.sbc, "INVITE") == 2);
            assertThat(rig.sbc.last("INVITE").toTag()).isNotNull();
            assertThat(rig.sbc.last("INVITE").bodyText()).isEqualTo(late); // what came in the ACD's ACK
        }
    }

    @Test
    @Conformance("DR-35")
    void earlyMediaOfTheSbcIsPlainRingingByOption() throws Exception {
        try (Rig rig = rig(Map.of("suppress183", true))) {
            rig.sbc.onCall = c -> c.ring(183, "Session Progress", Rig.ANSWER);
            Call call = rig.acd.call(CALLER, "sip:+4930555711@host");
            rig.acd.saw("180");
            assertThat(rig.acd.log).doesNotContain("183");
            assertThat(rig.acd.last("SIP/2.0 180").hasBody()).isFalse();
            call.hangup();
        }
    }

    @Test
    @Conformance("DR-37")
    void onlyACallForTheMailboxSaysSo() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP)) {
            try (var flow = rig.decide(q -> new InviteAnswer.ToSbc(
                    q.toUser().endsWith("1")
                            ? "voicemail:+4930555711"
                            : "sip:+4930555712@teams.example;opaque=app:voicemail;user=phone",
                    Side.TEAMS,
                    "x"))) {
                rig.acd.call(CALLER, "sip:1@host");
                rig.sbc.saw("INVITE");
                assertThat(rig.sbc.last("INVITE").requestUri()).endsWith(";opaque=app:voicemail");
                rig.acd.call(CALLER, "sip:2@host");
                await().until(() -> count(rig.sbc, "INVITE") == 2);
                assertThat(rig.sbc.last("INVITE").requestUri()).isEqualTo("sip:+4930555712@teams.example;user=phone");
                assertThat(flow).isNotNull();
            }
        }
    }

    @Test
    @Conformance("DR-38")
    void instantAnswerWithoutRingingIsFlagged() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.onCall = c -> c.answer(Rig.ANSWER);
            rig.acd.call(CALLER, "sip:+4930555711@host");
            rig.acd.saw("answered");
            assertThat(rig.bus.data(CallEvents.Call.class))
                    .filteredOn(e -> e.kind() == CallEvents.Kind.ESTABLISHED)
                    .singleElement()
                    .satisfies(e -> assertThat(e.cause()).isEqualTo("suspected-voice-app"));
        }
    }

    @Test
    void emergencyPassesLimitsAndFlowsAndKeepsItsLocation() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP, Map.of("maxCalls", 1))) {
            up(rig);
            rig.bus.full(true);
            String body = "--b\r\nContent-Type: application/sdp\r\n\r\n" + Rig.OFFER
                    + "\r\n--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <l@h>\r\n\r\n<presence/>\r\n--b--\r\n";
            rig.acd.agent.call(
                    CALLER,
                    "sip:112@host",
                    rig.toTrunk(),
                    "",
                    w -> w.add("Geolocation", "<cid:l@h>;routing-allowed=yes")
                            .add("Priority", "emergency")
                            .body("multipart/mixed;boundary=b", body),
                    rig.acd.notes());
            rig.sbc.saw("INVITE");
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.requestUri()).startsWith("sip:112@");
            assertThat(invite.first("Geolocation")).isEqualTo("<cid:l@h>;routing-allowed=yes");
            assertThat(invite.bodyText()).isEqualTo(body);
        }
    }

    @Test
    @Conformance("DR-98")
    void numberMetTooOftenOnTheWayEndsTheCall() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(TEAMS, PILOT, w -> {
                for (int i = 1; i <= 4; i++) {
                    w.add(SipHeader.HISTORY_INFO, "<" + PILOT + ">;index=1." + i);
                }
            });
            rig.sbc.saw("rejected 482");
        }
    }

    @Test
    @Conformance({"DR-45", "DR-46"})
    void divertedAndWithheldCallersReachTheAcdAsItKnowsThem() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(
                    "sip:anonymous@anonymous.invalid",
                    PILOT,
                    w -> w.add(
                                    SipHeader.HISTORY_INFO,
                                    "<sip:+1425@h;user=phone?Reason=SIP%3Bcause%3D302>;index=1, <" + PILOT
                                            + ">;index=1.1")
                            .add(SipHeader.P_ASSERTED_IDENTITY, "<tel:+441273652000>")
                            .add(SipHeader.PRIVACY, "id"));
            rig.sbc.saw("answered");
            SipMessage invite = rig.acd.last("INVITE");
            assertThat(invite.first("Diversion")).isEqualTo("<sip:+1425@h;user=phone>;reason=unconditional;counter=1");
            assertThat(invite.first(SipHeader.FROM)).contains("sip:anonymous@anonymous.invalid");
            assertThat(invite.first(SipHeader.P_ASSERTED_IDENTITY)).isEqualTo("<tel:+441273652000>");
            assertThat(invite.first(SipHeader.PRIVACY)).isEqualTo("id");
            assertThat(rig.bus.data(CallEvents.Call.class).get(0).calling()).isEqualTo("+441273652000");
        }
    }

    @Test
    @Conformance({"DR-44", "DR-69"})
    void fullTrunkAnswers503WithRetryAfterAndCause() throws Exception {
        try (Rig rig = new Rig(Protocol.UDP, Map.of("maxCalls", 1))) {
            up(rig);
            rig.sbc.call(TEAMS, PILOT);
            rig.sbc.saw("rejected 503");
            SipMessage no = rig.sbc.last("SIP/2.0 503");
            assertThat(no.has(SipHeader.RETRY_AFTER)).isTrue();
            assertThat(no.first(SipHeader.REASON)).startsWith("Q.850;cause=");
        }
    }

    @Test
    @Conformance({"DR-39", "DR-43"})
    void refusalsOfTeamsReachTheAcdAndAreNotTriedElsewhere() throws Exception {
        try (Rig rig = rig(Map.of())) {
            for (int status : List.of(486, 600, 603, 404, 484, 403)) {
                rig.sbc.onCall = c -> c.reject(status, "No", w -> {});
                rig.acd.call(CALLER, "sip:+4930555711@host");
                rig.acd.saw("rejected " + status);
            }
            assertThat(count(rig.sbc, "INVITE")).isEqualTo(6);
        }
    }

    @Test
    void redirectModeSendsTheCallerOn() throws Exception {
        try (Rig rig = rig(Map.of("mode", "redirect"))) {
            rig.sbc.call(CALLER, PILOT);
            rig.sbc.saw("rejected 302");
            assertThat(rig.sbc.last("SIP/2.0 302").first(SipHeader.CONTACT)).contains("sip:600@127.0.0.1");
            await().until(() -> rig.trunk.calls() == 0);
            assertThat(rig.acd.log).isEmpty();
        }
    }

    @Test
    void unknownSchemesAndExtensionsAreRefusedAsTheStandardSays() throws Exception {
        try (Rig rig = rig(Map.of())) {
            rig.sbc.call(CALLER, "nobodyKnowsThisScheme:totallyopaque");
            rig.sbc.saw("rejected 416"); // RFC 4475 section 3.3.2
            rig.sbc.call(
                    CALLER, PILOT, w -> w.add(SipHeader.REQUIRE, "nothingSupportsThis, nothingSupportsThisEither"));
            rig.sbc.saw("rejected 420"); // RFC 4475 section 3.3.5
            assertThat(rig.sbc.last("SIP/2.0 420").all(SipHeader.UNSUPPORTED)).hasSize(2);
            assertThat(rig.kinds()).isEmpty();
        }
    }
}
