package org.jackfield.bus;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CommandEvents;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.PresenceEvents;
import org.jspecify.annotations.Nullable;

/** Which record an event's type stands for; types are without prefix and version. */
final class DataTypes {
    private static final Map<String, Class<? extends Record>> EXACT = exact();
    private static final Map<String, Class<? extends Record>> PREFIX = prefix();

    private DataTypes() {}

    private static Map<String, Class<? extends Record>> exact() {
        Map<String, Class<? extends Record>> types = new HashMap<>();
        types.put("agent.state.changed", AgentEvents.StateChanged.class);
        types.put("agent.state.requested", AgentEvents.StateRequested.class);
        types.put("agent.state.request.result", AgentEvents.StateResult.class);
        types.put("presence.observed", PresenceEvents.Observed.class);
        types.put("presence.intent", PresenceEvents.Intent.class);
        types.put("presence.applied", PresenceEvents.Applied.class);
        types.put("presence.recheck", PresenceEvents.Recheck.class);
        types.put("presence.damped", PresenceEvents.Damped.class);
        types.put("call.linked", CallEvents.Linked.class);
        types.put("call.transfer.observed", CallEvents.TransferObserved.class);
        types.put("link.gap", LinkEvents.Gap.class);
        types.put("link.resync", LinkEvents.Resync.class);
        types.put("input.refused", LinkEvents.Refused.class);
        types.put("event.dead", DeadLetter.class);
        types.put("command.agent.state", CommandEvents.SetState.class);
        types.put("command.call.transfer", CommandEvents.Move.class);
        types.put("command.route.answer", CommandEvents.AnswerRoute.class);
        types.put("command.result", CommandEvents.Result.class);
        for (CallEvents.Kind kind : CallEvents.Kind.values()) {
            types.put("call." + kind.text(), CallEvents.Call.class);
        }
        for (CallEvents.RouteStep step : CallEvents.RouteStep.values()) {
            types.put("route." + step.name().toLowerCase(Locale.ROOT), CallEvents.Route.class);
        }
        for (CallEvents.TransferStep step : CallEvents.TransferStep.values()) {
            types.put("call.transfer." + step.name().toLowerCase(Locale.ROOT), CallEvents.Transfer.class);
        }
        return Map.copyOf(types);
    }

    private static Map<String, Class<? extends Record>> prefix() {
        Map<String, Class<? extends Record>> types = new LinkedHashMap<>();
        types.put("link.", LinkEvents.Changed.class);
        types.put("flow.", LinkEvents.Flow.class);
        return types;
    }

    /** The record of a type, or null when this version does not know it. */
    static @Nullable Class<? extends Record> of(String type) {
        Class<? extends Record> exact = EXACT.get(type);
        if (exact != null) {
            return exact;
        }
        for (Map.Entry<String, Class<? extends Record>> entry : PREFIX.entrySet()) {
            if (type.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return null;
    }
}
