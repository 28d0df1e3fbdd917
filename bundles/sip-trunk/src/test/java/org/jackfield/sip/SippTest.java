package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIPp as SBC and ACD: foreign bytes on both sides of the trunk. */
@RequiresPeer("sipp")
class SippTest {
    private final FakeEventBus bus = new FakeEventBus();
    private final int sbcPort = Ports.free();
    private final int acdPort = Ports.free();
    private final List<Process> running = new ArrayList<>();

    @TempDir
    private Path folder;

    private SipTrunk start(String transport, Map<String, Object> more) throws Exception {
        Map<String, Object> config = new HashMap<>(more);
        config.put("sbc", "127.0.0.1:" + sbcPort + ";" + transport);
        config.put("acd", "127.0.0.1:" + acdPort + ";" + transport);
        config.put("defaultPilot", "600");
        config.put("optionsIntervalSeconds", 0);
        SipTrunk trunk = new SipTrunk(
                TrunkSettings.of(Rig.config(config), "main").withSip(SipConfig.of("127.0.0.1", 0)),
                bus,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> null);
        trunk.start();
        return trunk;
    }

    private Process sipp(int port, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "sipp",
                "-i",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-nostdin",
                "-timeout",
                "60",
                "-timeout_error",
                "-trace_err",
                "-error_file",
                folder.resolve(port + ".err").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), port + "-" + running.size() + ".log"))
                .start();
        running.add(process);
        return process;
    }

    private String scenario(String name) throws Exception {
        return Path.of(SippTest.class.getResource("/sipp/" + name + ".xml").toURI())
                .toString();
    }

    private void ended(Process process) throws Exception {
        assertThat(process.waitFor(70, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(this::errors).isZero();
    }

    private String errors() {
        StringBuilder text = new StringBuilder("sipp's exit code; its errors:\n");
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".err")).toList()) {
                text.append(Files.readString(file), 0, (int) Math.min(4_000, Files.size(file)));
            }
        } catch (java.io.IOException e) {
            text.append(e);
        }
        return text.toString();
    }

    @AfterEach
    void stopPeers() {
        running.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void fiveHundredCallsAtFiftyPerSecond(String transport) throws Exception {
        String mode = transport.equals("udp") ? "u1" : "t1";
        try (SipTrunk trunk = start(transport, Map.of())) {
            sipp(acdPort, "-sn", "uas", "-t", mode);
            Process caller = sipp(
                    sbcPort,
                    "-sn",
                    "uac",
                    "-t",
                    mode,
                    "-s",
                    "+4930555600",
                    "-r",
                    "50",
                    "-m",
                    "500",
                    "-d",
                    "100",
                    "127.0.0.1:" + trunk.port());
            ended(caller);
            await().atMost(Duration.ofSeconds(5)).until(() -> trunk.calls() == 0);
            Map<String, List<Kind>> calls = bus.data(CallEvents.Call.class).stream()
                    .collect(Collectors.groupingBy(
                            CallEvents.Call::call, Collectors.mapping(CallEvents.Call::kind, Collectors.toList())));
            assertThat(calls).hasSize(500);
            assertThat(calls.values())
                    .allMatch(kinds -> kinds.equals(List.of(Kind.OFFERED, Kind.ESTABLISHED, Kind.CLEARED)));
            assertThat(bus.table("dialog", DialogRecord.class).size()).isZero();
        }
    }

    @Test
    @Conformance("DR-50")
    void callersWhoGiveUpAreTakenBack() throws Exception {
        try (SipTrunk trunk = start("udp", Map.of())) {
            Process callee = sipp(acdPort, "-sf", scenario("callee-rings"), "-m", "50");
            Process caller = sipp(
                    sbcPort,
                    "-sf",
                    scenario("caller-cancels"),
                    "-s",
                    "+4930555600",
                    "-r",
                    "50",
                    "-m",
                    "50",
                    "127.0.0.1:" + trunk.port());
            ended(caller);
            ended(callee);
            await().until(() -> trunk.calls() == 0);
        }
    }

    /** Credentials by SIPp's own arithmetic: at the INVITE, and once more at the BYE, whose nonce had grown old. */
    @Test
    void acdThatAsksForCredentialsGetsThem() throws Exception {
        Files.writeString(folder.resolve("password"), "secret\n");
        Map<String, Object> account = Map.of(
                "acdUser", "jack", "acdPasswordFile", folder.resolve("password").toString());
        try (SipTrunk trunk = start("udp", account)) {
            Process acd = sipp(acdPort, "-sf", scenario("acd-asks"), "-m", "1");
            Process caller = sipp(
                    sbcPort, "-sn", "uac", "-s", "+4930555600", "-m", "1", "-d", "100", "127.0.0.1:" + trunk.port());
            ended(caller);
            ended(acd);
            await().until(() -> trunk.calls() == 0);
        }
    }

    /** The other way round: the ACD calls, and answers the trunk's challenge by SIPp's arithmetic. */
    @Test
    void acdThatIsAskedForCredentialsGetsThrough() throws Exception {
        Files.writeString(folder.resolve("password"), "secret\n");
        Map<String, Object> account = Map.of(
                "acdUser", "jack", "acdPasswordFile", folder.resolve("password").toString(), "acdChallenge", "md5");
        try (SipTrunk trunk = start("udp", account)) {
            sipp(sbcPort, "-sn", "uas");
            Process caller = sipp(
                    acdPort,
                    "-sf",
                    scenario("acd-asked"),
                    "-s",
                    "+4930555711",
                    "-m",
                    "5",
                    "-au",
                    "jack",
                    "-ap",
                    "secret",
                    "127.0.0.1:" + trunk.port());
            ended(caller);
            await().until(() -> trunk.calls() == 0);
        }
    }

    @Test
    @Conformance({"DR-56", "DR-58", "DR-61"})
    void transfersAreBridged() throws Exception {
        try (SipTrunk trunk = start("udp", Map.of("transferTakeMs", 100))) {
            @SuppressWarnings("unchecked")
            var point = (OfferPoint<InviteQuestion, InviteAnswer>)
                    trunk.offers().iterator().next();
            point.attach((Offer<InviteQuestion, InviteAnswer> offer) -> offer.answer(
                    new InviteAnswer.ToSbc(String.valueOf(offer.question().toUser()), Side.TEAMS, "agent leg")));
            Path seen = folder.resolve("teams.msg");
            Process teams = sipp(
                    sbcPort, "-sf", scenario("sbc-refer"), "-m", "40", "-trace_msg", "-message_file", seen.toString());
            Process acd = sipp(
                    acdPort,
                    "-sf",
                    scenario("acd-referred"),
                    "-s",
                    "+4930555711",
                    "-r",
                    "20",
                    "-m",
                    "20",
                    "127.0.0.1:" + trunk.port());
            ended(acd);
            ended(teams);
            await().until(() -> trunk.calls() == 0);
            assertThat(bus.data(CallEvents.Transfer.class).stream()
                            .filter(t -> t.step() == CallEvents.TransferStep.COMPLETED))
                    .hasSize(20)
                    .allMatch(t -> "bridge".equals(t.path()));
            String script = Files.readString(Path.of(scenario("sbc-refer")));
            String referredBy = script.substring(script.indexOf("REFERRED-BY: ") + 13)
                    .lines()
                    .findFirst()
                    .orElseThrow();
            assertThat(referredBy).hasSizeGreaterThan(400);
            String[] messages = Files.readString(seen, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .split("(?m)^-{10,}.*$");
            assertThat(messages)
                    .filteredOn(m -> m.contains("\nINVITE sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:aB SIP/2.0"))
                    .hasSizeGreaterThanOrEqualTo(20)
                    .allMatch(m -> m.replace("\r", "").contains("\nReferred-By: " + referredBy + "\n"));
        }
    }
}
