package org.jackfield.mediation.service;

import java.util.List;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.Event;
import org.jackfield.event.PresenceEvents;
import org.jackfield.mediation.presence.Extras;
import org.jackfield.mediation.presence.Pair;
import org.jackfield.mediation.presence.PresenceDecision;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.FlowBean;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code presencePolicy} for flows: what to write because of an event about an agent.
 * The answer has one element or none; it follows from all that is known of the agent, so the same event may come twice.
 */
@Component(service = PresencePolicyBean.class, property = FlowBean.PROPERTY + "=presencePolicy")
public final class PresencePolicyBean {
    private final MediationState state;

    @Activate
    public PresencePolicyBean(@Reference MediationState state) {
        this.state = state;
    }

    /** What Teams shall show. */
    public List<PresenceEvents.Intent> toTeams(Event event) {
        String agent = event.key();
        PresenceDecision decision = state.decide(
                event.tenant(),
                agent,
                (rules, seen) -> rules.presence().toTeams(seen.memory(), seen.agent(), seen.now(), event.id()));
        told(event, "toTeams", decision);
        Agent line = state.directory().byId(event.tenant(), agent);
        String user = line == null ? null : line.user();
        if (user == null) {
            return List.of();
        }
        if (decision instanceof PresenceDecision.Show show) {
            Pair pair = show.pair();
            Extras extras = show.extras();
            return intended(
                    event,
                    new PresenceEvents.Intent(
                            agent,
                            user,
                            pair.availability(),
                            pair.activity(),
                            show.expiry(),
                            show.reason(),
                            extras.preferred(),
                            extras.message()));
        }
        if (decision instanceof PresenceDecision.Clear clear) {
            String preferred = clear.extras().preferred();
            return intended(
                    event, new PresenceEvents.Intent(agent, user, null, null, null, clear.reason(), preferred, null));
        }
        return List.of();
    }

    /** What is wanted is told before it is tried, so that the timeline shows it also when nothing comes of it. */
    private List<PresenceEvents.Intent> intended(Event cause, PresenceEvents.Intent intent) {
        state.publish(cause.tenant(), cause, intent);
        return List.of(intent);
    }

    /** What the ACD shall be asked. */
    public List<Acd.SetAgentState> toAcd(Event event) {
        String agent = event.key();
        PresenceDecision decision = state.decide(
                event.tenant(),
                agent,
                (rules, seen) -> rules.presence().toAcd(seen.memory(), seen.agent(), seen.now(), event.id()));
        told(event, "toAcd", decision);
        if (decision instanceof PresenceDecision.Request request) {
            state.publish(
                    event.tenant(), event, new AgentEvents.StateRequested(agent, request.state(), request.reason()));
            return List.of(new Acd.SetAgentState(agent, request.state(), request.reason()));
        }
        return List.of();
    }

    private void told(Event event, String direction, @Nullable PresenceDecision decision) {
        String what = decision == null ? "unknown" : decision.getClass().getSimpleName();
        state.meters()
                .counter("jackfield.presence.decisions", "direction", direction, "decision", what)
                .increment();
        if (decision instanceof PresenceDecision.Stop stop) {
            state.publish(
                    event.tenant(),
                    event,
                    new PresenceEvents.Damped(event.key(), direction, stop.until(), stop.reason()));
        }
    }
}
