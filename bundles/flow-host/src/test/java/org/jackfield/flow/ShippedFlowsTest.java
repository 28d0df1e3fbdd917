package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents.Transfer;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Teams;
import org.jackfield.plugin.Trunk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The very route files that ship, with the real decisions of mediation behind them and links that only write down. */
class ShippedFlowsTest {
    private static final Agent ANNA = new Agent(
            "demo",
            "anna",
            "main",
            "4711",
            List.of("600"),
            "u-anna",
            "anna@demo.example",
            "+4930555711",
            Agent.Endpoint.DESK);

    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final OfferPoint<Trunk.InviteQuestion, Trunk.InviteAnswer> invite =
            OfferPoint.create("invite", Trunk.InviteQuestion.class, Trunk.InviteAnswer.class, timer);
    private final OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer> route =
            OfferPoint.create("route", Acd.RouteQuestion.class, Acd.RouteAnswer.class, timer);
    private volatile Function<Command<?, ?>, CompletionStage<?>> answer =
            command -> CompletableFuture.completedFuture(usual(command));
    private FlowHarness host;
    private FakeLink csta;
    private FakeLink sip;
    private FakeLink teams;

    @BeforeEach
    void start() {
        host = new FlowHarness(folder);
        host.mediation(Map.of("dnis", "+4930555600:600", "teamsNumbers", "+4930555900"), ANNA);
        csta = link("csta", List.of(Acd.SET_AGENT_STATE, Acd.SINGLE_STEP_TRANSFER), List.of(route));
        sip = link("sip", List.of(Trunk.TAKE_TRANSFER, Trunk.BRIDGE_TRANSFER), List.of(invite));
        teams = link("teams", List.of(Teams.PRESENCE), List.of());
        List.of(csta, sip, teams).forEach(host.services::add);
    }

    @AfterEach
    void stop() {
        host.close();
        timer.shutdownNow();
    }

    private FakeLink link(
            String kind, List<org.jackfield.plugin.Operation<?, ?>> operations, List<OfferPoint<?, ?>> offers) {
        return new FakeLink("demo", kind, "main", operations, offers, command -> answer.apply(command));
    }

    private static Object usual(Command<?, ?> command) {
        Object argument = command.argument();
        if (argument instanceof Acd.SetAgentState) {
            return new Acd.SetAgentStateAnswer("done", null);
        }
        if (argument instanceof Acd.SingleStepTransfer) {
            return new Acd.SingleStepTransferAnswer("99");
        }
        if (argument instanceof PresenceEvents.Intent intent) {
            return new PresenceEvents.Applied(
                    intent.agent(), intent.user(), intent.availability(), intent.activity(), "applied", 200, null);
        }
        return new Trunk.TransferAnswer(true);
    }

    private static AgentEvents.StateChanged anna(AgentState state, AgentState before) {
        return new AgentEvents.StateChanged(
                "anna", "4711", state, before, null, null, List.of(new AgentEvents.GroupState("600", state)), false);
    }

