package org.jackfield.mediation.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jackfield.event.AgentState.BUSY;
import static org.jackfield.event.AgentState.LOGGED_OFF;
import static org.jackfield.event.AgentState.NOT_READY;
import static org.jackfield.event.AgentState.READY;
import static org.jackfield.event.AgentState.WORKING_AFTER_CALL;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jackfield.event.AgentState;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** States of two queues, folded to one. */
@Conformance("ACD-21")
class FoldTest {
    /** Highest first: any Busy, else any WorkingAfterCall, else any Ready, else NotReady, else none logged on. */
    private static final List<AgentState> ORDER = List.of(BUSY, WORKING_AFTER_CALL, READY, NOT_READY, LOGGED_OFF);

    @Test
    void allPairsFoldAsTheTableSays() {
        for (AgentState one : AgentState.values()) {
            for (AgentState other : AgentState.values()) {
                AgentState expected = ORDER.stream()
                        .filter(s -> s == one || s == other)
                        .findFirst()
                        .orElseThrow();
                assertThat(one.fold(other)).as("%s and %s", one, other).isEqualTo(expected);
            }
        }
    }

    @Property
    void theOrderOfQueuesDoesNotMatter(@ForAll @Size(min = 1, max = 6) List<AgentState> states) {
        AgentState forward = states.stream().reduce(AgentState::fold).orElseThrow();
        AgentState backward = states.stream().reduce((a, b) -> b.fold(a)).orElseThrow();
        assertThat(forward).isEqualTo(backward).isIn(states);
    }
}
