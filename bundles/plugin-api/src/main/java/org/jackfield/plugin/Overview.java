package org.jackfield.plugin;

import java.time.Instant;
import java.util.List;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** How agents and calls are right now, for people who look; an OSGi service. Reads never block. */
@ProviderType
public interface Overview {
    /** All agents of the dictionary of {@code tenant}, by id. */
    List<AgentNow> agents(String tenant);

    /** The calls that are up, oldest first. */
    List<CallNow> calls(String tenant);

    /** Tenants with agents or calls. */
    List<String> tenants();

    /**
     * One agent.
     *
     * @param state folded, null before the ACD has said anything
     * @param since when the ACD state began
     * @param reason the reason code of a NotReady
     * @param availability what Teams shows, null before it was seen
     * @param shownByHost the pair that the host's own session holds, for example {@code Busy/InACall}
     * @param explanation why what Teams shows is taken as an effect of the host or the ACD; null when a person chose it
     * @param reservedFor the call that the agent was picked for and that has not rung yet
     */
    record AgentNow(
            Agent agent,
            @Nullable AgentState state,
            @Nullable AgentState pending,
            @Nullable Instant since,
            @Nullable String reason,
            @Nullable String availability,
            @Nullable String activity,
            @Nullable Instant presenceSince,
            @Nullable String shownByHost,
            @Nullable String explanation,
            @Nullable String reservedFor) {}

    /**
     * One call.
     *
     * @param state the last thing that happened, for example {@code established}
     * @param since when the call was first seen
     */
    record CallNow(
            String tenant,
            String call,
            String state,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String queue,
            @Nullable String agent,
            Instant since,
            Instant changed) {}
}
