package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.csta.CapabilityMessage;
import org.jackfield.protocol.csta.CapabilityMessage.Entry;
import org.jackfield.protocol.csta.MonitorMessage;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    @Test
    void devicesThatTheAcdTellsInSegmentsAreMonitoredToo() throws Exception {
        try (var rig = new LinkRig("discover", "true")) {
            rig.acd.script = request ->
                    request instanceof CapabilityMessage.Devices ? new CapabilityMessage.DevicesAnswer("x7") : null;
            rig.start();
            await().until(() -> !rig.acd.asked(CapabilityMessage.Devices.class).isEmpty());
            rig.acd
                    .session()
                    .send(new CapabilityMessage.DeviceList("x7", 1, false, List.of(new Entry("4799", "station"))));
            rig.acd
                    .session()
                    .send(new CapabilityMessage.DeviceList(
                            "x7", 2, true, List.of(new Entry("T1", "networkInterface"), new Entry("690", "acd"))));
            await().until(() -> rig.acd.crossRefs.containsKey("4799") && rig.acd.crossRefs.containsKey("690"));
            assertThat(rig.acd.asked(MonitorMessage.Start.class))
                    .extracting(MonitorMessage.Start::device)
                    .doesNotContain("T1")
                    .doesNotHaveDuplicates();
            assertThat(rig.link.status().state()).isEqualTo(Status.State.UP);
        }
    }

    @Test
    void acdThatDoesNotTellItsDevicesIsFollowedByTheDictionary() throws Exception {
        try (var rig = new LinkRig("discover", "true").start()) {
            await().until(() -> !rig.acd.asked(CapabilityMessage.Devices.class).isEmpty());
            assertThat(rig.link.status().state()).isEqualTo(Status.State.UP);
        }
    }
}
