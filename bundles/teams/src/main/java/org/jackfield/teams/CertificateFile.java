package org.jackfield.teams;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key with its certificate from a file: PEM (PKCS#8, RFC 7468) or PKCS#12 (RFC 7292). Stateless. */
final class CertificateFile {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

    private CertificateFile() {}

    /** What is wrong with a file, without anything of its content. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        Fault(String message) {
            super(message);
        }
    }

    /**
     * @param password of a PKCS#12 file; not used for PEM
     * @param now the certificate must be valid at
     */
    static Credential.Certificate read(Path file, String password, Instant now) throws Fault {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Fault("a readable file");
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Credential.Certificate found = text.contains("-----BEGIN ") ? pem(text) : pkcs12(bytes, password);
        return checked(found, now);
    }

    private static Credential.Certificate pem(String text) throws Fault {
        Matcher key = KEY.matcher(text);
        if (!key.find()) {
            throw new Fault("an unencrypted PKCS#8 private key (BEGIN PRIVATE KEY)");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
            PrivateKey read = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            List<X509Certificate> chain = new ArrayList<>();
            Matcher each = CERTIFICATE.matcher(text);
            while (each.find()) {
                byte[] one = each.group().getBytes(StandardCharsets.US_ASCII);
                chain.add((X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(one)));
            }
            return new Credential.Certificate(read, chain);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Fault("an RSA private key and an X.509 certificate in PEM");
        }
    }

    private static Credential.Certificate pkcs12(byte[] bytes, String password) throws Fault {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
            Enumeration<String> aliases = store.aliases();
            while (aliases.hasMoreElements()) {
                String alias = aliases.nextElement();
                if (store.getKey(alias, password.toCharArray()) instanceof PrivateKey key) {
                    List<X509Certificate> chain = new ArrayList<>();
                    for (Certificate one : store.getCertificateChain(alias)) {
                        chain.add((X509Certificate) one);
                    }
                    return new Credential.Certificate(key, chain);
                }
            }
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new Fault("PEM, or PKCS#12 that certificatePasswordFile opens");
        }
        throw new Fault("a PKCS#12 file with a private key");
    }

    private static Credential.Certificate checked(Credential.Certificate found, Instant now) throws Fault {
        if (found.chain().isEmpty()) {
            throw new Fault("a certificate beside the key");
        }
        X509Certificate own = found.chain().get(0);
        boolean fits = own.getPublicKey() instanceof RSAPublicKey shown
                && found.key() instanceof RSAPrivateKey kept
                && shown.getModulus().equals(kept.getModulus());
        if (!fits) {
            throw new Fault("an RSA key and its own certificate, that one first");
        }
        if (now.isAfter(own.getNotAfter().toInstant())
                || now.isBefore(own.getNotBefore().toInstant())) {
            throw new Fault("a certificate that is valid now, this one is from "
                    + own.getNotBefore().toInstant() + " to "
                    + own.getNotAfter().toInstant());
        }
        return found;
    }
}
