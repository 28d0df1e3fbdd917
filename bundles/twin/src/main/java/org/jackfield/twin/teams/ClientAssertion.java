package org.jackfield.twin.teams;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import org.jackfield.twin.Json;

/**
 * Checks an app's signed assertion, which stands in for a secret (RFC 7523 section 3, Entra certificate credentials).
 * Stateless but for the clock; refuses with {@link EntraError}.
 */
final class ClientAssertion {
    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** Entra allows clocks to differ by this much. */
    private static final long SKEW_SECONDS = 300;

    private ClientAssertion() {}

    /** @param audience the token endpoint that the assertion must be made for */
    static void check(String jwt, AppRegistration app, String audience, Instant now) {
        String[] parts = jwt.split("\\.", -1);
        if (parts.length != 3) {
            throw EntraError.client(50027, "The assertion is no JWT.");
        }
        JsonNode head = json(parts[0]);
        JsonNode claims = json(parts[1]);
        X509Certificate certificate = certificate(app, head);
        if (!signed(head.path("alg").asText(), certificate, parts)) {
            throw EntraError.client(700027, "The signature of the client assertion cannot be verified.");
        }
        String client = app.clientId();
        if (!client.equals(claims.path("iss").asText())
                || !client.equals(claims.path("sub").asText())) {
            throw EntraError.client(700021, "iss and sub of the client assertion must be the client id.");
        }
        if (!audience.equals(claims.path("aud").asText())) {
            throw EntraError.client(
                    700023,
                    "The client assertion is made for '" + claims.path("aud").asText() + "' (expected: '" + audience
                            + "').");
        }
        long seconds = now.getEpochSecond();
        boolean over = claims.path("exp").asLong() + SKEW_SECONDS <= seconds;
        boolean early = claims.path("nbf").asLong() - SKEW_SECONDS > seconds;
        if (over || early) {
            throw EntraError.client(700024, "The client assertion is not within its valid time range.");
        }
    }

    private static X509Certificate certificate(AppRegistration app, JsonNode head) {
        String sha1 = urlSafe(head.path("x5t").asText(""));
        String sha256 = urlSafe(head.path("x5t#S256").asText(""));
        for (X509Certificate each : app.certificates()) {
            boolean named = !sha256.isEmpty()
                    ? sha256.equals(thumbprint("SHA-256", each))
                    : !sha1.isEmpty() && sha1.equals(thumbprint("SHA-1", each));
            if (named) {
                return each;
            }
        }
        throw EntraError.client(700027, "The certificate with this thumbprint is not registered for the application.");
    }

    /** MSAL writes plain Base64 here, the standard wants its URL form, and Entra takes both. */
    private static String urlSafe(String base64) {
        return base64.replace('+', '-').replace('/', '_').replace("=", "");
    }

    private static String thumbprint(String algorithm, X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + algorithm, e);
        }
    }

    private static boolean signed(String algorithm, X509Certificate certificate, String[] parts) {
        try {
            Signature signature = signature(algorithm);
            signature.initVerify(certificate.getPublicKey());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        if (algorithm.equals("PS256")) {
            Signature pss = Signature.getInstance("RSASSA-PSS");
            pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            return pss;
        }
        if (algorithm.equals("RS256")) {
            return Signature.getInstance("SHA256withRSA");
        }
        throw new GeneralSecurityException("alg: " + algorithm + " (expected: RS256 or PS256)");
    }

    private static JsonNode json(String part) {
        try {
            return Json.parse(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw EntraError.client(50027, "The assertion is no JWT.");
        }
    }
}
