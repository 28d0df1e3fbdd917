package org.jackfield.mediation.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.event.PresenceEvents.Intent;
import org.jackfield.mediation.correlation.CallMemory;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Table;
import org.jackfield.plugin.Trunk;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediationTest {
    @TempDir
    Path etc;

    private Desk desk;

    @BeforeEach
    void open() {
        desk = new Desk(etc);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aBreakBecomesAnIntentAndComingBackClearsIt() {
        desk.acd("anna", AgentState.READY);
        List<Intent> intents = desk.presence.toTeams(desk.acd("anna", AgentState.NOT_READY, "break"));
        assertThat(intents)
                .containsExactly(new Intent(
                        "anna",
                        "11111111-1111-1111-1111-000000004711",
                        "Away",
                        "Away",
                        Duration.ofHours(1),
                        "not ready: break"));
        assertThat(desk.presence.toTeams(desk.acd("anna", AgentState.READY)))
                .singleElement()
                .matches(Intent::clears);
    }

    @Test
    void doNotDisturbBecomesARequest() {
        desk.acd("ben", AgentState.READY);
        assertThat(desk.presence.toAcd(desk.teams("ben", "DoNotDisturb", "DoNotDisturb")))
                .containsExactly(new Acd.SetAgentState("ben", AgentState.NOT_READY, "TEAMS_DND"));
    }

    @Test
    void aHoldDownReachesTheFlowsAsACheckAndNotBefore() {
        desk.acd("ben", AgentState.READY);
        assertThat(desk.presence.toAcd(desk.teams("ben", "Away", "Away"))).isEmpty();
        assertThat(desk.pass(Duration.ofSeconds(29))).isEmpty();
        assertThat(desk.bus.data(PresenceEvents.Recheck.class)).isEmpty();
        assertThat(desk.pass(Duration.ofSeconds(2)))
                .containsExactly(new Acd.SetAgentState("ben", AgentState.NOT_READY, "TEAMS_AWAY"));
        assertThat(desk.bus.data(PresenceEvents.Recheck.class)).hasSize(1);
    }

    @Test
    void nothingIsToldWhenACheckFindsNothingToWrite() {
        desk.acd("ben", AgentState.READY);
        desk.presence.toAcd(desk.teams("ben", "Away", "Away"));
        desk.presence.toAcd(desk.teams("ben", "Available", "Available"));
        desk.pass(Duration.ofMinutes(5));
        assertThat(desk.bus.data(PresenceEvents.Recheck.class)).isEmpty();
    }

    @Test
    void aWriteWhoseResultNeverComesIsAskedForAgain() {
        desk.acd("ben", AgentState.READY);
        desk.presence.toAcd(desk.teams("ben", "DoNotDisturb", "DoNotDisturb"));
        assertThat(desk.pass(Duration.ofSeconds(31)))
                .containsExactly(new Acd.SetAgentState("ben", AgentState.NOT_READY, "TEAMS_DND"));
    }

    @Test
    void memorySurvivesARestart() {
        desk.acd("anna", AgentState.READY);
        desk.teams("anna", "Available", "Available");
        desk.presence.toTeams(desk.acd("anna", AgentState.NOT_READY, "break"));
        desk.publish(Origin.TEAMS, new PresenceEvents.Applied("anna", "u", "Away", "Away", "applied", 200, null));
        desk.presence.toAcd(desk.teams("ben", "Available", "Available"));
        desk.acd("ben", AgentState.READY);
        desk.presence.toAcd(desk.teams("ben", "DoNotDisturb", "DoNotDisturb"));
        desk.acd("ben", AgentState.NOT_READY);
        desk.call(Kind.QUEUED, "c1", "7", null, null);
        desk.pass(Duration.ofMillis(100));
        desk.state.close();

        var next = new Desk(etc, new ManualTimers(), desk.bus, Map.of());
        assertThat(next.overview.agents("demo"))
                .filteredOn(now -> now.agent().id().equals("anna"))
                .singleElement()
                .matches(now -> "Away/Away".equals(now.shownByHost()) && now.state() == AgentState.NOT_READY);
        assertThat(next.overview.calls("demo")).hasSize(1);
        assertThat(next.presence.toTeams(next.acd("anna", AgentState.READY)))
                .singleElement()
                .matches(Intent::clears);
        assertThat(next.presence.toAcd(next.teams("ben", "Available", "Available")))
                .containsExactly(new Acd.SetAgentState("ben", AgentState.READY, "TEAMS_AVAILABLE"));
        next.close();
    }

    @Test
    void theAgentTableFollowsTheAcd() {
        desk.acd("anna", AgentState.READY);
        desk.acd("anna", AgentState.BUSY);
        desk.pass(Duration.ofMillis(100));
        AgentRow row = desk.bus.table("agent", AgentRow.class).get(new Table.Key("demo", "anna"));
        assertThat(row).isNotNull();
        assertThat(row.state()).isEqualTo(AgentState.BUSY);
    }

    @Test
    void aFullSpoolDelaysTablesAndLosesNoDecision() {
        desk.acd("anna", AgentState.READY);
        Event away = desk.acd("anna", AgentState.NOT_READY, "break");
        desk.bus.full(true);
        assertThat(desk.presence.toTeams(away)).hasSize(1);
        desk.pass(Duration.ofSeconds(3));
        desk.bus.full(false);
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.bus.table("agent", AgentRow.class).get(new Table.Key("demo", "anna")))
                .isNotNull();
    }

    @Test
    void theHostIsNotReadyBeforeTheTablesAreWhole() {
        desk.close();
        desk.bus.complete("presence", false);
        var late = new Desk(etc, new ManualTimers(), desk.bus, Map.of());
        assertThat(late.state.required()).isTrue();
        assertThat(late.state.status().works()).isFalse();
        desk.bus.complete("presence", true);
        late.pass(Duration.ofSeconds(1));
        assertThat(late.state.status().state()).isEqualTo(Status.State.UP);
        late.close();
    }

    @Test
    void theLongestIdleAgentIsSelectedAndKept() {
        for (String agent : List.of("carla", "anna", "ben")) {
            desk.acd(agent, AgentState.READY);
            desk.pass(Duration.ofSeconds(1));
        }
        assertThat(selected(desk.route("c1"))).isEqualTo("carla");
        assertThat(selected(desk.route("c2"))).isEqualTo("anna");
        assertThat(selected(desk.route("c2"))).as("the same question again").isEqualTo("anna");
        assertThat(selected(desk.route("c3"))).isEqualTo("ben");
        assertThat(desk.route("c4"))
                .isEqualTo(new Acd.RouteAnswer.End("nobody for queue 600: 3 ready but kept for other calls"));
        desk.pass(Duration.ofSeconds(21));
        assertThat(selected(desk.route("c4"))).isEqualTo("carla");
    }

    @Test
    void anAgentWhoIsRungIsNotPickedAndIsFreeWhenTheCallHasGone() {
        desk.acd("anna", AgentState.READY);
        desk.call(Kind.DELIVERED, "c1", "7", "4711", null);
        desk.pass(Duration.ofSeconds(60));
        assertThat(desk.route("c2")).isInstanceOf(Acd.RouteAnswer.End.class);
        desk.call(Kind.CLEARED, "c1", "7", "4711", null);
        assertThat(selected(desk.route("c2"))).isEqualTo("anna");
    }

    @Test
    void teamsPresenceDecidesUnlessTheHostCausedIt() {
        desk.acd("anna", AgentState.READY);
        desk.teams("anna", "DoNotDisturb", "DoNotDisturb");
        assertThat(desk.route("c1")).isEqualTo(new Acd.RouteAnswer.End("nobody for queue 600: 1 Teams DoNotDisturb"));
        desk.acd("ben", AgentState.READY);
        desk.acd("ben", AgentState.BUSY);
        desk.teams("ben", "Busy", "InACall");
        desk.acd("ben", AgentState.READY);
        assertThat(selected(desk.route("c2"))).isEqualTo("ben");
    }

    @Test
    void twoCallsNeverPickOneAgent() throws Exception {
        desk.acd("anna", AgentState.READY);
        desk.acd("ben", AgentState.READY);
        ExecutorService callers = Executors.newFixedThreadPool(8);
        List<Callable<Acd.RouteAnswer>> questions = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String call = "c" + i;
            questions.add(() -> desk.route(call));
        }
        List<String> picked = new ArrayList<>();
        for (var answer : callers.invokeAll(questions)) {
            if (answer.get() instanceof Acd.RouteAnswer.Select select) {
                picked.add(select.agent());
            }
        }
        callers.shutdownNow();
        assertThat(picked).containsExactlyInAnyOrder("anna", "ben");
    }

    @Test
    void anInviteGoesByTheRules() {
        var question = new Trunk.InviteQuestion(
                new LinkId("demo", "sip", "main"), "c1", Trunk.Side.CARRIER, "+4930123", "+4930555600", null, "x@y");
        assertThat(desk.router.invite(question)).isEqualTo(new Trunk.InviteAnswer.ToAcd("600", "rule +4930555600"));
    }

    @Test
    void aTransferFromTeamsIsTakenAndMoved() throws Exception {
        desk.call(Kind.ESTABLISHED, "c1", "7", "4711", null);
        Event asked = asked(Origin.TEAMS, "t1", "anna", "sip:expert", "+4930555990");
        assertThat(desk.transfers.fromTeams(asked)).containsExactly(new Trunk.TakeTransfer("t1"));
        assertThat(desk.transfers.fromAcd(asked)).isEmpty();
        assertThat(desk.transfers.move(asked)).isEqualTo(new Acd.SingleStepTransfer("c1", "7", "4711", "+4930555990"));
        assertThat(desk.transfers.bridge(asked, "no")).isEqualTo(new Trunk.BridgeTransfer("t1", "no"));
    }

    @Test
    void aTransferThatTheAcdCannotMakeSaysWhy() {
        Event asked = asked(Origin.TEAMS, "t1", "anna", "sip:expert", "+4930555990");
        assertThatThrownBy(() -> desk.transfers.move(asked))
                .isInstanceOf(CommandException.class)
                .hasMessage("the ACD has no connection of agent anna in call c1");
    }

    @Test
    void aTransferFromTheAcdCompletesWithItsReport() throws Exception {
        desk.call(Kind.ESTABLISHED, "c1", "7", "4711", null);
        Event asked = asked(Origin.OPERATOR, "t1", "anna", "4712", null);
        assertThat(desk.transfers.fromTeams(asked)).isEmpty();
        assertThat(desk.transfers.fromAcd(asked)).hasSize(1);
        desk.transfers.accepted(asked).forEach(step -> desk.publish(Origin.OPERATOR, step));
        assertThat(desk.transfers.fromAcd(asked)).as("the same event again").isEmpty();
        Event seen = desk.call(Kind.TRANSFERRED, "c1", "7", "4711", "4712");
        List<CallEvents.Transfer> told = desk.transfers.seen(seen);
        assertThat(told)
                .singleElement()
                .matches(t -> t.step() == TransferStep.COMPLETED && t.transfer().equals("t1"));
        told.forEach(step -> desk.publish(Origin.ACD, step));
        assertThat(desk.transfers.seen(seen)).as("the same event again").isEmpty();
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.bus.data(CallEvents.Transfer.class))
                .filteredOn(t -> t.step() == TransferStep.FAILED)
                .isEmpty();
    }

    @Test
    void anAcceptedTransferThatIsNeverReportedFailsOnce() throws Exception {
        desk.call(Kind.ESTABLISHED, "c1", "7", "4711", null);
        Event asked = asked(Origin.ACD, "t1", "anna", "4712", null);
        desk.transfers.accepted(asked).forEach(step -> desk.publish(Origin.ACD, step));
        desk.pass(Duration.ofMinutes(2));
        assertThat(desk.bus.data(CallEvents.Transfer.class))
                .filteredOn(t -> t.step() == TransferStep.FAILED)
                .singleElement()
                .matches(t -> "the ACD reported no transfer within 30 s".equals(t.reason()));
    }

    /** An event of the ACD as a link gives it, twice through the flow, which publishes what the bean says. */
    private void flow(Kind kind, String leg, String acdCall, String to, String cause) {
        Event event = desk.publish(
                Origin.ACD,
                new CallEvents.Call(
                        kind, "c1", leg, acdCall, "acd", "+4930123", "600", "600", "anna", "4711", to, cause, "c1"));
        for (int i = 0; i < 2; i++) {
            List<CallEvents.Transfer> steps = desk.transfers.seen(event);
            assertThat(i == 0 || steps.isEmpty()).as("the same event again").isTrue();
            steps.forEach(step -> desk.publish(Origin.ACD, step));
        }
    }

    private void toldOnce(String kind, TransferStep end) throws Exception {
        List<CallEvents.Transfer> told = desk.bus.data(CallEvents.Transfer.class);
        assertThat(told).extracting(CallEvents.Transfer::step).containsExactly(TransferStep.REQUESTED, end);
        assertThat(told)
                .extracting(CallEvents.Transfer::transfer)
                .containsOnly(told.get(0).transfer());
        assertThat(told.get(1).kind()).isEqualTo(kind);
        Event requested = desk.bus.events().stream()
                .filter(event -> event.data().equals(told.get(0)))
                .findFirst()
                .orElseThrow();
        assertThat(desk.transfers.fromAcd(requested)).as("nobody's order").isEmpty();
        assertThat(desk.transfers.consult(requested)).isEmpty();
        assertThat(desk.transfers.complete(requested)).isEmpty();
        assertThat(desk.transfers.cancel(requested)).isEmpty();
        assertThat(desk.transfers.fromTeams(requested)).isEmpty();
        assertThat(desk.transfers.accepted(requested)).isEmpty();
        assertThat(desk.transfers.failed(requested, "x")).isEmpty();
        desk.pass(Duration.ofMinutes(2));
        assertThat(desk.bus.data(CallEvents.Transfer.class)).hasSize(2);
    }

    @Test
    @Conformance("ACD-29")
    void aBlindTransferThatTheAcdMakesHasEachStepOnce() throws Exception {
        flow(Kind.ESTABLISHED, "7", "7", null, "newCall");
        flow(Kind.TRANSFERRED, "7", "8", "4712", "singleStepTransfer");
        toldOnce("blind", TransferStep.COMPLETED);
    }

    @Test
    @Conformance("ACD-29")
    void aConsultationThatTheAcdMakesAndCompletesHasEachStepOnce() throws Exception {
        flow(Kind.ESTABLISHED, "7", "7", null, "newCall");
        flow(Kind.HELD, "7", "7", null, "consultation");
        flow(Kind.TRANSFERRED, "7", "9", "4712", "transfer");
        toldOnce("consult", TransferStep.COMPLETED);
    }

    @Test
    @Conformance("ACD-29")
    void aConsultationOfAsteriskWhichTellsOnlyItsEndHasEachStepOnce() throws Exception {
        flow(Kind.ESTABLISHED, "1.1", "1.1", null, null);
        flow(Kind.TRANSFERRED, "1.2", "1.1", "4712", "transfer");
        toldOnce("consult", TransferStep.COMPLETED);
    }

    @Test
    @Conformance("ACD-29")
    void aConsultationThatIsTakenBackHasEachStepOnce() throws Exception {
        flow(Kind.ESTABLISHED, "7", "7", null, "newCall");
        flow(Kind.HELD, "7", "7", null, "consultation");
        flow(Kind.RETRIEVED, "7", "7", null, "normal");
        toldOnce("consult", TransferStep.FAILED);
    }

    @Test
    @Conformance("ACD-29")
    void aConferenceHasEachStepOnce() throws Exception {
        flow(Kind.ESTABLISHED, "7", "7", null, "newCall");
        flow(Kind.HELD, "7", "7", null, "consultation");
        flow(Kind.CONFERENCED, "7", "9", null, "conference");
        toldOnce("conference", TransferStep.COMPLETED);
    }

    @Test
    @Conformance("ACD-29")
    void aConsultationThatWasAskedForIsNotToldASecondTime() throws Exception {
        flow(Kind.ESTABLISHED, "7", "7", null, "newCall");
        Event asked = desk.publish(
                Origin.OPERATOR,
                new CallEvents.Transfer(
                        TransferStep.REQUESTED, "c1", "t1", "consult", null, "anna", "4712", null, null, 0, null));
        assertThat(desk.transfers.consult(asked)).hasSize(1);
        desk.transfers.accepted(asked).forEach(step -> desk.publish(Origin.OPERATOR, step));
        flow(Kind.HELD, "7", "7", null, "consultation");
        flow(Kind.TRANSFERRED, "7", "9", "4712", "transfer");
        assertThat(desk.bus.data(CallEvents.Transfer.class))
                .extracting(CallEvents.Transfer::step)
                .containsExactly(TransferStep.REQUESTED, TransferStep.ACCEPTED, TransferStep.COMPLETED);
    }

    @Test
    void anUnknownAgentIsReportedOnce() {
        desk.acd("zoe", AgentState.READY);
        desk.acd("zoe", AgentState.BUSY);
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.bus.data(LinkEvents.Refused.class))
                .containsExactly(
                        new LinkEvents.Refused("agent/zoe", "unknown agent", "zoe", "a line in etc/agents-demo.csv"));
        assertThat(desk.presence.toTeams(desk.acd("zoe", AgentState.NOT_READY))).isEmpty();
    }

    @Test
    void anAgentWhoseLineComesLaterIsTakenInAtOnce() throws Exception {
        desk.acd("zoe", AgentState.NOT_READY, "break");
        Path file = etc.resolve("agents-demo.csv");
        Files.writeString(
                file,
                Files.readString(file)
                        + "zoe,main,4719,600,11111111-1111-1111-1111-000000004719,zoe@demo.example,,desk\n");
        desk.dictionary.look();
        desk.dictionary.look();
        assertThat(desk.pass(Duration.ofSeconds(1))).singleElement().isInstanceOf(Intent.class);
    }

    @Test
    void whatIsWantedIsOnTheBusWithItsCauseBeforeItIsTried() {
        desk.acd("anna", AgentState.READY);
        var pause = desk.acd("anna", AgentState.NOT_READY, "break");
        List<Intent> intents = desk.presence.toTeams(pause);
        assertThat(desk.bus.data(Intent.class)).isEqualTo(intents);
        desk.acd("ben", AgentState.READY);
        var disturbed = desk.teams("ben", "DoNotDisturb", "DoNotDisturb");
        desk.presence.toAcd(disturbed);
        assertThat(desk.bus.data(AgentEvents.StateRequested.class))
                .containsExactly(new AgentEvents.StateRequested("ben", AgentState.NOT_READY, "TEAMS_DND"));
        assertThat(desk.bus.events())
                .filteredOn(e -> e.data() instanceof Intent || e.data() instanceof AgentEvents.StateRequested)
                .extracting(e -> e.causationId())
                .containsExactly(pause.id(), disturbed.id());
    }

    @Test
    void anOperatorsOrderIsSeen() {
        desk.acd("ben", AgentState.READY);
        desk.presence.toAcd(desk.teams("ben", "DoNotDisturb", "DoNotDisturb"));
        desk.acd("ben", AgentState.NOT_READY);
        desk.publish(Origin.OPERATOR, new AgentEvents.StateRequested("ben", AgentState.READY, null));
        assertThat(desk.presence.toAcd(desk.acd("ben", AgentState.READY))).isEmpty();
    }

    @Test
    void whatAnObservingLinkDidNotWriteIsToldAgainWhenALinkComesUp() {
        desk.acd("anna", AgentState.READY);
        desk.presence.toTeams(desk.acd("anna", AgentState.NOT_READY, "break"));
        desk.publish(Origin.HOST, new PresenceEvents.Applied("anna", "u", "Away", "Away", "observed", 0, null));
        assertThat(desk.pass(Duration.ofMinutes(5))).isEmpty();
        desk.publish(Origin.HOST, new LinkEvents.Changed("teams:main", "up", "Graph answers"));
        assertThat(desk.pass(Duration.ofSeconds(1))).singleElement().isInstanceOf(Intent.class);
    }

    @Test
    void aDiversionFromTheQueueKeepsTheAgentForItsCall() {
        desk.acd("anna", AgentState.READY);
        assertThat(selected(desk.route("c1"))).isEqualTo("anna");
        desk.call(Kind.QUEUED, "c1", "7", "600", null);
        desk.call(Kind.DIVERTED, "c1", "7", "600", null);
        desk.call(Kind.DELIVERED, "c1", "7", "4711", null);
        assertThat(desk.route("c2")).isInstanceOf(Acd.RouteAnswer.End.class);
        desk.call(Kind.DIVERTED, "c1", "7", "4711", null);
        assertThat(selected(desk.route("c2"))).isEqualTo("anna");
    }

    @Test
    void idsOfOneCallAreLinked() {
        desk.call(Kind.OFFERED, "7", "7", null, null);
        desk.call(Kind.DELIVERED, "c1", "7", "4711", null);
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.bus.data(CallEvents.Linked.class)).containsExactly(new CallEvents.Linked("c1", "7", "acdCall"));
    }

    @Test
    void endedCallsAreForgotten() {
        for (int i = 0; i < 100; i++) {
            desk.call(Kind.ESTABLISHED, "c" + i, "a" + i, "4711", null);
            desk.call(Kind.CLEARED, "c" + i, "a" + i, null, null);
        }
        assertThat(desk.overview.calls("demo")).isEmpty();
        desk.pass(Duration.ofMinutes(2));
        assertThat(desk.state.calls("demo")).isEmpty();
        assertThat(callRows().size()).isZero();
    }

    private Table<CallMemory> callRows() {
        return desk.bus.table("call", CallMemory.class);
    }

    @Test
    void aCallIsWrittenDownOnceItHasLastedForASecondAndUntilItsEnd() {
        var key = new Table.Key("demo", "c1");
        desk.call(Kind.ESTABLISHED, "c1", "a1", "4711", null);
        desk.pass(Duration.ofMillis(900));
        assertThat(callRows().get(key)).isNull();
        desk.pass(Duration.ofMillis(1_200));
        assertThat(callRows().get(key)).extracting(CallMemory::state).isEqualTo("established");
        desk.call(Kind.HELD, "c1", "a1", "4711", null);
        desk.pass(Duration.ofMillis(30));
        assertThat(callRows().get(key)).extracting(CallMemory::state).isEqualTo("held");
        desk.call(Kind.CLEARED, "c1", "a1", null, null);
        desk.pass(Duration.ofMillis(30));
        assertThat(callRows().get(key)).isNull();
    }

    @Test
    void aCallThatIsTransferredIsWrittenDownAtOnce() {
        desk.call(Kind.ESTABLISHED, "c1", "a1", "4711", null);
        desk.publish(
                Origin.TEAMS,
                new CallEvents.Transfer(
                        TransferStep.REQUESTED,
                        "c1",
                        "t1",
                        "blind",
                        "a1",
                        "anna",
                        "+4930555900",
                        "+4930555990",
                        null,
                        0,
                        null));
        desk.pass(Duration.ofMillis(30));
        assertThat(callRows().get(new Table.Key("demo", "c1")).transfers()).containsKey("t1");
    }

    @Test
    void anOrderlyEndWritesDownTheYoungestCallToo() {
        desk.call(Kind.ESTABLISHED, "c1", "a1", "4711", null);
        desk.close();
        assertThat(callRows().get(new Table.Key("demo", "c1"))).isNotNull();
    }

    @Test
    void oneTenantsAgentsAreNotAnothers() {
        desk.bus.publish(EventDraft.of(
                "other",
                "/csta/other/main",
                Origin.ACD,
                desk.clock.instant(),
                new AgentEvents.StateChanged("anna", null, AgentState.READY, null, null, null, List.of(), false)));
        assertThat(desk.route("c1")).isInstanceOf(Acd.RouteAnswer.End.class);
    }

    @Test
    void configurationFaultsShowAndTheRestWorks() {
        desk.close();
        var faulty = new Desk(
                etc,
                new ManualTimers(),
                Map.of(
                        "dnis",
                        "+4930555600:600, nonsense",
                        "presence.echo",
                        "soon",
                        "dnsi",
                        "x",
                        "controller",
                        "host"));
        assertThat(faulty.state.status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
        assertThat(faulty.state.status().sentence())
                .contains("in etc/org.jackfield.mediation.cfg")
                .contains("and 3 more");
        assertThat(faulty.meters
                        .counter("jackfield.input.refused", "place", "mediation", "reason", "configuration")
                        .count())
                .isEqualTo(4);
        faulty.close();
    }

    @Test
    void aTenantCanWantItsOwnRules() {
        desk.state.addOverride(new TenantOverride("demo", Map.of("dnis", "+49301:601")));
        var question = new Trunk.InviteQuestion(
                new LinkId("demo", "sip", "main"), "c1", Trunk.Side.CARRIER, null, "+49301", null, "x@y");
        assertThat(desk.router.invite(question)).isEqualTo(new Trunk.InviteAnswer.ToAcd("601", "rule +49301"));
    }

    private Event asked(Origin origin, String id, String agent, String target, String alias) {
        return desk.publish(
                origin,
                new CallEvents.Transfer(
                        TransferStep.REQUESTED, "c1", id, "blind", "leg@x", agent, target, alias, null, 0, null));
    }

    private static String selected(Acd.RouteAnswer answer) {
        return answer instanceof Acd.RouteAnswer.Select select ? select.agent() : answer.toString();
    }
}
