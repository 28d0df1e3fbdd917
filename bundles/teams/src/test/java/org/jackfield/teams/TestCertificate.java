package org.jackfield.teams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A self-signed RSA certificate, made by the JDK's keytool, as PKCS#12 and as PEM. */
final class TestCertificate {
    final Path pkcs12;
    final Path pem;
    final String password = "p12-pass-that-nobody-may-see";
    final X509Certificate certificate;
    final String key;

    TestCertificate(Path folder, String name) throws Exception {
        pkcs12 = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "app",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        pkcs12.toString(),
                        "-storepass",
                        password)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore store = KeyStore.getInstance(pkcs12.toFile(), password.toCharArray());
        certificate = (X509Certificate) store.getCertificate("app");
        PrivateKey secret = (PrivateKey) store.getKey("app", password.toCharArray());
        key = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(secret.getEncoded());
        pem = folder.resolve(name + ".pem");
        Files.writeString(
                pem,
                block("PRIVATE KEY", key)
                        + block(
                                "CERTIFICATE",
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())));
    }

    static String block(String type, String base64) {
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
