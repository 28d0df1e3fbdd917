package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Table;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.Device;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the agents of the link: events and snapshots in, one {@code agent.state.changed} per real change out.
 * Used on the lane only.
 */
final class AgentFollower {
    private static final Logger LOG = LoggerFactory.getLogger(AgentFollower.class);
    private static final Duration WINDOW = Duration.ofSeconds(2);

    private final Settings settings;
    private final AgentDirectory directory;
    private final Outlet outlet;
    private final Pacer pacer;
    private final Meters meters;
    private final Table<AgentView> table;
    private final Map<String, AgentView> views = new HashMap<>();
    private final Duplicates<Report> duplicates = new Duplicates<>(WINDOW, Report::same);

    /** What a monitor said; one without a group may be about any. */
    private record Report(AgentEvent.Kind kind, @Nullable String group) {
        boolean same(Report other) {
            return kind == other.kind && (group == null || other.group == null || group.equals(other.group));
        }
    }

    AgentFollower(
            Settings settings,
            AgentDirectory directory,
            Outlet outlet,
            Pacer pacer,
            Meters meters,
            Table<AgentView> table) {
        this.settings = settings;
        this.directory = directory;
        this.outlet = outlet;
        this.pacer = pacer;
        this.meters = meters;
        this.table = table;
    }

    /** The agents that the dictionary gives to this link. */
    List<Agent> agents() {
        return directory.agents(settings.id().tenant()).stream()
                .filter(this::isOurs)
                .toList();
    }

    private boolean isOurs(Agent agent) {
        return agent.acd().equals(settings.id().name());
    }

    /** The agent of this link with that id; null when the dictionary has none. */
    @Nullable
    Agent byId(String id) {
        Agent agent = directory.byId(settings.id().tenant(), id);
        return agent != null && isOurs(agent) ? agent : null;
    }

    /** The agent of this link at that device; null when the dictionary has none. */
    @Nullable
    Agent byDevice(@Nullable String device) {
        Agent agent = device == null ? null : directory.byDevice(settings.id().tenant(), device);
        return agent != null && isOurs(agent) ? agent : null;
    }

    /** A new connection: cross-references of the old one mean nothing. */
    void connected() {
        duplicates.clear();
    }

    void event(AgentEvent event, long nanos) {
        Agent agent = event.agentId() == null ? null : byId(event.agentId());
        agent = agent == null ? byDevice(Device.idOf(event.device())) : agent;
        if (agent == null) {
            meters.unknownAgent();
            LOG.debug("{}: {} about an agent that the dictionary does not have", settings.id(), event.kind());
            return;
        }
        if (duplicates.repeats(agent.id(), new Report(event.kind(), event.group()), event.crossRef(), nanos)) {
            meters.duplicate();
            return;
        }
        AgentView before = known(agent);
        become(before, basis(agent, before).after(event), false);
    }

    /** The ACD has answered SetAgentState with a state that comes later, or with none. */
    void pending(Agent agent, @Nullable AgentState later) {
        AgentView before = known(agent);
        if (before != null) {
            become(before, before.pending(later), false);
        }
    }

    /**
     * Asks the ACD for the state of {@code asked}, publishes differences marked resync, then how many there were.
     * Nothing is said about a snapshot that the loss of the connection ends.
     */
    void snapshot(Collection<Agent> asked, Runnable done) {
        var round = new Round(asked.size(), done);
        if (asked.isEmpty()) {
            round.finish();
        }
        for (Agent agent : asked) {
            pacer.ask(new AgentMessage.Get(agent.device(), null), (answer, failure) -> {
                if (answer != null) {
                    round.compared++;
                    round.differences += differs(agent, answer) ? 1 : 0;
                } else if (failure != null) {
                    round.failed(agent, failure);
                }
                round.answered();
            });
        }
    }

    /** What the ACD says of an agent now; a difference to what was known is published, marked resync. */
    AgentView compare(Agent agent, AgentMessage.GetAnswer answer) {
        differs(agent, answer);
        return basis(agent, known(agent));
    }

    private boolean differs(Agent agent, AgentMessage.GetAnswer answer) {
        AgentMessage.Entry entry = null;
        for (AgentMessage.Entry one : answer.entries()) {
            if (agent.id().equals(one.agentId()) || (one.agentId() == null && entry == null)) {
                entry = one;
            }
        }
        AgentView before = known(agent);
        return become(before, basis(agent, before).snapshot(entry), true);
    }

    /** What is known of an agent, from this run or an earlier one; null when nothing is. */
    private @Nullable AgentView known(Agent agent) {
        AgentView view = views.get(agent.id());
        if (view == null) {
            view = table.get(key(agent.id()));
            if (view != null) {
                views.put(agent.id(), view);
            }
        }
        return view;
    }

    private AgentView basis(Agent agent, @Nullable AgentView known) {
        return known == null
                ? AgentView.unknown(settings.id().name(), agent.id(), agent.device(), agent.groups())
                : known.at(agent.device());
    }

    /** The devices of agents who are busy: where calls are. */
    List<String> busyDevices() {
        return views.values().stream()
                .filter(view -> view.state() == AgentState.BUSY && view.device() != null)
                .map(view -> String.valueOf(view.device()))
                .toList();
    }

    /** True when some agent of the link serves {@code group}. */
    boolean hasGroup(String group) {
        return directory.agents(settings.id().tenant()).stream()
                .anyMatch(agent -> isOurs(agent) && agent.groups().contains(group));
    }

    private Table.Key key(String agent) {
        return new Table.Key(settings.id().tenant(), agent);
    }

    /** True when the change was published. */
    private boolean become(@Nullable AgentView before, AgentView after, boolean resync) {
        if (after.equals(before)) {
            return false;
        }
        views.put(after.agent(), after);
        boolean tells = before == null || after.differs(before);
        if (tells) {
            outlet.publish(
                    Origin.ACD,
                    new AgentEvents.StateChanged(
                            after.agent(),
                            after.device(),
                            after.state(),
                            before == null ? null : before.state(),
                            after.pending(),
                            after.reason(),
                            after.groups(),
                            resync),
                    (String) null);
        }
        outlet.append(() -> table.put(key(after.agent()), after));
        return tells;
    }

    /** One snapshot of several agents. */
    private final class Round {
        private final Runnable done;
        private int left;
        private int compared;
        private int differences;
        private boolean cut;

        Round(int left, Runnable done) {
            this.left = left;
            this.done = done;
        }

        void failed(Agent agent, Throwable failure) {
            Throwable cause = Failures.cause(failure);
            cut |= Failures.cut(cause);
            if (!cut) {
                LOG.warn(
                        "{}: the state of agent {} is not known, GetAgentState {}: {}",
                        settings.id(),
                        agent.id(),
                        agent.device(),
                        cause.getMessage());
            }
        }

        void answered() {
            if (--left == 0) {
                finish();
            }
        }

        void finish() {
            if (!cut) {
                outlet.publish(
                        Origin.ACD, new LinkEvents.Resync(settings.id().toString(), compared, differences), (String)
                                null);
                done.run();
            }
        }
    }
}
