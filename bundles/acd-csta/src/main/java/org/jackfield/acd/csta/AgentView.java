package org.jackfield.acd.csta;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jackfield.event.AgentEvents.GroupState;
import org.jackfield.event.AgentState;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the link last knew of an agent, kept in a table over restarts.
 * Immutable; the methods are pure functions to the next view.
 *
 * @param link the link's name
 * @param state folded over {@code groups}
 * @param pending only while the state is BUSY or WORKING_AFTER_CALL
 * @param reason only while the state is NOT_READY
 */
record AgentView(
        String link,
        String agent,
        @Nullable String device,
        AgentState state,
        @Nullable AgentState pending,
        @Nullable String reason,
        List<GroupState> groups) {
    /** The group of an agent whose groups the ACD does not tell. */
    static final String NO_GROUP = "";

    static AgentView unknown(String link, String agent, String device, List<String> groups) {
        List<GroupState> none = groups.stream()
                .map(group -> new GroupState(group, AgentState.LOGGED_OFF))
                .toList();
        return new AgentView(link, agent, device, AgentState.LOGGED_OFF, null, null, none);
    }

    /** The same agent at another device. */
    AgentView at(String newDevice) {
        return newDevice.equals(device) ? this : new AgentView(link, agent, newDevice, state, pending, reason, groups);
    }

    /** The view after an event; an event without a group is about all groups. */
    AgentView after(AgentEvent event) {
        AgentState told = States.of(event.kind().state());
        List<GroupState> next = new ArrayList<>(groups.size() + 1);
        boolean found = false;
        for (GroupState one : groups) {
            boolean concerned = event.group() == null || event.group().equals(one.group());
            found |= concerned;
            next.add(concerned ? new GroupState(one.group(), moved(event.kind(), one.state(), told)) : one);
        }
        if (!found) {
            next.add(new GroupState(event.group() == null ? NO_GROUP : event.group(), told));
        }
        AgentState folded = fold(next);
        AgentState later = event.pending() == null ? pending : States.of(event.pending());
        return with(folded, later, event.reason() == null && folded == state ? reason : event.reason(), next);
    }

    /** Logging on does not imply Ready, nor does its repetition end it. */
    private static AgentState moved(AgentEvent.Kind kind, AgentState before, AgentState told) {
        return kind == AgentEvent.Kind.LOGGED_ON && before != AgentState.LOGGED_OFF ? before : told;
    }

    /** The view of a snapshot; null means that nobody is logged on at the device. */
    AgentView snapshot(AgentMessage.@Nullable Entry entry) {
        List<GroupState> next = new ArrayList<>();
        AgentState later = null;
        if (entry != null) {
            for (AgentMessage.Item item : entry.items()) {
                next.add(new GroupState(item.group() == null ? NO_GROUP : item.group(), States.of(item.state())));
                later = item.pending() == null ? later : States.of(item.pending());
            }
            if (next.isEmpty()) {
                next.add(new GroupState(NO_GROUP, entry.loggedOn() ? AgentState.NOT_READY : AgentState.LOGGED_OFF));
            }
        } else {
            groups.forEach(one -> next.add(new GroupState(one.group(), AgentState.LOGGED_OFF)));
        }
        AgentState folded = fold(next);
        return with(folded, later, folded == state ? reason : null, next);
    }

    /** The view when the ACD has said that a state comes later. */
    AgentView pending(@Nullable AgentState later) {
        return with(state, later, reason, groups);
    }

    private AgentView with(
            AgentState newState, @Nullable AgentState later, @Nullable String newReason, List<GroupState> newGroups) {
        boolean waits = newState == AgentState.BUSY || newState == AgentState.WORKING_AFTER_CALL;
        return new AgentView(
                link,
                agent,
                device,
                newState,
                waits ? later : null,
                newState == AgentState.NOT_READY ? newReason : null,
                List.copyOf(newGroups));
    }

    /** True when the difference to {@code before} is one that others want to hear of. */
    boolean differs(AgentView before) {
        return state != before.state || pending != before.pending || !Objects.equals(reason, before.reason);
    }

    private static AgentState fold(List<GroupState> states) {
        AgentState folded = AgentState.LOGGED_OFF;
        for (GroupState one : states) {
            folded = folded.fold(one.state());
        }
        return folded;
    }
}
