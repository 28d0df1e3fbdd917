package org.jackfield.twin.acd;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.twin.AgentFile;
import org.jspecify.annotations.Nullable;

/** One agent with its present state. Used on the ACD's thread only. */
final class Agent {
    private final AgentFile.Line line;
    State state = State.NULL;

    @Nullable
    State pending;

    @Nullable
    String reason;

    @Nullable
    String pendingReason;

    boolean reserved;
    /** Rises whenever an agent becomes Ready: the smallest has been idle longest. */
    long readySince;
    /** What wrap-up leads back to when nothing is pending. */
    State before = State.READY;

    Agent(AgentFile.Line line) {
        this.line = line;
    }

    AgentFile.Line line() {
        return line;
    }

    String id() {
        return line.id();
    }

    boolean free() {
        return state == State.READY && !reserved;
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", line.id());
        view.put("device", line.device());
        view.put("groups", line.groups());
        view.put("state", state.literal());
        if (pending != null) {
            view.put("pending", pending.literal());
        }
        if (reason != null) {
            view.put("reason", reason);
        }
        return view;
    }
}
