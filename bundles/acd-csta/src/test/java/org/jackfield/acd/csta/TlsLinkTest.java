package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.csta.CstaServer;
import org.jackfield.protocol.csta.Edition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsLinkTest {
    @TempDir
    static Path folder;

    /** A certificate for {@code name} with its key, as PEM files. */
    private static void pair(String file, String name) throws Exception {
        Path store = folder.resolve(file + ".p12");
        String word = "only-in-this-folder";
        var made = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + file,
                        "-ext",
                        "SAN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        word))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(file + ".log").toFile())
                .start();
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance(store.toFile(), word.toCharArray());
        pem(file + ".crt", "CERTIFICATE", keys.getCertificate("own").getEncoded());
        pem(file + ".key", "PRIVATE KEY", keys.getKey("own", word.toCharArray()).getEncoded());
    }

    private static void pem(String file, String kind, byte[] der) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }

    @BeforeAll
    static void certificates() throws Exception {
        pair("acd", "ip:127.0.0.1");
        pair("other", "dns:elsewhere.example");
        pair("host", "dns:host.example");
    }

    private static LinkRig rig(String certificate, String... more) throws Exception {
        SSLContext context = TlsFiles.read(
                folder.resolve("host.crt"), folder.resolve(certificate + ".crt"), folder.resolve(certificate + ".key"));
        var options = CstaServer.Options.of(Edition.ED4);
        var acd = new TestSwitch(options, context);
        String[] all = new String[more.length + 4];
        all[0] = "tls";
        all[1] = "true";
        all[2] = "trustFile";
        all[3] = folder.resolve(certificate + ".crt").toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return new LinkRig(acd, all);
    }

    @Test
    void linkSpeaksTlsWithAnAcdThatItTrusts() throws Exception {
        try (var rig = rig(
                "acd",
                "certificateFile",
                folder.resolve("host.crt").toString(),
                "keyFile",
                folder.resolve("host.key").toString())) {
            rig.start();
            assertThat(rig.link.status().state()).isEqualTo(Status.State.UP);
            assertThat(rig.bus.data(LinkEvents.Resync.class)).isNotEmpty();
        }
    }

    @Test
    void acdWhoseCertificateNamesAnotherHostIsNotSpokenTo() throws Exception {
        try (var rig = rig("other")) {
            rig.open();
            rig.until(Status.State.DOWN);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.link.status().sentence().contains("127.0.0.1"));
            assertThat(rig.acd.opened).isEmpty();
        }
    }

    @Test
    void acdThatIsNotTrustedIsNotSpokenTo() throws Exception {
        try (var rig = rig("acd", "trustFile", folder.resolve("other.crt").toString())) {
            rig.open();
            rig.until(Status.State.DOWN);
            assertThat(rig.acd.opened).isEmpty();
        }
    }

    @Test
    void fileThatIsMissingOrNoKeyIsNamed() throws Exception {
        try (var rig = rig(
                "acd",
                "certificateFile",
                folder.resolve("host.crt").toString(),
                "keyFile",
                folder.resolve("host.crt").toString())) {
            rig.open();
            assertThat(rig.link.status().sentence()).contains("host.crt").contains("PRIVATE KEY");
        }
        try (var rig = rig("acd", "trustFile", folder.resolve("nothing.crt").toString())) {
            rig.open();
            assertThat(rig.link.status().sentence()).contains("nothing.crt");
        }
    }
}