    @Test
    void everyFileThatShipsPassesLintWithTheRealBeansAndOperations() throws IOException {
        List<String> flows;
        try (var files = Files.list(Path.of("../../routes"))) {
            flows = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".camel.yaml") && !name.startsWith("_"))
                    .map(name -> name.replace(".camel.yaml", ""))
                    .toList();
        }
        assertThat(flows).isNotEmpty();
        host.shipped(flows.toArray(String[]::new));

        flows.forEach(host::awaitRunning);

        assertThat(host.engine.defaultsRefused()).isNull();
    }

    @Test
    void everyFileThatShipsOpensWithItsFourLines() throws IOException {
        try (var files = Files.newDirectoryStream(Path.of("../../routes"), "*.camel.yaml")) {
            for (Path file : files) {
                assertThat(Files.readAllLines(file).subList(0, 4))
                        .as(file.toString())
                        .satisfiesExactly(
                                from -> assertThat(from).startsWith("# From: "),
                                to -> assertThat(to).startsWith("# To: "),
                                guarantee -> assertThat(guarantee).startsWith("# Guarantee: "),
                                failure -> assertThat(failure).startsWith("# On failure: "));
            }
        }
    }

    @Test
    void breakAtTheAcdShowsAsAwayInTeams() {
        host.shipped("presence-to-teams");
        host.awaitRunning("presence-to-teams");

        var event = host.publish(anna(AgentState.NOT_READY, AgentState.READY));

        await().until(() -> !teams.arguments().isEmpty());
        assertThat(teams.arguments().get(0)).isInstanceOfSatisfying(PresenceEvents.Intent.class, intent -> {
            assertThat(intent.agent()).isEqualTo("anna");
            assertThat(intent.user()).isEqualTo("u-anna");
            assertThat(intent.availability()).isEqualTo("Away");
        });
        assertThat(teams.commands().get(0).cause()).isEqualTo(event);
    }

    @Test
    void doNotDisturbInTeamsAsksTheAcdForNotReady() {
        host.shipped("presence-to-acd");
        host.awaitRunning("presence-to-acd");
        host.publish(anna(AgentState.READY, AgentState.LOGGED_OFF));

        host.publish(
                "demo",
                Origin.TEAMS,
                new PresenceEvents.Observed("anna", "u-anna", "DoNotDisturb", "DoNotDisturb", null));

        await().until(() -> !csta.arguments().isEmpty());
        assertThat(csta.arguments().get(0)).isInstanceOfSatisfying(Acd.SetAgentState.class, order -> {
            assertThat(order.agent()).isEqualTo("anna");
            assertThat(order.state()).isEqualTo(AgentState.NOT_READY);
        });
    }

    @Test
    void commandThatKeepsFailingIsTriedThreeTimesAndThenDead() {
        var tries = new AtomicInteger();
        answer = command -> {
            tries.incrementAndGet();
            return CompletableFuture.failedFuture(
                    new CommandException("linkDown", "the connection to Graph is lost", true, null));
        };
        host.shipped("presence-to-teams");
        host.awaitRunning("presence-to-teams");

        host.publish(anna(AgentState.NOT_READY, AgentState.READY));

        await().until(() -> !host.bus.data(DeadLetter.class).isEmpty());
        assertThat(tries.get()).isEqualTo(3);
        var letter = host.bus.data(DeadLetter.class).get(0);
        assertThat(letter.reason()).isEqualTo("the connection to Graph is lost");
        assertThat(letter.attempts()).isEqualTo(3);
    }

    @Test
    void commandThatCannotSucceedIsTriedOnce() {
        var tries = new AtomicInteger();
        answer = command -> {
            tries.incrementAndGet();
            return CompletableFuture.failedFuture(new CommandException("403", "Graph refused it", false, null));
        };
        host.shipped("presence-to-teams");
        host.awaitRunning("presence-to-teams");

        host.publish(anna(AgentState.NOT_READY, AgentState.READY));

        await().until(() -> !host.bus.data(DeadLetter.class).isEmpty());
        assertThat(tries.get()).isEqualTo(1);
        assertThat(host.bus.data(DeadLetter.class).get(0).reason()).isEqualTo("Graph refused it");
    }

    @Test
    void callToTheServiceNumberGoesToTheAcdsPilot() {
        host.shipped("inbound-call");
        host.awaitRunning("inbound-call");
        var answers = new CopyOnWriteArrayList<OfferPoint.Answered<Trunk.InviteAnswer>>();

        invite.offer(
                new Trunk.InviteQuestion(
                        sip.id(), "c1", Trunk.Side.CARRIER, "+49301", "+4930555600", null, "x@carrier"),
                Duration.ofSeconds(10),
                q -> new Trunk.InviteAnswer.Refuse(503, "default"),
                answers::add);

        await().until(() -> !answers.isEmpty());
        assertThat(answers.get(0).by()).isEqualTo("flow");
        assertThat(answers.get(0).answer())
                .isInstanceOfSatisfying(
                        Trunk.InviteAnswer.ToAcd.class,
                        to -> assertThat(to.number()).isEqualTo("600"));
    }

    @Test
    void routeRequestSelectsTheReadyAgent() {
        host.shipped("acd-route-request");
        host.awaitRunning("acd-route-request");
        host.publish(anna(AgentState.READY, AgentState.LOGGED_OFF));
        var answers = new CopyOnWriteArrayList<OfferPoint.Answered<Acd.RouteAnswer>>();

        route.offer(
                new Acd.RouteQuestion(csta.id(), "7", "c1", "+49301", "600", "600", null),
                Duration.ofSeconds(10),
                q -> new Acd.RouteAnswer.End("default"),
                answers::add);

        await().until(() -> !answers.isEmpty());
        assertThat(answers.get(0).by()).isEqualTo("flow");
        assertThat(answers.get(0).answer())
                .isInstanceOfSatisfying(
                        Acd.RouteAnswer.Select.class,
                        select -> assertThat(select.destination()).isEqualTo("4711"));
    }

    private static Transfer transfer(TransferStep step) {
        return new Transfer(step, "c1", "t1", "blind", "leg@teams", "anna", "+4930555900", "8001", null, 0, null);
    }

    @Test
    void transferFromTeamsIsTakenAndMovedByTheAcdOrBridged() {
        host.shipped("transfer-from-teams");
        host.awaitRunning("transfer-from-teams");

        host.publish("demo", Origin.TEAMS, transfer(TransferStep.REQUESTED));

        await().until(() -> sip.arguments().size() + csta.arguments().size() >= 2);
        assertThat(sip.arguments().get(0)).isEqualTo(new Trunk.TakeTransfer("t1"));
        if (csta.arguments().isEmpty()) {
            assertThat(sip.arguments().get(1)).isInstanceOf(Trunk.BridgeTransfer.class);
        }
    }

    @Test
    void transferThatTheAcdRefusesHasOneFailedOutcome() {
        answer = command -> CompletableFuture.failedFuture(
                new CommandException("invalidDestination", "the ACD knows no such number", false, null));
        host.shipped("transfer-from-acd");
        host.awaitRunning("transfer-from-acd");

        host.publish("demo", Origin.OPERATOR, transfer(TransferStep.REQUESTED));

        await().until(() -> host.bus.data(Transfer.class).stream().anyMatch(t -> t.step() == TransferStep.FAILED));
        await().until(() -> host.flow("transfer-from-acd").counters().unfinished() == 0);
        assertThat(host.bus.data(Transfer.class))
                .extracting(Transfer::step)
                .containsExactly(TransferStep.REQUESTED, TransferStep.FAILED);
    }

    @Test
    void linkOfAnotherTenantIsNeverAsked() {
        var other = new FakeLink(
                "acme", "teams", "main", List.of(Teams.PRESENCE), List.of(), command -> answer.apply(command));
        host.services.add(other);
        host.shipped("presence-to-teams");
        host.awaitRunning("presence-to-teams");

        host.publish(anna(AgentState.NOT_READY, AgentState.READY));

        await().until(() -> !teams.arguments().isEmpty());
        assertThat(other.arguments()).isEmpty();
        assertThat(teams.id()).isEqualTo(new LinkId("demo", "teams", "main"));
    }
}
