package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jackfield.teams.Bench.ANNA;
import static org.jackfield.teams.Bench.BEN;
import static org.jackfield.teams.Bench.clear;
import static org.jackfield.teams.Bench.settings;
import static org.jackfield.teams.Bench.want;

import java.time.Duration;
import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceWriterTest {
    private final Bench bench = new Bench();

    @BeforeEach
    void load() {
        bench.writer.load();
    }

    private List<String> outcomes() {
        return bench.bus.data(PresenceEvents.Applied.class).stream()
                .map(PresenceEvents.Applied::outcome)
                .toList();
    }

    private List<String> sent() {
        return bench.api.requests.stream()
                .map(r -> r.operation() + (r.pair() == null ? "" : " " + r.pair()))
                .toList();
    }

    @Test
    void anIntentIsWrittenAtOnceAndItsOutcomeNamesTheCause() throws Exception {
        Event cause = bench.cause("anna", AgentState.BUSY);

        var applied = bench.writer
                .submit(want(SessionPair.IN_A_CALL), cause, Duration.ofSeconds(5))
                .toCompletableFuture();

        assertThat(applied.get().outcome()).isEqualTo("applied");
        assertThat(applied.get().status()).isEqualTo(200);
        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.IN_A_CALL);
        Event outcome = bench.bus.events().get(bench.bus.events().size() - 1);
        assertThat(outcome.causationId()).isEqualTo(cause.id());
        assertThat(outcome.correlationId()).isEqualTo("call-1");
        assertThat(outcome.source()).isEqualTo("/teams/demo/main");
    }

    @Test
    @Conformance("GR-01")
    void aPairThatGraphWouldRefuseIsNotSent() {
        var wrong = new PresenceEvents.Intent("anna", ANNA, "Busy", "Busy", Duration.ofHours(1), "test");

        assertThatThrownBy(() -> bench.submit(wrong).get())
                .cause()
                .isInstanceOfSatisfying(CommandException.class, e -> {
                    assertThat(e.code()).isEqualTo("invalidPair");
                    assertThat(e.retryable()).isFalse();
                })
                .hasMessageContaining("Busy/Busy (expected: Available/Available");
        assertThat(bench.api.requests).isEmpty();
    }

    @Test
    @Conformance("GR-02")
    void anExpiryOutsideFiveMinutesToFourHoursIsNotSent() {
        for (String expiry : List.of("PT4M59S", "PT4H1S")) {
            var wrong = new PresenceEvents.Intent("anna", ANNA, "Away", "Away", Duration.parse(expiry), "test");
            assertThatThrownBy(() -> bench.submit(wrong).get())
                    .cause()
                    .hasMessage("expiry: " + expiry + " (expected: PT5M to PT4H)");
        }
        assertThat(bench.api.requests).isEmpty();
    }

    @Test
    @Conformance("GR-02")
    void everyWriteHasAnExpiryAlsoWhenTheIntentNamesNone() {
        bench.submit(new PresenceEvents.Intent("anna", ANNA, "Away", "Away", null, "test"));

        assertThat(bench.api.requests.get(0).expiry()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void presenceIsWrittenForAgentsOnly() {
        var expert = want("expert", "11111111-0000-4000-8000-00000000ffff", SessionPair.AWAY);

        assertThatThrownBy(() -> bench.submit(expert).get()).cause().hasMessageContaining("agent dictionary");
    }

    @Test
    @Conformance("GR-42")
    void whileOneWriteIsUnderWayTheNewestOfThoseBehindItWins() throws Exception {
        bench.api.slow = true;
        var first = bench.submit(want(SessionPair.AWAY));
        var second = bench.submit(want(SessionPair.IN_A_CALL));
        var third = bench.submit(want(SessionPair.PRESENTING));
        assertThat(sent()).containsExactly("set Away/Away");

        bench.api.answer();
        assertThat(sent()).containsExactly("set Away/Away", "set DoNotDisturb/Presenting");
        bench.api.answer();

        assertThat(first.get().outcome()).isEqualTo("applied");
        assertThat(second.get().outcome()).isEqualTo("superseded");
        assertThat(third.get().outcome()).isEqualTo("applied");
        assertThat(outcomes()).containsExactly("superseded", "applied", "applied");
    }

    @Test
    void anIntentFromBeforeTheNewestIsNotWritten() throws Exception {
        Event early = bench.cause("anna", AgentState.BUSY);
        Event late = bench.cause("anna", AgentState.READY);
        bench.writer.submit(want(SessionPair.AWAY), late, Duration.ofSeconds(5));

        var again = bench.writer.submit(want(SessionPair.IN_A_CALL), early, Duration.ofSeconds(5));

        assertThat(again.toCompletableFuture().get().outcome()).isEqualTo("superseded");
        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.AWAY);
    }

    @Test
    void clearingWhatWasNeverSetCostsNoRequest() throws Exception {
        assertThat(bench.submit(clear()).get().outcome()).isEqualTo("applied");
        assertThat(bench.api.requests).isEmpty();
    }

    @Test
    @Conformance("GR-05")
    void aSessionThatGraphHasForgottenIsAsGoodAsCleared() throws Exception {
        bench.submit(want(SessionPair.AWAY));
        bench.api.sessions.clear();

        var applied = bench.submit(clear()).get();

        assertThat(applied.outcome()).isEqualTo("applied");
        assertThat(applied.status()).isEqualTo(404);
        assertThat(bench.writer.held()).isZero();
    }

    @Test
    void whatIsHeldIsRenewedAtThreeQuartersOfItsExpiryUntilCleared() {
        bench.submit(want(SessionPair.IN_A_CALL));

        bench.timer.pass(Duration.ofMinutes(44));
        assertThat(bench.api.requests).hasSize(1);
        bench.timer.pass(Duration.ofMinutes(1));
        assertThat(bench.api.requests).hasSize(2);
        bench.timer.pass(Duration.ofMinutes(45));
        assertThat(bench.api.requests).hasSize(3);
        assertThat(outcomes()).as("renewals are not events").containsExactly("applied");

        bench.submit(clear());
        bench.timer.pass(Duration.ofHours(8));
        assertThat(sent().subList(3, sent().size())).containsExactly("clear");
    }

    @Test
    void aUserWhoIsNoAgentAnyMoreIsNotRenewed() {
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.directory.remove(ANNA);

        bench.timer.pass(Duration.ofHours(2));

        assertThat(bench.api.requests).hasSize(1);
        assertThat(bench.writer.held()).isZero();
    }

    @Test
    void aFailedWriteIsRepeatedWithBackOffAndAnswersPendingMeanwhile() throws Exception {
        bench.api.fault = r -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 503, null);
        var answer = bench.submit(want(SessionPair.IN_A_CALL));

        bench.timer.pass(Duration.ofSeconds(6));
        assertThat(answer.get().outcome()).isEqualTo("pending");
        assertThat(outcomes()).isEmpty();
        int tries = bench.api.requests.size();
        assertThat(tries).isBetween(2, 4);

        bench.api.fault = r -> null;
        bench.timer.pass(Duration.ofSeconds(40));
        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.IN_A_CALL);
        assertThat(outcomes()).containsExactly("applied");
    }

    @Test
    void afterAnOutageOnlyTheNewestIntentOfEachAgentIsWritten() {
        bench.api.fault = r -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 0, null);
        for (int i = 0; i < 20; i++) {
            bench.submit(want(i % 2 == 0 ? SessionPair.AWAY : SessionPair.IN_A_CALL));
            bench.submit(want("ben", BEN, i % 2 == 0 ? SessionPair.PRESENTING : SessionPair.AWAY));
            bench.timer.pass(Duration.ofSeconds(30));
        }
        bench.api.fault = r -> null;
        bench.api.requests.clear();

        bench.timer.pass(Duration.ofMinutes(1));

        assertThat(sent()).containsExactlyInAnyOrder("set Busy/InACall", "set Away/Away");
        assertThat(bench.api.sessions)
                .containsEntry(ANNA, SessionPair.IN_A_CALL)
                .containsEntry(BEN, SessionPair.AWAY);
        assertThat(bench.writer.unfinished()).isZero();
    }

    @Test
    void aWriteThatWaitedLongerThanItsExpiryIsDropped() {
        bench.noToken = FakeApi.failure(GraphFailure.Kind.NO_TOKEN, 401, null);
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.timer.pass(Duration.ofMinutes(61));
        bench.noToken = null;

        bench.timer.pass(Duration.ofMinutes(2));

        assertThat(bench.api.requests).isEmpty();
        assertThat(outcomes()).containsExactly("expired");
    }

    @Test
    void whatGraphRefusesFailsWithItsReasonAndIsNotRepeated() {
        bench.api.fault = r -> FakeApi.failure(GraphFailure.Kind.REFUSED, 404, null);

        assertThatThrownBy(() -> bench.submit(want(SessionPair.AWAY)).get())
                .cause()
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.code()).isEqualTo("code404"));
        bench.timer.pass(Duration.ofHours(2));

        assertThat(bench.api.requests).hasSize(1);
        assertThat(outcomes()).containsExactly("failed");
    }

    @Test
    @Conformance("GR-42")
    void a429HoldsAllAgentsBackForTheTimeItNames() {
        bench.api.fault = r -> bench.api.requests.size() == 1
                ? FakeApi.failure(GraphFailure.Kind.THROTTLED, 429, RetryAfter.of("2.128", bench.timer.now()))
                : null;
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.submit(want("ben", BEN, SessionPair.AWAY));

        bench.timer.pass(Duration.ofMillis(3000));
        assertThat(bench.api.requests).hasSize(1);
        bench.timer.pass(Duration.ofMillis(250));
        assertThat(bench.api.sessions).containsOnlyKeys(ANNA, BEN);
    }

    @Test
    void observingDecidesAndRecordsButWritesNothing() throws Exception {
        var observing = new Bench(settings(Mode.OBSERVE, 1500));
        observing.writer.load();

        assertThat(observing.submit(want(SessionPair.IN_A_CALL)).get().outcome())
                .isEqualTo("observed");
        assertThat(observing.api.requests).isEmpty();
        assertThat(observing.bus.data(PresenceEvents.Applied.class)).hasSize(1);
    }

    @Test
    void theKillSwitchWithdrawsWhatIsSetAndStopsWritingAlsoAfterARestart() throws Exception {
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.submit(want("ben", BEN, SessionPair.AWAY));

        var answer = bench.writer.turn(new Teams.KillSwitch(true, "drill"), Duration.ofSeconds(5));

        assertThat(answer.toCompletableFuture().get()).isEqualTo(new Teams.KillSwitchAnswer(true, 2, 0));
        assertThat(bench.api.sessions).isEmpty();
        assertThat(bench.bus.data(PresenceEvents.Applied.class))
                .filteredOn(applied -> "the kill switch withdrew it".equals(applied.error()))
                .extracting(PresenceEvents.Applied::agent)
                .containsExactlyInAnyOrder("anna", "ben");
        assertThat(bench.health.status().sentence()).contains("kill switch").contains("drill");
        assertThat(bench.submit(want(SessionPair.AWAY)).get().outcome()).isEqualTo("observed");

        PresenceWriter next = bench.writer();
        next.load();
        var after = next.submit(want(SessionPair.AWAY), null, Duration.ofSeconds(5));
        assertThat(after.toCompletableFuture().get().outcome()).isEqualTo("observed");
        next.turn(new Teams.KillSwitch(false, "over"), Duration.ofSeconds(5));
        next.submit(want(SessionPair.AWAY), null, Duration.ofSeconds(5));
        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.AWAY);
    }

    @Test
    void theKillSwitchAlsoWithdrawsWhatIsUnderWay() throws Exception {
        bench.api.slow = true;
        bench.submit(want(SessionPair.IN_A_CALL));

        var answer = bench.writer.turn(new Teams.KillSwitch(true, "drill"), Duration.ofSeconds(5));
        bench.api.answer();
        assertThat(answer.toCompletableFuture()).isNotDone();
        bench.api.answer();

        assertThat(answer.toCompletableFuture().get().left()).isZero();
        assertThat(bench.api.sessions).isEmpty();
    }

    @Test
    void aRestartedHostKnowsWhatItHasSetAndRenewsIt() throws Exception {
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.writer.close();
        bench.timer.pass(Duration.ofMinutes(30));

        PresenceWriter next = bench.writer();
        next.load();
        assertThat(next.held()).isEqualTo(1);
        bench.timer.pass(Duration.ofMinutes(15));
        assertThat(sent()).containsExactly("set Busy/InACall", "set Busy/InACall");

        next.submit(clear(), null, Duration.ofSeconds(5));
        assertThat(bench.api.sessions).isEmpty();
        PresenceWriter last = bench.writer();
        last.load();
        assertThat(last.held()).isZero();
    }

    @Test
    void whatWasNotWrittenBeforeARestartIsWrittenAfterIt() {
        bench.api.fault = r -> FakeApi.failure(GraphFailure.Kind.UNAVAILABLE, 503, null);
        Event cause = bench.cause("anna", AgentState.BUSY);
        bench.writer.submit(want(SessionPair.IN_A_CALL), cause, Duration.ofSeconds(5));
        bench.writer.close();
        bench.api.fault = r -> null;

        bench.writer().load();
        bench.timer.pass(Duration.ofSeconds(40));

        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.IN_A_CALL);
        Event outcome = bench.bus.events().get(bench.bus.events().size() - 1);
        assertThat(outcome.causationId()).isEqualTo(cause.id());
    }

    @Test
    void aSessionThatExpiredWhileTheHostWasAwayIsNotSetAgain() {
        bench.submit(want(SessionPair.IN_A_CALL));
        bench.writer.close();
        bench.timer.pass(Duration.ofHours(2));
        bench.api.requests.clear();

        PresenceWriter next = bench.writer();
        next.load();
        bench.timer.pass(Duration.ofHours(2));

        assertThat(next.held()).isZero();
        assertThat(bench.api.requests).isEmpty();
    }

    @Test
    void nothingIsSentBeforeTheTablesAreWhole() {
        var early = new Bench();
        early.submit(want(SessionPair.IN_A_CALL));
        assertThat(early.api.requests).isEmpty();

        early.writer.load();

        assertThat(early.api.sessions).containsEntry(ANNA, SessionPair.IN_A_CALL);
    }

    @Test
    void aFullSpoolCostsTheMemoryOfAWriteButNotTheWrite() throws Exception {
        bench.bus.full(true);

        assertThat(bench.submit(want(SessionPair.AWAY)).get().outcome()).isEqualTo("applied");
        assertThat(bench.api.sessions).containsEntry(ANNA, SessionPair.AWAY);
    }

    private static PresenceEvents.Intent onBreak(String preferred, String message) {
        return new PresenceEvents.Intent("anna", ANNA, "Away", "Away", Duration.ofHours(1), "test", preferred, message);
    }

    @Test
    void preferredStateAndMessageGoWithTheSessionAndEndWithIt() {
        bench.submit(onBreak("BeRightBack", "lunch"));
        assertThat(bench.api.requests).extracting(FakeApi.Request::operation).containsExactly("set", "prefer", "say");
        assertThat(bench.api.preferred).containsEntry(ANNA, PreferredPair.BE_RIGHT_BACK);
        assertThat(bench.api.messages).containsEntry(ANNA, "lunch");

        bench.timer.pass(Duration.ofMinutes(46));
        assertThat(bench.api.requests).extracting(FakeApi.Request::operation).endsWith("say", "set");

        bench.submit(Bench.clear());
        assertThat(bench.api.preferred).isEmpty();
        assertThat(bench.api.messages).containsEntry(ANNA, "");
        assertThat(bench.writer.unfinished()).isZero();
    }

    @Test
    void aPreferredStateThatIsTheUsersOwnIsLeftAlone() {
        bench.submit(onBreak("BeRightBack", null));
        bench.submit(new PresenceEvents.Intent("anna", ANNA, null, null, null, "test", "", null));

        assertThat(bench.api.preferred).containsEntry(ANNA, PreferredPair.BE_RIGHT_BACK);
        assertThat(bench.api.sessions).isEmpty();
    }

    @Test
    void aPreferredStateThatGraphWouldRefuseIsNotSent() {
        assertThat(bench.submit(onBreak("Presenting", null))).isCompletedExceptionally();
        assertThat(bench.api.requests).isEmpty();
    }

    /** The slot is the user's own: what the host puts there has an expiry, and only sessions are renewed. */
    @Test
    void aPreferredStateIsNotRenewedAndWhatStandsInItsPlaceAfterItsExpiryIsLeftAlone() {
        bench.submit(onBreak("BeRightBack", "lunch"));
        bench.timer.pass(Duration.ofHours(2));
        assertThat(bench.api.requests)
                .extracting(FakeApi.Request::operation)
                .containsExactly("set", "prefer", "say", "set", "set");
        bench.api.preferred.put(ANNA, PreferredPair.BUSY); // the user's choice since
        bench.api.messages.put(ANNA, "reading");

        bench.submit(Bench.clear());

        assertThat(bench.api.sessions).isEmpty();
        assertThat(bench.api.preferred).containsEntry(ANNA, PreferredPair.BUSY);
        assertThat(bench.api.messages).containsEntry(ANNA, "reading");
    }

    @Test
    void theKillSwitchTakesPreferredStateAndMessageAway() {
        bench.submit(onBreak("BeRightBack", "lunch"));
        bench.writer.turn(new org.jackfield.plugin.Teams.KillSwitch(true, "test"), Duration.ofSeconds(5));

        assertThat(bench.api.sessions).isEmpty();
        assertThat(bench.api.preferred).isEmpty();
        assertThat(bench.api.messages).containsEntry(ANNA, "");
    }
}
