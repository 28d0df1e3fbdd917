package org.jackfield.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760), both ends of it. Passwords stay in the caller's hands. */
public final class Digest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Digest() {}

    /**
     * Who asks for what.
     *
     * @param algorithm {@code MD5} or {@code SHA-256}
     * @param qop true when the peer offers {@code auth}
     */
    public record Challenge(
            String realm, String nonce, @Nullable String opaque, String algorithm, boolean qop, boolean stale) {

        /**
         * The challenges of a 401 or 407 that can be answered, one per realm: the strongest, and of two alike the topmost
         * (RFC 8760 section 2.4).
         */
        public static List<Challenge> all(SipMessage response) {
            SipHeader header = response.status() == 407 ? SipHeader.PROXY_AUTHENTICATE : SipHeader.WWW_AUTHENTICATE;
            Map<String, Challenge> best = new LinkedHashMap<>(2);
            for (int i = response.find(header); i >= 0; i = response.find(header, i + 1)) {
                Challenge one = parse(response.value(i));
                if (one != null) {
                    best.merge(one.realm, one, (known, other) -> known.weaker(other) ? other : known);
                }
            }
            return List.copyOf(best.values());
        }

        private boolean weaker(Challenge other) {
            return algorithm.equals("MD5") && !other.algorithm.equals("MD5");
        }

        static @Nullable Challenge parse(String value) {
            Map<String, String> fields = fields(value);
            String realm = fields.get("realm");
            String nonce = fields.get("nonce");
            String algorithm = fields.getOrDefault("algorithm", "MD5").toUpperCase(Locale.ROOT);
            if (realm == null || nonce == null || !(algorithm.equals("MD5") || algorithm.equals("SHA-256"))) {
                return null;
            }
            String qop = fields.get("qop");
            boolean auth = qop != null && ("," + qop.replace(" ", "") + ",").contains(",auth,");
            if (qop != null && !auth) {
                return null;
            }
            return new Challenge(
                    realm, nonce, fields.get("opaque"), algorithm, auth, "true".equalsIgnoreCase(fields.get("stale")));
        }

        /**
         * The value of Authorization or Proxy-Authorization.
         *
         * @param count how often this nonce was used, from 1
         */
        public String answer(String user, String password, String method, String uri, int count) {
            return answer(user, password, method, uri, count, HexFormat.of().formatHex(random(8)));
        }

        String answer(String user, String password, String method, String uri, int count, String cnonce) {
            String nc = HexFormat.of().toHexDigits(count);
            String response = response(algorithm, user, realm, password, nonce, method, uri, qop ? nc : null, cnonce);
            StringBuilder text = new StringBuilder("Digest username=\"")
                    .append(escaped(user))
                    .append("\", realm=\"")
                    .append(escaped(realm))
                    .append("\", nonce=\"")
                    .append(escaped(nonce))
                    .append("\", uri=\"")
                    .append(uri)
                    .append("\", response=\"")
                    .append(response)
                    .append("\", algorithm=")
                    .append(algorithm);
            if (qop) {
                text.append(", cnonce=\"")
                        .append(cnonce)
                        .append("\", qop=auth, nc=")
                        .append(nc);
            }
            if (opaque != null) {
                text.append(", opaque=\"").append(escaped(opaque)).append('"');
            }
            return text.toString();
        }
    }

    /**
     * The asking end: makes nonces that need no memory, and checks what comes back. Of a nonce that was used it remembers
     * the counts, so that nothing is taken twice (RFC 7616 section 3.4). For one thread.
     */
    public static final class Verifier {
        /** What is thought of a request. */
        public enum Verdict {
            GOOD,
            /** No credentials for this realm: challenge. */
            MISSING,
            /** Right, but with an old nonce: challenge with stale=true (RFC 7616 section 3.3). */
            STALE,
            /** Right, but the nonce was used with this count before: challenge with stale=true. */
            REPLAYED,
            WRONG
        }

        private static final int NONCE_TIME = 16;

        private final String realm;
        private final String algorithm;
        private final byte[] key = random(32);
        private final NonceCounts counts;

        /**
         * @param algorithm {@code MD5} or {@code SHA-256}
         * @param lifetime of a nonce in milliseconds
         */
        public Verifier(String realm, String algorithm, long lifetime) {
            this.realm = realm;
            this.algorithm = algorithm;
            this.counts = new NonceCounts(lifetime);
        }

        /** The value of WWW-Authenticate or Proxy-Authenticate at {@code now}, in milliseconds. */
        public String challenge(long now, boolean stale) {
            return "Digest realm=\"" + escaped(realm) + "\", nonce=\"" + nonce(now) + "\", algorithm=" + algorithm
                    + ", qop=\"auth\"" + (stale ? ", stale=true" : "");
        }

        private String nonce(long now) {
            String time = String.format("%016x", now);
            return time + hmac(time);
        }

        private String hmac(String text) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                return HexFormat.of().formatHex(mac.doFinal(Ascii.bytes(text)), 0, 16);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("HmacSHA256 (expected: in every JDK)", e);
            }
        }

        /** Checks the credentials in {@code header} of a request; {@code password} is that of the user it names. */
        public Verdict check(
                SipMessage request,
                SipHeader header,
                java.util.function.Function<String, @Nullable String> password,
                long now) {
            Map<String, String> given = null;
            for (int i = request.find(header); i >= 0 && given == null; i = request.find(header, i + 1)) {
                Map<String, String> fields = fields(request.value(i));
                given = realm.equals(fields.get("realm")) ? fields : null;
            }
            if (given == null) {
                return Verdict.MISSING;
            }
            String nonce = given.getOrDefault("nonce", "");
            String user = given.getOrDefault("username", "");
            String secret = password.apply(user);
            String nc = given.get("nc");
            boolean ours = nonce.length() > NONCE_TIME
                    && same(nonce.substring(NONCE_TIME), hmac(nonce.substring(0, NONCE_TIME)));
            long count = nc == null ? -1 : NonceCounts.parse(nc);
            if (secret == null || !ours || !"auth".equals(given.get("qop")) || nc == null || count < 0) {
                return ours ? Verdict.WRONG : Verdict.STALE;
            }
            String expected = response(
                    algorithm,
                    user,
                    realm,
                    secret,
                    nonce,
                    request.methodText(),
                    given.getOrDefault("uri", ""),
                    nc,
                    given.getOrDefault("cnonce", ""));
            if (!same(expected, given.getOrDefault("response", ""))) {
                return Verdict.WRONG;
            }
            return counts.take(nonce, Long.parseUnsignedLong(nonce.substring(0, NONCE_TIME), 16), count, now);
        }

        private static boolean same(String one, String other) {
            return MessageDigest.isEqual(Ascii.bytes(one), Ascii.bytes(other));
        }
    }

    /** RFC 7616 section 3.4.1; {@code nc} is null for the form without qop. */
    static String response(
            String algorithm,
            String user,
            String realm,
            String password,
            String nonce,
            String method,
            String uri,
            @Nullable String nc,
            String cnonce) {
        String first = hash(algorithm, user + ":" + realm + ":" + password);
        String second = hash(algorithm, method + ":" + uri);
        String middle = nc == null ? nonce : nonce + ":" + nc + ":" + cnonce + ":auth";
        return hash(algorithm, first + ":" + middle + ":" + second);
    }

    private static String hash(String algorithm, String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " (expected: in every JDK)", e);
        }
    }

    /** The fields of a {@code Digest} value, names in lower case, quotes gone; empty for another scheme. */
    static Map<String, String> fields(String value) {
        Map<String, String> fields = new LinkedHashMap<>();
        String text = value.trim();
        if (!text.regionMatches(true, 0, "Digest ", 0, 7)) {
            return fields;
        }
        List<String> parts = new ArrayList<>();
        NameAddr.split(text.substring(7), parts);
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                String content = part.substring(equals + 1).trim();
                boolean quoted = content.length() > 1 && content.startsWith("\"") && content.endsWith("\"");
                fields.put(
                        part.substring(0, equals).trim().toLowerCase(Locale.ROOT),
                        quoted ? content.substring(1, content.length() - 1).replaceAll("\\\\(.)", "$1") : content);
            }
        }
        return fields;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
