package org.jackfield.acd.asterisk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the agents of the link: queue events and snapshots in, one {@code agent.state.changed} per real change out.
 * Wrap-up is derived, since Asterisk has no event for it. Used on the lane only.
 */
final class Agents {
    private static final Logger LOG = LoggerFactory.getLogger(Agents.class);

    private final Settings settings;
    private final AgentDirectory directory;
    private final Outlet outlet;
    private final Meters meters;
    private final Lane lane;
    private final Table<AgentView> table;
    /** By agent id, then by queue. */
    private final Map<String, TreeMap<String, Member>> members = new HashMap<>();

    private final Map<String, AgentView> views = new HashMap<>();
    private final Map<String, Duration> queueWrapUps = new HashMap<>();
    /** Queues by agent that were heard of since the snapshot began; null when none is being taken. */
    private @Nullable Set<String> heard;

    Agents(
            Settings settings,
            AgentDirectory directory,
            Outlet outlet,
            Meters meters,
            Lane lane,
            Table<AgentView> table) {
        this.settings = settings;
        this.directory = directory;
        this.outlet = outlet;
        this.meters = meters;
        this.lane = lane;
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

    @Nullable
    Agent byId(@Nullable String id) {
        Agent agent = id == null ? null : directory.byId(settings.id().tenant(), id);
        return agent != null && isOurs(agent) ? agent : null;
    }

    @Nullable
    Agent byDevice(@Nullable String device) {
        Agent agent = device == null ? null : directory.byDevice(settings.id().tenant(), device);
        return agent != null && isOurs(agent) ? agent : null;
    }

    /** The device in an interface or a channel, {@code PJSIP/4711-0000002a}; null when it is named otherwise. */
    @Nullable
    String device(@Nullable String channel) {
        String before = settings.iface().substring(0, settings.iface().indexOf("{device}"));
        String after = settings.iface().substring(settings.iface().indexOf("{device}") + "{device}".length());
        if (channel == null || !channel.startsWith(before)) {
            return null;
        }
        String rest = channel.substring(before.length());
        int dash = rest.lastIndexOf('-');
        if (dash > 0 && rest.substring(dash + 1).matches("[0-9a-f]{8}(;[12])?")) {
            rest = rest.substring(0, dash);
        }
        return rest.endsWith(after) ? rest.substring(0, rest.length() - after.length()) : null;
    }

    private @Nullable Agent agent(AmiMessage event) {
        Agent agent = byDevice(device(event.get("Interface", event.get("Location", ""))));
        agent = agent == null ? byDevice(device(event.get("StateInterface"))) : agent;
        return agent == null ? byId(event.get("MemberName", event.get("Name", ""))) : agent;
    }

    /** True when some agent of the link serves {@code queue}. */
    boolean hasGroup(@Nullable String queue) {
        return queue != null
                && agents().stream().anyMatch(agent -> agent.groups().contains(queue));
    }

    /** The queues that the agent is a member of, as last heard. */
    Set<String> queues(String agent) {
        TreeMap<String, Member> of = members.get(agent);
        return of == null ? Set.of() : Set.copyOf(of.keySet());
    }

    AgentState state(Agent agent) {
        return view(agent).state();
    }

    /** What queues.conf says about a queue's wrap-up. */
    void wrapUps(Map<String, Duration> times) {
        queueWrapUps.clear();
        queueWrapUps.putAll(times);
    }

    private Duration wrapUp(String queue) {
        Duration configured = settings.wrapUp().get(queue);
        configured = configured == null ? queueWrapUps.get(queue) : configured;
        configured = configured == null ? settings.wrapUp().get("*") : configured;
        return configured == null ? Duration.ZERO : configured;
    }

    /** A queue event about a member. */
    void event(String kind, AmiMessage event) {
        Agent agent = agent(event);
        String queue = event.get("Queue");
        if (agent == null || queue == null) {
            meters.unknownMember();
            return;
        }
        TreeMap<String, Member> of = members.computeIfAbsent(agent.id(), id -> new TreeMap<>());
        Member before = of.get(queue);
        if (kind.equals("QueueMemberRemoved")) {
            of.remove(queue);
        } else {
            Member now = before == null ? new Member(false, null, 1, false, null) : before;
            of.put(queue, after(kind, event, queue, now));
        }
        if (heard != null) {
            heard.add(agent.id() + "\n" + queue);
        } else {
            become(agent, false);
        }
    }

    private Member after(String kind, AmiMessage event, String queue, Member before) {
        if (kind.equals("AgentConnect")) {
            return before.connected();
        }
        if (kind.equals("AgentComplete")) {
            Instant until = outlet.now().plus(wrapUp(queue));
            lookAgainAt(until);
            return before.completed(until);
        }
        Member now = before.paused(event.is("Paused", "1"), event.get("PausedReason"))
                .status(event.number("Status", before.status()));
        return event.is("InCall", "0") && now.inCall() ? now.completed(now.wrapUntil()) : now;
    }

    private void lookAgainAt(Instant until) {
        Duration wait = Duration.between(outlet.now(), until);
        lane.after(wait.isNegative() ? Duration.ZERO : wait.plusMillis(1), () -> {
            if (heard == null) {
                agents().forEach(agent -> become(agent, false));
            }
        });
    }

    /** A snapshot begins: what follows is told when it is complete. */
    void snapshotBegins() {
        heard = new HashSet<>();
    }

    /** One member of it. */
    void snapshot(AmiMessage member) {
        Agent agent = agent(member);
        String queue = member.get("Queue");
        if (agent == null || queue == null || heard == null) {
            return;
        }
        if (!heard.add(agent.id() + "\n" + queue)) {
            return;
        }
        Instant last = Instant.ofEpochSecond(lastCall(member));
        Instant until = last.getEpochSecond() == 0 ? null : last.plus(wrapUp(queue));
        if (until != null && until.isAfter(outlet.now())) {
            lookAgainAt(until);
        }
        members.computeIfAbsent(agent.id(), id -> new TreeMap<>())
                .put(
                        queue,
                        new Member(
                                member.is("Paused", "1"),
                                member.is("Paused", "1") ? member.get("PausedReason") : null,
                                member.number("Status", 0),
                                member.is("InCall", "1"),
                                until));
    }

    private static long lastCall(AmiMessage member) {
        String value = member.get("LastCall", "");
        return value.matches("\\d{1,12}") ? Long.parseLong(value) : 0;
    }

    /** The snapshot is complete: differences to what was told before are published, marked resync. */
    void snapshotComplete() {
        Set<String> told = heard == null ? Set.of() : heard;
        heard = null;
        members.forEach((agent, of) -> of.keySet().removeIf(queue -> !told.contains(agent + "\n" + queue)));
        int compared = 0;
        int differences = 0;
        for (Agent agent : agents()) {
            compared++;
            differences += become(agent, true) ? 1 : 0;
        }
        outlet.publish(
                Origin.ACD, new LinkEvents.Resync(settings.id().toString(), compared, differences), (String) null);
    }

    void snapshotFailed(String why) {
        heard = null;
        LOG.warn("{}: the agents' states are not known: {}", settings.id(), why);
    }

    /** The agent as it is now. */
    AgentView view(Agent agent) {
        Map<String, Member> of = members.getOrDefault(agent.id(), new TreeMap<>());
        Set<String> queues = new java.util.TreeSet<>(agent.groups());
        queues.addAll(of.keySet());
        Instant now = outlet.now();
        List<GroupState> groups = new ArrayList<>();
        AgentState folded = AgentState.LOGGED_OFF;
        AgentState pending = null;
        boolean allPaused = !of.isEmpty();
        String reason = null;
        for (String queue : queues) {
            Member member = of.get(queue);
            AgentState state = member == null ? AgentState.LOGGED_OFF : member.state(now, settings.wrapUpReason());
            groups.add(new GroupState(queue, state));
            folded = folded.fold(state);
            if (member != null) {
                allPaused &= member.paused();
                pending = member.pausedState(settings.wrapUpReason());
                reason = reason == null && state == AgentState.NOT_READY ? member.notReady() : reason;
            }
        }
        boolean busy = folded == AgentState.BUSY;
        return new AgentView(
                settings.id().name(),
                agent.id(),
                agent.device(),
                folded,
                busy && allPaused ? pending : null,
                folded == AgentState.NOT_READY ? reason : null,
                List.copyOf(groups));
    }

    /** True when a change was published. */
    private boolean become(Agent agent, boolean resync) {
        AgentView before = known(agent.id());
        AgentView after = view(agent);
        if (after.equals(before)) {
            return false;
        }
        views.put(agent.id(), after);
        boolean tells = after.differs(before);
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
        outlet.append(() -> table.put(key(agent.id()), after));
        return tells;
    }

    private @Nullable AgentView known(String agent) {
        AgentView view = views.get(agent);
        return view == null ? table.get(key(agent)) : view;
    }

    private Table.Key key(String agent) {
        return new Table.Key(settings.id().tenant(), agent);
    }
}
