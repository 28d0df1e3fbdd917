package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.Side;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.Ports;
import org.jackfield.testkit.RequiresPeer;
import org.jackfield.testkit.load.Kamailio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks of others around the trunk: Kamailio as the SBC's proxy, baresip as a phone, JAIN-SIP as the ACD. */
class ForeignPeersTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String CALLER = "sip:+493012345@carrier.example";
    private static final String PILOT = "sip:+4930555600@host.example";

    private final List<Process> running = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stopPeers() throws Exception {
        for (Process process : running) {
            List<ProcessHandle> workers = process.descendants().toList();
            process.destroy();
            if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            workers.forEach(ProcessHandle::destroyForcibly); // now and then Kamailio's wait for each other for ever
        }
    }

    private Process start(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), running.size() + ".log"))
                .start();
        running.add(process);
        return process;
    }

    private String log(int process) {
        try {
            return Files.readString(folder.resolve(process + ".log"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private void kamailio(String config, int listen, int trunk, int phones, Map<String, String> more) throws Exception {
        start(Kamailio.command(folder, config, listen, trunk, phones, more).toArray(String[]::new));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(log(0)).contains("Listening on").contains(":" + listen));
    }

    /** The trunk, which believes that {@code password} is right, before a proxy with digest authentication. */
    private Rig behindAProxyThatAsksForCredentials(String password, String algorithm) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), password);
        int proxy = Ports.free();
        Map<String, Object> config =
                Map.of("sbc", "127.0.0.1:" + proxy + ";udp", "sbcUser", "jack", "sbcPasswordFile", file.toString());
        String script = new String(
                ForeignPeersTest.class.getResourceAsStream("/kamailio-auth.cfg").readAllBytes(),
                java.nio.charset.StandardCharsets.US_ASCII);
        Rig rig = new Rig(Protocol.UDP, config);
        kamailio(
                script,
                proxy,
                rig.trunk.port(),
                rig.sbc.agent.port(),
                Map.of("ALGORITHM", algorithm, "PASSWORD", "open sesame"));
        rig.decide(q -> new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg"));
        return rig;
    }

    /** Calls both ways, hold and BYE through a proxy that stays in the path by Record-Route. */
    @Test
    @RequiresPeer("kamailio")
    @Conformance({"DR-24", "DR-25", "DR-26"})
    void callsGoThroughAProxyThatRecordsItsRoute() throws Exception {
        int proxy = Ports.free();
        try (Rig rig = new Rig(Protocol.UDP, Map.of("sbc", "127.0.0.1:" + proxy + ";udp"))) {
            kamailio(Kamailio.PROXY, proxy, rig.trunk.port(), rig.sbc.agent.port(), Map.of());
            rig.decide(q -> q.side() == Side.ACD
                    ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg")
                    : new InviteAnswer.ToAcd("600", "pilot"));
            rig.acd.call(CALLER, "sip:+4930555711@host");
            await().atMost(LONG).until(() -> rig.acd.log.contains("answered") && rig.sbc.log.contains("ACK"));
            SipMessage invite = rig.sbc.last("INVITE");
            assertThat(invite.all(SipHeader.RECORD_ROUTE))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(":" + proxy);
            rig.acd.calls.get(0).request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=sendonly\r\n"));
            await().atMost(LONG)
                    .until(() -> rig.sbc.log.stream().filter("INVITE"::equals).count() == 2);
            assertThat(rig.sbc.last("INVITE").bodyText()).endsWith("a=inactive\r\n");
            assertThat(rig.sbc.last("INVITE").via().port()).isEqualTo(proxy); // it came by the proxy
            await().atMost(LONG)
                    .until(() -> rig.sbc.log.stream().filter("ACK"::equals).count() == 2);
            rig.sbc.calls.get(0).hangup();
            await().atMost(LONG).until(() -> rig.acd.log.contains("BYE") && rig.trunk.calls() == 0);

            Call in = rig.sbc.agent.call(
                    CALLER,
                    PILOT,
                    new org.jackfield.protocol.sip.Hop(
                            Protocol.UDP,
                            new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), proxy)),
                    Rig.OFFER,
                    w -> {},
                    rig.sbc.notes());
            await().atMost(LONG).until(() -> in.state() == Call.State.ESTABLISHED);
            await().atMost(LONG).until(() -> rig.acd.log.contains("ACK"));
            rig.acd.calls.get(1).hangup();
            await().atMost(LONG).until(() -> in.state() == Call.State.ENDED && rig.trunk.calls() == 0);
        }
    }

    /** Kamailio asks once and counts how often its nonce is used: a call of four requests is challenged once. */
    @ParameterizedTest
    @ValueSource(strings = {"MD5", "SHA-256"})
    @RequiresPeer("kamailio")
    void proxyThatAsksForCredentialsIsAnsweredOncePerNonce(String algorithm) throws Exception {
        try (Rig rig = behindAProxyThatAsksForCredentials("open sesame\n", algorithm)) {
            Call call = rig.acd.call(CALLER, "sip:+4930555711@host");
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(call.state()).as(rig.acd.log + log(0)).isEqualTo(Call.State.ESTABLISHED));
            await().atMost(LONG).until(() -> rig.sbc.log.contains("ACK"));
            assertThat(rig.sbc.last("INVITE").cseq()).isEqualTo(2);
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"));
            await().atMost(LONG)
                    .until(() -> rig.sbc.log.stream().filter("ACK"::equals).count() == 2);
            call.request("INFO", w -> {});
            await().atMost(LONG).until(() -> rig.sbc.log.contains("INFO"));
            call.hangup();
            await().atMost(LONG).until(() -> rig.sbc.log.contains("BYE") && rig.trunk.calls() == 0);
            assertThat(rig.counter("jackfield.sip.challenges", "outcome", "answered"))
                    .isEqualTo(1);
            assertThat(rig.sbc.last("BYE").cseq()).isEqualTo(5);
        }
    }

    @Test
    @RequiresPeer("kamailio")
    void proxyThatDoesNotKnowThePasswordRefusesTheCall() throws Exception {
        try (Rig rig = behindAProxyThatAsksForCredentials("a guess", "SHA-256")) {
            rig.acd.call(CALLER, "sip:+4930555711@host");
            await().atMost(LONG).until(() -> rig.acd.log.contains("rejected 403"));
            assertThat(rig.trunk.status().sentence()).startsWith("sbc refuses the credentials for \"edge\"");
            assertThat(rig.sbc.log).isEmpty();
        }
    }

    /** A real phone behind the SBC: rings, answers by itself, is held, resumed and hung up. */
    @Test
    @RequiresPeer("baresip")
    void realPhoneTakesACall() throws Exception {
        int port = Ports.free();
        Files.writeString(
                folder.resolve("config"),
                "sip_listen 127.0.0.1:" + port + "\nnet_interface 127.0.0.1\nmodule_path /usr/lib/baresip/modules\n"
                        + "module g711.so\nmodule aubridge.so\nmodule_tmp uuid.so\nmodule_tmp account.so\n"
                        + "module_app menu.so\naudio_player aubridge,x\naudio_source aubridge,x\n");
        Files.writeString(
                folder.resolve("accounts"),
                "<sip:+4930555711@127.0.0.1:" + port + ">;regint=0;answermode=auto;audio_codecs=pcma,pcmu\n");
        Files.writeString(folder.resolve("contacts"), "");
        start("baresip", "-f", folder.toString());
        await().atMost(LONG).untilAsserted(() -> assertThat(log(0)).contains("baresip is ready"));
        try (Rig rig = new Rig(Protocol.UDP, Map.of("sbc", "127.0.0.1:" + port + ";udp"))) {
            rig.decide(q -> new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg"));
            Call call = rig.acd.call(CALLER, "sip:+4930555711@host");
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(call.state()).as(rig.acd.log + log(0)).isEqualTo(Call.State.ESTABLISHED));
            assertThat(call.remote().bodyText()).contains("m=audio").contains("PCMA");
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=sendonly\r\n"));
            call.request("OPTIONS", w -> {});
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(rig.kinds())
                            .containsExactly(CallEvents.Kind.OFFERED, CallEvents.Kind.ESTABLISHED));
            call.hangup();
            await().atMost(LONG).until(() -> rig.acd.log.contains("hung up") && rig.trunk.calls() == 0);
        }
    }

    /** JAIN-SIP as the ACD: takes a call, is held, ends it; places one, holds and ends that. */
    @Test
    void jainSipTakesAndPlacesCalls() throws Exception {
        int port = Ports.free();
        try (JainAgent jain = new JainAgent(port);
                Rig rig = new Rig(Protocol.UDP, Map.of("acd", "127.0.0.1:" + port + ";udp"))) {
            rig.decide(q -> q.side() == Side.ACD
                    ? new InviteAnswer.ToSbc(String.valueOf(q.toUser()), Side.TEAMS, "agent leg")
                    : new InviteAnswer.ToAcd("600", "pilot"));
            Call call = rig.sbc.call(CALLER, PILOT);
            await().atMost(LONG).until(() -> call.state() == Call.State.ESTABLISHED);
            await().atMost(LONG).until(() -> jain.log.contains("ACK"));
            call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"));
            await().atMost(LONG).until(() -> jain.log.contains("re-INVITE"));
            await().atMost(LONG)
                    .until(() -> jain.log.stream().filter("ACK"::equals).count() == 2);
            jain.bye();
            await().atMost(LONG).until(() -> rig.sbc.log.contains("BYE") && jain.log.contains("200 BYE"));

            jain.call(rig.trunk.port(), "+4930555711", Rig.OFFER);
            await().atMost(LONG).until(() -> jain.log.contains("200 INVITE") && rig.sbc.log.contains("ACK"));
            rig.sbc.calls.get(1).hangup();
            await().atMost(LONG).until(() -> jain.log.contains("BYE") && rig.trunk.calls() == 0);
            assertThat(jain.faults).isEmpty();
        }
    }
}
