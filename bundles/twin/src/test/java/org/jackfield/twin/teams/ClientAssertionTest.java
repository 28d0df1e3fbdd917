package org.jackfield.twin.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Entra looks at in a signed client assertion (RFC 7523 section 3). */
@Conformance("GR-34")
class ClientAssertionTest {
    private static final String AUDIENCE = "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token";
    private static final Instant NOW = Instant.parse("2026-06-01T10:00:00Z");

    @TempDir
    static Path folder;

    private static PrivateKey key;
    private static X509Certificate certificate;

    @BeforeAll
    static void makeAKey() throws Exception {
        Path store = folder.resolve("app.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "app",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=app",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit-in-test")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore opened = KeyStore.getInstance(store.toFile(), "changeit-in-test".toCharArray());
        key = (PrivateKey) opened.getKey("app", "changeit-in-test".toCharArray());
        certificate = (X509Certificate) opened.getCertificate("app");
    }

    private static AppRegistration app() {
        return new AppRegistration("tenant-1", "app-1", "s", Set.of()).withCertificates(java.util.List.of(certificate));
    }

    private static String assertion(Map<String, Object> head, Map<String, Object> claims) throws Exception {
        Map<String, Object> allHead = new LinkedHashMap<>(Map.of("alg", "RS256", "typ", "JWT"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        allHead.put("x5t#S256", Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
        allHead.putAll(head);
        Map<String, Object> allClaims = new LinkedHashMap<>(Map.of(
                "aud",
                AUDIENCE,
                "iss",
                "app-1",
                "sub",
                "app-1",
                "nbf",
                NOW.getEpochSecond(),
                "exp",
                NOW.plusSeconds(600).getEpochSecond()));
        allClaims.putAll(claims);
        String signed = part(allHead) + "." + part(allClaims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String part(Map<String, Object> content) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Json.text(content).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aGoodOneIsTakenByEitherThumbprint() throws Exception {
        String good = assertion(Map.of(), Map.of());
        assertThatCode(() -> ClientAssertion.check(good, app(), AUDIENCE, NOW)).doesNotThrowAnyException();

        byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
        String old = assertion(Map.of("x5t#S256", "", "x5t", Base64.getEncoder().encodeToString(digest)), Map.of());
        assertThatCode(() -> ClientAssertion.check(old, app(), AUDIENCE, NOW)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "aud,https://login.microsoftonline.com/tenant-2/oauth2/v2.0/token,700023",
        "iss,app-2,700021",
        "sub,app-2,700021"
    })
    void aClaimForSomebodyElseIsRefused(String claim, String value, int code) throws Exception {
        String wrong = assertion(Map.of(), Map.of(claim, value));
        assertThatThrownBy(() -> ClientAssertion.check(wrong, app(), AUDIENCE, NOW))
                .isInstanceOf(EntraError.class)
                .satisfies(e -> assertThat(((EntraError) e).answer().body()).contains("AADSTS" + code));
    }

    @Test
    void anOldOneAChangedOneAndOneOfAnotherCertificateAreRefused() throws Exception {
        String good = assertion(Map.of(), Map.of());
        assertThatThrownBy(() -> ClientAssertion.check(good, app(), AUDIENCE, NOW.plusSeconds(3_600)))
                .hasMessageContaining("time range");
        String changed = good.substring(0, good.length() - 8) + "AAAAAAAA";
        assertThatThrownBy(() -> ClientAssertion.check(changed, app(), AUDIENCE, NOW))
                .hasMessageContaining("signature");
        String foreign = assertion(Map.of("x5t#S256", "AAAA"), Map.of());
        assertThatThrownBy(() -> ClientAssertion.check(foreign, app(), AUDIENCE, NOW))
                .hasMessageContaining("not registered");
        String unsigned = assertion(Map.of("alg", "none"), Map.of());
        assertThatThrownBy(() -> ClientAssertion.check(unsigned, app(), AUDIENCE, NOW))
                .hasMessageContaining("signature");
    }
}
