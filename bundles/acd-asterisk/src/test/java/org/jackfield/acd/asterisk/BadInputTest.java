package org.jackfield.acd.asterisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jackfield.event.AgentState;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BadInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void lineWithoutEndClosesTheLinkWithItsReason() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.raw("Event: " + "x".repeat(AmiDecoder.MAX_LINE + 1));
            LinkEvents.Refused refused = rig.event(LinkEvents.Refused.class, r -> true);
            assertThat(refused.reason()).isEqualTo("line-too-long");
            assertThat(rig.refused("line-too-long")).isEqualTo(1);
            rig.awaitResync(2);
        }
    }

    @Test
    void blockWithoutEndClosesTheLink() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.raw("Event: x\r\n" + "Header: y\r\n".repeat(AmiDecoder.MAX_LINES));
            assertThat(rig.event(LinkEvents.Refused.class, r -> true).reason()).isEqualTo("block-too-long");
        }
    }

    @Test
    void blockWithABadLineIsLeftOutAndCounted() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.raw("Event: QueueMemberPause\r\nno colon here\r\n\r\n");
            rig.asterisk.raw("Queue: 600\r\n\r\n");
            rig.asterisk.event("QueueMemberPause", "Queue: 600", "Interface: PJSIP/9999", "Paused: 1");
            rig.asterisk.event("Unheard\u00fcf", "Of: this");
            rig.asterisk.queue("QueueMemberPause", "600", "4711", 1, "tea \u2615", 1);
            assertThat(rig.change("anna", 2).reason()).isEqualTo("tea \u2615");
            assertThat(rig.refused("line")).isEqualTo(1);
            assertThat(rig.refused("kind")).isEqualTo(1);
            assertThat(rig.meters.get("jackfield.ami.members.unknown").counter().count())
                    .isEqualTo(1);
            assertThat(rig.link.status().state()).isEqualTo(Status.State.UP);
        }
    }

    @Test
    void peerThatIsNoManagerIsRefused() throws IOException {
        try (var rig = new AmiRig(folder)) {
            rig.asterisk.greeting = "SSH-2.0-OpenSSH_9.2\r\n";
            rig.open();
            rig.until(Status.State.DOWN);
            await().atMost(PATIENCE).until(() -> rig.refused("greeting") >= 1);
            assertThat(rig.link.status().detail()).isEqualTo(Status.Detail.PROTOCOL);
        }
    }

    @Test
    void wrongSecretIsSaidSo() throws IOException {
        try (var rig = new AmiRig(folder)) {
            rig.asterisk.errors.put("Login", "Authentication failed");
            rig.open();
            rig.until(Status.State.DOWN);
            assertThat(rig.link.status().detail()).isEqualTo(Status.Detail.AUTHENTICATION);
            assertThat(rig.link.status().sentence()).contains("Authentication failed");
        }
    }

    @Test
    void silentPeerIsGivenUpAndTheGapBeginsWhereItWasLastHeard() throws IOException {
        try (var rig = new AmiRig(folder, "ping", "100ms", "requestTimeout", "500ms").start()) {
            rig.asterisk.silent = true;
            rig.event(LinkEvents.Changed.class, c -> c.state().equals("down"));
            assertThat(rig.link.status().sentence()).isNotEmpty();
            rig.asterisk.silent = false;
            assertThat(rig.event(LinkEvents.Gap.class, gap -> true).lengthMs()).isGreaterThan(100);
            rig.awaitResync(2);
        }
    }

    @Test
    void badConfigurationNamesAllItsFaults() throws IOException {
        try (var rig = new AmiRig(folder, "port", "70000", "interface", "PJSIP/x", "wrapUp", "600=soon")) {
            rig.open();
            assertThat(rig.link.status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
            assertThat(rig.link.status().sentence())
                    .contains("port: 70000 (expected: 1-65535)")
                    .contains("interface: PJSIP/x")
                    .contains("wrapUp: 600=soon")
                    .contains("etc/org.jackfield.ami-main.cfg");
        }
    }

    @Test
    void anySplitOfTheBytesGivesTheSameBlocks() throws AmiDecoder.Fault {
        byte[] bytes = ("Asterisk Call Manager/5.0.4\r\nResponse: Success\r\nChanVariable: a=b;c=d:e\r\n\r\n"
                        + "Event: Hold\r\nEmpty:\r\nname:  J\u00fcrgen \ud83d\ude00 \r\n\r\n\r\nEvent: X\n\n")
                .getBytes(StandardCharsets.UTF_8);
        List<String> whole = decode(bytes, bytes.length);
        assertThat(whole).hasSize(3);
        assertThat(whole.get(1)).contains("J\u00fcrgen \ud83d\ude00");
        for (int size = 1; size < 12; size++) {
            assertThat(decode(bytes, size)).isEqualTo(whole);
        }
    }

    private static List<String> decode(byte[] bytes, int size) throws AmiDecoder.Fault {
        List<String> blocks = new ArrayList<>();
        var decoder =
                new AmiDecoder(v -> {}, m -> blocks.add(m.lines().toString()), reason -> blocks.add("! " + reason));
        for (int i = 0; i < bytes.length; i += size) {
            int count = Math.min(size, bytes.length - i);
            decoder.feed(java.util.Arrays.copyOfRange(bytes, i, i + count), count);
        }
        return blocks;
    }

    @Test
    void mutatedBytesNeverBringAnythingButBlocksOrANamedFault() {
        byte[] seed = ("Asterisk Call Manager/5.0.4\r\nEvent: QueueMemberStatus\r\nQueue: 600\r\nStatus: 1\r\n\r\n"
                        + "Event: DialBegin\r\nDestChannel: PJSIP/4711-00000001\r\nChanVariable: JACKFIELD_UUI=00\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        var random = new Random(42);
        Map<Boolean, Integer> ends = new java.util.HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = seed.clone();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                bytes[28 + random.nextInt(bytes.length - 28)] = (byte) random.nextInt(256);
            }
            var decoder = new AmiDecoder(v -> {}, AmiMessage::lines, reason -> {});
            boolean fault = false;
            try {
                decoder.feed(bytes, bytes.length);
            } catch (AmiDecoder.Fault e) {
                fault = !e.reason().isEmpty();
            }
            ends.merge(fault, 1, Integer::sum);
        }
        assertThat(ends.get(false)).isGreaterThan(10_000);
    }

    @Test
    void agentStatesSurviveTheNoise() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            for (int i = 0; i < 500; i++) {
                rig.asterisk.event("Noise" + i, "Uniqueid: " + i, "Linkedid: " + i, "Channel: X/" + i);
                rig.asterisk.event("Hangup", "Uniqueid: " + i, "Channel: X/" + i);
            }
            rig.asterisk.queue("QueueMemberPause", "600", "4711", 1, "x", 1);
            assertThat(rig.change("anna", 2).state()).isEqualTo(AgentState.NOT_READY);
        }
    }
}
