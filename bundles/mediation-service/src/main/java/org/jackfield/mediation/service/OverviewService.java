package org.jackfield.mediation.service;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jackfield.mediation.presence.AgentMemory;
import org.jackfield.mediation.presence.Explanation;
import org.jackfield.mediation.presence.Pair;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.Overview;
import org.jackfield.plugin.Table;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Agents and calls for people who look. Reads memory only. */
@Component(service = Overview.class)
public final class OverviewService implements Overview {
    private final MediationState state;

    @Activate
    public OverviewService(@Reference MediationState state) {
        this.state = state;
    }

    @Override
    public List<AgentNow> agents(String tenant) {
        return state.directory().agents(tenant).stream()
                .sorted(Comparator.comparing(Agent::id))
                .map(this::now)
                .toList();
    }

    private AgentNow now(Agent agent) {
        Instant now = state.now();
        AgentMemory memory = state.memory(agent);
        var acd = memory.acd();
        var teams = memory.teams();
        Pair held = memory.held();
        Explanation explanation =
                Explanation.of(memory, state.rules(agent.tenant()).presence().options(), now);
        return new AgentNow(
                agent,
                acd == null ? null : acd.state(),
                acd == null ? null : acd.pending(),
                acd == null ? null : acd.since(),
                acd == null ? null : acd.reason(),
                teams == null ? null : teams.availability(),
                teams == null ? null : teams.activity(),
                teams == null ? null : teams.since(),
                held == null ? null : held.toString(),
                explanation == null ? null : explanation.reason(),
                state.reservations().callOf(new Table.Key(agent.tenant(), agent.id()), now));
    }

    @Override
    public List<CallNow> calls(String tenant) {
        return state.calls(tenant).stream()
                .filter(call -> !call.over())
                .sorted(Comparator.comparing(org.jackfield.mediation.correlation.CallMemory::since))
                .map(call -> new CallNow(
                        tenant,
                        call.call(),
                        call.state(),
                        call.calling(),
                        call.called(),
                        call.queue(),
                        call.agent(),
                        call.since(),
                        call.changed()))
                .toList();
    }

    @Override
    public List<String> tenants() {
        return state.tenants().stream().sorted().toList();
    }
}
