package org.jackfield.mediation.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jackfield.mediation.routing.CallRouter.Candidate;
import org.jackfield.mediation.routing.RoutingOptions.Rule;
import org.jackfield.mediation.routing.RoutingOptions.Target;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.junit.jupiter.api.Test;

class CallRouterTest {
    private static final LinkId TRUNK = new LinkId("demo", "sip", "main");
    private static final Agent ANNA = agent("anna", "4711", Agent.Endpoint.DESK);
    private static final Agent BEN = agent("ben", "4712", Agent.Endpoint.TEAMS);
    private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

    private final CallRouter router = new CallRouter(new RoutingOptions(
            List.of(
                    new Rule(NumberPattern.of("+4930555600"), new Target.Pilot("600")),
                    new Rule(NumberPattern.of("+4930666*"), new Target.TeamsUser()),
                    new Rule(NumberPattern.of("+4930777"), new Target.Refused(403))),
            List.of(NumberPattern.of("+4930555900")),
            RoutingOptions.defaults().allowed(),
            RoutingOptions.defaults().allowedDesk(),
            Duration.ofSeconds(20)));

    private static Agent agent(String id, String device, Agent.Endpoint endpoint) {
        return new Agent(
                "demo",
                id,
                "main",
                device,
                List.of("600"),
                "u-" + id,
                null,
                "+4930555" + device.substring(1),
                endpoint);
    }

    private InviteAnswer invite(Side side, String to) {
        return router.invite(
                new Trunk.InviteQuestion(TRUNK, "c1", side, "+49301234", to, null, "x@y"), new Directory(ANNA, BEN));
    }

    @Test
    void aDialledNumberGoesToItsPilot() {
        assertThat(invite(Side.CARRIER, "+4930555600")).isEqualTo(new InviteAnswer.ToAcd("600", "rule +4930555600"));
        assertThat(invite(Side.TEAMS, "004930555600")).isInstanceOf(InviteAnswer.ToAcd.class);
        assertThat(invite(Side.CARRIER, "+49-30-555600;npdi")).isInstanceOf(InviteAnswer.ToAcd.class);
    }

    @Test
    void aNumberWithoutARuleIsRefusedFromTheCarrierOnly() {
        assertThat(invite(Side.CARRIER, "+4930999")).isEqualTo(new InviteAnswer.Refuse(404, "no rule for +4930999"));
        assertThat(invite(Side.TEAMS, "+4930999")).isEqualTo(toSbc("+4930999", Side.CARRIER, "outside number"));
        assertThat(invite(Side.ACD, "+4930999")).isEqualTo(toSbc("+4930999", Side.CARRIER, "outside number"));
    }

    @Test
    void rulesRefuseAndSendToTeams() {
        assertThat(invite(Side.CARRIER, "+4930777")).isEqualTo(new InviteAnswer.Refuse(403, "rule +4930777"));
        assertThat(invite(Side.CARRIER, "+49306661")).isEqualTo(toSbc("+49306661", Side.TEAMS, "rule +4930666*"));
    }

    @Test
    void theAcdReachesAgentsByDeviceAndByNumber() {
        assertThat(invite(Side.ACD, "4711")).isEqualTo(toSbc("+4930555711", Side.TEAMS, "agent anna"));
        assertThat(invite(Side.ACD, "+4930555712")).isEqualTo(toSbc("+4930555712", Side.TEAMS, "agent ben"));
        assertThat(invite(Side.ACD, "+4930555900")).isEqualTo(toSbc("+4930555900", Side.TEAMS, "Teams user"));
    }

    @Test
    void whatIsNoNumberIsRefused() {
        assertThat(invite(Side.CARRIER, null)).isInstanceOf(InviteAnswer.Refuse.class);
        assertThat(invite(Side.ACD, "anna")).isInstanceOf(InviteAnswer.Refuse.class);
    }

    @Test
    void longestIdleReadyAgentIsFirst() {
        var eligible = router.eligible(
                "600",
                List.of(
                        candidate(ANNA, AgentState.READY, NOW.minusSeconds(10), "Available"),
                        candidate(BEN, AgentState.READY, NOW.minusSeconds(60), "Available")));
        assertThat(eligible.agents()).containsExactly(BEN, ANNA);
    }

    @Test
    void whoCannotIsCountedByReason() {
        var eligible = router.eligible(
                "600",
                List.of(
                        candidate(ANNA, AgentState.BUSY, NOW, null),
                        candidate(BEN, AgentState.READY, NOW, "DoNotDisturb")));
        assertThat(eligible.agents()).isEmpty();
        assertThat(eligible.others()).isEqualTo(Map.of("BUSY", 1, "Teams DoNotDisturb", 1));
        assertThat(eligible.others("nobody")).isEqualTo("1 BUSY, 1 Teams DoNotDisturb");
    }

    @Test
    void anAbsentTeamsClientHindersOnlyThoseWhoNeedIt() {
        assertThat(allowed(ANNA, "Offline")).isTrue();
        assertThat(allowed(BEN, "Offline")).isFalse();
        assertThat(allowed(BEN, null)).isTrue();
        assertThat(allowed(ANNA, "Busy")).isFalse();
    }

    private boolean allowed(Agent agent, String availability) {
        return !router.eligible("600", List.of(candidate(agent, AgentState.READY, NOW, availability)))
                .agents()
                .isEmpty();
    }

    @Test
    void agentsOfOtherQueuesAndOtherStatesInThisOneAreLeftOut() {
        assertThat(router.eligible("700", List.of(candidate(ANNA, AgentState.READY, NOW, null)))
                        .agents())
                .isEmpty();
        var folded = new Candidate(
                ANNA, AgentState.READY, null, NOW, List.of(new GroupState("600", AgentState.NOT_READY)), null);
        assertThat(router.eligible("600", List.of(folded)).agents()).isEmpty();
        var leaving = new Candidate(ANNA, AgentState.READY, AgentState.NOT_READY, NOW, List.of(), null);
        assertThat(router.eligible("600", List.of(leaving)).agents()).isEmpty();
    }

    @Test
    void aPatternThatIsNoNumberSaysWhatWasExpected() {
        assertThatThrownBy(() -> NumberPattern.of("abc")).hasMessageContaining("expected: a number");
    }

    private static InviteAnswer toSbc(String number, Side side, String reason) {
        return new InviteAnswer.ToSbc(number, side, reason);
    }

    private static Candidate candidate(Agent agent, AgentState state, Instant since, String availability) {
        return new Candidate(agent, state, null, since, List.of(), availability);
    }

    private record Directory(Set<Agent> all) implements AgentDirectory {
        Directory(Agent... agents) {
            this(Set.of(agents));
        }

        @Override
        public Collection<Agent> agents(String tenant) {
            return all;
        }

        @Override
        public Agent byId(String tenant, String id) {
            return all.stream().filter(a -> a.id().equals(id)).findFirst().orElse(null);
        }

        @Override
        public Agent byDevice(String tenant, String device) {
            return all.stream()
                    .filter(a -> a.device().equals(device))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Agent byUser(String tenant, String user) {
            return all.stream().filter(a -> user.equals(a.user())).findFirst().orElse(null);
        }

        @Override
        public Agent byNumber(String tenant, String number) {
            return all.stream()
                    .filter(a -> number.equals(a.number()))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Registration watch(Consumer<String> listener) {
            return () -> {};
        }
    }
}
