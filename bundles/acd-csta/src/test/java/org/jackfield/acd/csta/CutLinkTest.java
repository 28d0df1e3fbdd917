package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.LinkEvents;
import org.jackfield.protocol.csta.AgentEvent.Kind;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

class CutLinkTest {
    private static final int CUTS = 25;
    private static final Map<String, String> DEVICES = Map.of("anna", "4711", "ben", "4712");

    /** An agent does something, whether or not the link can see it. */
    private static void change(LinkRig rig, Map<String, Kind> truth, Random random) {
        String agent = random.nextBoolean() ? "anna" : "ben";
        Kind kind = List.of(Kind.READY, Kind.NOT_READY, Kind.BUSY, Kind.WORKING_AFTER_CALL)
                .get(random.nextInt(4));
        String device = DEVICES.get(agent);
        rig.acd.agent(device, agent, TestSwitch.in("600", kind.state()));
        truth.put(agent, kind);
        if (!rig.acd.opened.isEmpty()) {
            rig.acd.tell(device, kind, device, agent, null);
            rig.acd.tell("600", kind, device, agent, "600");
        }
    }

    @Test
    @Conformance("ACD-22")
    void stateEqualsTheAcdsAfterCutsAtAnyPointAndOnlyDifferencesWereTold() throws Exception {
        var random = new Random(2);
        var truth = new HashMap<String, Kind>();
        try (var rig = new LinkRig("reconnect", "fixed=5ms").start()) {
            for (int cut = 0; cut < CUTS; cut++) {
                int before = rig.acd.opened.size();
                for (int i = random.nextInt(30); i >= 0; i--) {
                    change(rig, truth, random);
                }
                rig.acd.session().close();
                for (int i = random.nextInt(4); i > 0; i--) {
                    change(rig, truth, random);
                }
                await().until(() -> rig.acd.opened.size() > before);
            }
            await().until(() -> rig.bus.data(LinkEvents.Resync.class).size() >= 2);
            change(rig, truth, random);
            await().untilAsserted(() -> truth.forEach((agent, kind) -> {
                List<StateChanged> told = rig.of(agent);
                assertThat(told.get(told.size() - 1).state()).isEqualTo(States.of(kind.state()));
            }));
            for (String agent : truth.keySet()) {
                List<StateChanged> told = rig.of(agent);
                for (int i = 1; i < told.size(); i++) {
                    assertThat(told.get(i).previous()).isEqualTo(told.get(i - 1).state());
                    assertThat(told.get(i).state()).isNotEqualTo(told.get(i - 1).state());
                }
            }
            assertThat(rig.bus.data(LinkEvents.Gap.class)).hasSize((int) rig.bus.data(LinkEvents.Changed.class).stream()
                    .filter(changed -> changed.state().equals("down"))
                    .count());
        }
    }
}
