package org.jackfield.mediation.routing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jspecify.annotations.Nullable;

/** The routing rules of one tenant. Pure and immutable, safe for any thread. */
public final class CallRouter {
    private final RoutingOptions options;

    public CallRouter(RoutingOptions options) {
        this.options = options;
    }

    public RoutingOptions options() {
        return options;
    }

    /** Where an INVITE goes. */
    public InviteAnswer invite(Trunk.InviteQuestion question, AgentDirectory directory) {
        String number = NumberPattern.normal(question.toUser());
        if (number == null) {
            return new InviteAnswer.Refuse(404, "\"" + question.toUser() + "\" is no number");
        }
        String tenant = question.link().tenant();
        return question.side() == Trunk.Side.ACD
                ? fromAcd(tenant, number, directory)
                : fromOutside(tenant, number, question.side(), directory);
    }

    private InviteAnswer fromAcd(String tenant, String number, AgentDirectory directory) {
        Agent agent = directory.byDevice(tenant, number);
        if (agent == null) {
            agent = directory.byNumber(tenant, number);
        }
        if (agent != null) {
            return agent.number() == null
                    ? new InviteAnswer.Refuse(480, "agent " + agent.id() + " has no number on the trunk")
                    : new InviteAnswer.ToSbc(agent.number(), Trunk.Side.TEAMS, "agent " + agent.id());
        }
        InviteAnswer ruled = byRule(number);
        if (ruled != null) {
            return ruled;
        }
        return teams(number)
                ? new InviteAnswer.ToSbc(number, Trunk.Side.TEAMS, "Teams user")
                : new InviteAnswer.ToSbc(number, Trunk.Side.CARRIER, "outside number");
    }

    private InviteAnswer fromOutside(String tenant, String number, Trunk.Side side, AgentDirectory directory) {
        InviteAnswer ruled = byRule(number);
        if (ruled != null) {
            return ruled;
        }
        Agent agent = directory.byNumber(tenant, number);
        if (agent != null) {
            return new InviteAnswer.ToSbc(number, Trunk.Side.TEAMS, "agent " + agent.id() + " dialled directly");
        }
        if (teams(number)) {
            return new InviteAnswer.ToSbc(number, Trunk.Side.TEAMS, "Teams user");
        }
        return side == Trunk.Side.TEAMS
                ? new InviteAnswer.ToSbc(number, Trunk.Side.CARRIER, "outside number")
                : new InviteAnswer.Refuse(404, "no rule for " + number);
    }

    private @Nullable InviteAnswer byRule(String number) {
        for (RoutingOptions.Rule rule : options.rules()) {
            if (rule.dialled().matches(number)) {
                return answer(rule, number);
            }
        }
        return null;
    }

    private static InviteAnswer answer(RoutingOptions.Rule rule, String number) {
        String reason = "rule " + rule.dialled();
        if (rule.target() instanceof RoutingOptions.Target.Pilot pilot) {
            return new InviteAnswer.ToAcd(pilot.number(), reason);
        } else if (rule.target() instanceof RoutingOptions.Target.Refused refused) {
            return new InviteAnswer.Refuse(refused.status(), reason);
        } else {
            return new InviteAnswer.ToSbc(number, Trunk.Side.TEAMS, reason);
        }
    }

    private boolean teams(String number) {
        return options.teams().stream().anyMatch(pattern -> pattern.matches(number));
    }

    /**
     * An agent as seen by routing.
     *
     * @param state folded over the agent's groups, null when unknown
     * @param idleSince when the agent became Ready
     * @param groups the state per group, empty when the ACD does not say
     * @param availability what Teams shows; null when unknown or explained by the host or a call that has ended
     */
    public record Candidate(
            Agent agent,
            @Nullable AgentState state,
            @Nullable AgentState pending,
            Instant idleSince,
            List<GroupState> groups,
            @Nullable String availability) {}

    /**
     * Who may take a call.
     *
     * @param agents longest idle first
     * @param others how many serve the queue but cannot, for the person who asks why
     */
    public record Eligible(List<Agent> agents, Map<String, Integer> others) {
        /** For example {@code 2 BUSY, 1 Teams DoNotDisturb}. */
        public String others(String none) {
            if (others.isEmpty()) {
                return none;
            }
            List<String> parts = new ArrayList<>();
            others.forEach((why, count) -> parts.add(count + " " + why));
            return String.join(", ", parts);
        }
    }

    /** Who of {@code all} may take a call of {@code queue} now. */
    public Eligible eligible(@Nullable String queue, Collection<Candidate> all) {
        List<Candidate> good = new ArrayList<>();
        Map<String, Integer> others = new TreeMap<>();
        for (Candidate candidate : all) {
            if (queue != null && !candidate.agent().groups().contains(queue)) {
                continue;
            }
            String hindrance = hindrance(queue, candidate);
            if (hindrance == null) {
                good.add(candidate);
            } else {
                others.merge(hindrance, 1, Integer::sum);
            }
        }
        good.sort(Comparator.comparing(Candidate::idleSince)
                .thenComparing(candidate -> candidate.agent().id()));
        return new Eligible(good.stream().map(Candidate::agent).toList(), others);
    }

    private @Nullable String hindrance(@Nullable String queue, Candidate candidate) {
        AgentState state = candidate.state();
        if (state != AgentState.READY) {
            return state == null ? "unknown" : state.name();
        }
        AgentState pending = candidate.pending();
        if (pending != null && pending != AgentState.READY) {
            return pending.name() + " pending";
        }
        for (GroupState group : candidate.groups()) {
            if (group.group().equals(queue) && group.state() != AgentState.READY) {
                return group.state().name() + " in " + queue;
            }
        }
        return allows(candidate) ? null : "Teams " + candidate.availability();
    }

    private boolean allows(Candidate candidate) {
        String availability = candidate.availability();
        if (availability == null) {
            return true;
        }
        String plain = availability.toLowerCase(Locale.ROOT);
        Set<String> more = candidate.agent().endpoint() == Agent.Endpoint.TEAMS ? Set.of() : options.allowedDesk();
        return options.allowed().contains(plain) || more.contains(plain);
    }
}
