package org.jackfield.mediation.service;

import java.time.Instant;
import java.util.List;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/** An agent in the table {@code agent}: the last state that the ACD reported, and since when. */
public record AgentRow(
        String agent,
        @Nullable String device,
        AgentState state,
        @Nullable AgentState pending,
        @Nullable String reason,
        List<AgentEvents.GroupState> groups,
        Instant since) {
    public AgentRow {
        groups = List.copyOf(groups);
    }

    static AgentRow of(AgentEvents.StateChanged seen, @Nullable AgentRow old, Instant at) {
        Instant since = old != null && old.state() == seen.state() ? old.since() : at;
        return new AgentRow(
                seen.agent(), seen.device(), seen.state(), seen.pending(), seen.reason(), seen.groups(), since);
    }
}
