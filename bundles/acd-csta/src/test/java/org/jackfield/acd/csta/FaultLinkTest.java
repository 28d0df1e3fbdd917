package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.Frame;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultLinkTest {
    static Stream<Arguments> badFrames() {
        byte[] shortXml = "<AgentReadyEvent><monitorCrossRefID>1".getBytes(StandardCharsets.UTF_8);
        byte[] whole = new Frame(9999, "<SystemStatus/>".getBytes(StandardCharsets.UTF_8)).encode();
        byte[] format = whole.clone();
        format[1] = 1;
        byte[] tooShort = whole.clone();
        tooShort[3] = 7;
        byte[] invoke = whole.clone();
        invoke[4] = 'x';
        byte[] cut = whole.clone();
        cut[3] -= 2;
        byte[] dtd = new Frame(
                        9999,
                        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>"
                                .getBytes(StandardCharsets.UTF_8))
                .encode();
        return Stream.of(
                Arguments.of("format-indicator", format),
                Arguments.of("length", tooShort),
                Arguments.of("invoke-id", invoke),
                Arguments.of("xml", cut),
                Arguments.of("xml", new Frame(9999, shortXml).encode()),
                Arguments.of("dtd", dtd));
    }

    @ParameterizedTest
    @MethodSource("badFrames")
    @Conformance("ACD-04")
    void frameThatIsNoneClosesTheLinkWithANamedReasonAndTheLinkComesBack(String reason, byte[] bytes) throws Exception {
        try (var rig = new LinkRig().start()) {
            int before = rig.bus.data(LinkEvents.Resync.class).size();
            rig.acd.session().raw(bytes);
            var refused = rig.event(LinkEvents.Refused.class, r -> true);
            assertThat(refused)
                    .returns("csta:main", LinkEvents.Refused::place)
                    .returns(reason, LinkEvents.Refused::reason);
            assertThat(rig.meters
                            .get("jackfield.input.refused")
                            .tags("place", "csta:main", "reason", reason)
                            .counter()
                            .count())
                    .isEqualTo(1);
            await().until(() -> rig.bus.data(LinkEvents.Resync.class).size() > before);
            assertThat(rig.bus.data(LinkEvents.Changed.class))
                    .extracting(LinkEvents.Changed::state)
                    .containsExactly("up", "down", "up");
            assertThat(rig.of("anna")).hasSize(1);
        }
    }

    /** The next link with this name counts, and not into what is gone. */
    @Test
    void whatALinkCountedEndsWithIt() throws Exception {
        try (var rig = new LinkRig().start()) {
            assertThat(rig.meters.find("jackfield.csta.frames").functionCounters())
                    .hasSize(2);
            rig.link.close();
            assertThat(rig.meters.find("jackfield.csta.frames").functionCounters())
                    .isEmpty();
            assertThat(rig.meters.find("jackfield.csta.timeouts").functionCounters())
                    .isEmpty();
        }
    }

    @Test
    @Conformance("ACD-07")
    void refusedSessionIsTriedAgainAndSaidOnce() throws Exception {
        try (var rig = new LinkRig()) {
            rig.acd.admits = false;
            rig.open();
            rig.until(Status.State.DOWN);
            await().until(() -> rig.acd.requests.size() >= 3);
            assertThat(rig.link.status().detail()).isEqualTo(Status.Detail.AUTHENTICATION);
            assertThat(rig.link.status().sentence()).contains("invalidApplicationInfo");
            assertThat(rig.bus.data(LinkEvents.Changed.class)).isEmpty();
            rig.acd.admits = true;
            rig.until(Status.State.UP);
        }
    }

    @Test
    @Conformance("ACD-07")
    void terminatedSessionIsOpenedAgain() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.session().terminate("resourceLimitation");
            rig.event(LinkEvents.Changed.class, c -> c.sentence().contains("resourceLimitation"));
            await().until(() -> rig.acd.opened.size() == 2);
            await().until(() -> rig.bus.data(LinkEvents.Resync.class).size() == 2);
        }
    }

    @Test
    @Conformance("ACD-08")
    void silentAcdIsFoundOutByTwoMissedHeartbeats() throws Exception {
        try (var rig = new LinkRig("systemStatus", "100ms").start()) {
            rig.acd.session().mute(true);
            rig.event(LinkEvents.Changed.class, c -> c.sentence().contains("SystemStatus: 2 not answered"));
            await().until(() -> !rig.bus.data(LinkEvents.Gap.class).isEmpty());
        }
    }

    @Test
    @Conformance("ACD-17")
    void passwordReachesTheAcdAndNothingElse(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("acd.password"), "s3cr3t-word\n");
        try (var rig = new LinkRig(
                        "user",
                        "host",
                        "passwordFile",
                        dir.resolve("acd.password").toString())
                .start()) {
            var start = rig.acd
                    .asked(org.jackfield.protocol.csta.SessionMessage.Start.class)
                    .get(0);
            assertThat(start.login()).isNotNull();
            assertThat(start.login().password().value()).isEqualTo("s3cr3t-word");
            assertThat(start.toString()).doesNotContain("s3cr3t-word");
            assertThat(rig.bus.events().toString()).doesNotContain("s3cr3t-word");
        }
    }

    @Test
    void allFaultsOfAConfigurationAreSaidAtOnce() {
        var read = SettingsReader.read(
                Map.of("service.pid", "org.jackfield.csta~main", "tenant", "Demo!", "port", "0", "edition", "ed9"),
                Path.of("."));
        assertThat(read.settings()).isNull();
        assertThat(read.faults())
                .isEqualTo(List.of(
                        "tenant: Demo! (expected: lower-case letters, digits and dashes, 1-63 characters)",
                        "edition: ed9 (expected: ed2, ed3, ed4, ed5 or ed6)",
                        "port: 0 (expected: 1-65535)"));
    }

    @Test
    void linkWithAFaultyConfigurationIsThereAndDown() throws Exception {
        try (var rig = new LinkRig("port", "0").open()) {
            assertThat(rig.link.status().state()).isEqualTo(Status.State.DOWN);
            assertThat(rig.link.status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
            assertThat(rig.link.status().sentence())
                    .isEqualTo("port: 0 (expected: 1-65535) in etc/org.jackfield.csta-main.cfg");
            assertThat(rig.count("jackfield.input.refused")).isEqualTo(1);
        }
    }

    @Test
    void deviceThatCannotBeMonitoredDegradesTheLinkByName() throws Exception {
        try (var rig = new LinkRig()) {
            rig.acd.script = request -> request.equals(new MonitorMessage.Start("4712"))
                    ? new CstaError(CstaError.OPERATION, "invalidDeviceID")
                    : null;
            rig.open();
            rig.until(Status.State.DEGRADED);
            assertThat(rig.link.status().sentence()).contains("4712").contains("invalidDeviceID");
            rig.event(LinkEvents.Resync.class, r -> r.compared() == 2);
        }
    }
}
