package org.jackfield.sip;

import java.util.function.Supplier;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jspecify.annotations.Nullable;

/** Finds the agent of a call by the numbers in it. Safe for any thread. */
final class CallAgents {
    private final String tenant;
    private final Supplier<@Nullable AgentDirectory> directory;

    CallAgents(String tenant, Supplier<@Nullable AgentDirectory> directory) {
        this.tenant = tenant;
        this.directory = directory;
    }

    /** The id of the agent who is called, else of the one who calls; null when neither is one. */
    @Nullable
    String of(Session session) {
        AgentDirectory known = directory.get();
        if (known == null) {
            return null;
        }
        Agent agent = find(known, session.called);
        agent = agent == null ? find(known, session.calling) : agent;
        return agent == null ? null : agent.id();
    }

    private @Nullable Agent find(AgentDirectory known, @Nullable String number) {
        if (number == null) {
            return null;
        }
        Agent agent = known.byNumber(tenant, number);
        return agent == null ? known.byDevice(tenant, number) : agent;
    }
}
