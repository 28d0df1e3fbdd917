package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jackfield.event.AgentState;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

class AgentViewTest {
    private static final List<AgentState> STRONGEST_FIRST = List.of(
            AgentState.BUSY,
            AgentState.WORKING_AFTER_CALL,
            AgentState.READY,
            AgentState.NOT_READY,
            AgentState.LOGGED_OFF);

    private final AgentView nobody = AgentView.unknown("main", "anna", "4711", List.of("600", "601"));

    private AgentView event(AgentView before, AgentEvent.Kind kind, String group) {
        return before.after(AgentEvent.of(kind, "1", "4711", "anna", group));
    }

    @Test
    @Conformance("ACD-21")
    void strongerOfTwoGroupStatesWinsForAllPairs() {
        for (var one : org.jackfield.protocol.csta.AgentState.values()) {
            for (var two : org.jackfield.protocol.csta.AgentState.values()) {
                var view = nobody.snapshot(new AgentMessage.Entry(
                        "anna", true, List.of(TestSwitch.in("600", one), TestSwitch.in("601", two))));
                AgentState expected = STRONGEST_FIRST.stream()
                        .filter(state -> state == States.of(one) || state == States.of(two))
                        .findFirst()
                        .orElseThrow();
                assertThat(view.state()).as("%s and %s", one, two).isEqualTo(expected);
            }
        }
    }

    @Test
    void loggingOnAgainDoesNotEndReady() {
        AgentView ready = event(event(nobody, AgentEvent.Kind.LOGGED_ON, null), AgentEvent.Kind.READY, null);
        assertThat(event(ready, AgentEvent.Kind.LOGGED_ON, null).state()).isEqualTo(AgentState.READY);
    }

    @Test
    void eventWithoutAGroupIsAboutAllGroups() {
        AgentView ready = event(nobody, AgentEvent.Kind.READY, null);
        assertThat(ready.groups()).allMatch(group -> group.state() == AgentState.READY);
        assertThat(event(ready, AgentEvent.Kind.NOT_READY, "600").state()).isEqualTo(AgentState.READY);
    }

    @Test
    void pendingEndsWhenTheAgentIsFree() {
        AgentView busy = event(nobody, AgentEvent.Kind.BUSY, "600").pending(AgentState.NOT_READY);
        AgentView after = event(busy, AgentEvent.Kind.WORKING_AFTER_CALL, "600");
        assertThat(after.pending()).isEqualTo(AgentState.NOT_READY);
        assertThat(event(after, AgentEvent.Kind.NOT_READY, "600").pending()).isNull();
    }

    @Test
    void nobodyAtTheDeviceIsLoggedOff() {
        assertThat(event(nobody, AgentEvent.Kind.READY, null).snapshot(null).state())
                .isEqualTo(AgentState.LOGGED_OFF);
    }
}
