package org.jackfield.acd.csta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS from PEM files, read once; with the JDK only. */
final class TlsFiles {
    private TlsFiles() {}

    /**
     * @param trust certificates to trust; null for those of the JVM
     * @param chain the own certificate with its issuers; null for none
     * @param key its private key, PKCS#8 without a password
     * @throws IOException with a sentence that names the file and what was expected
     */
    static SSLContext read(@Nullable Path trust, @Nullable Path chain, @Nullable Path key) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    chain == null || key == null ? null : keys(chain, key), trust == null ? null : trust(trust), null);
            return context;
        } catch (NoSuchFileException e) {
            throw new IOException(e.getFile() + ": missing (expected: a file that can be read)", e);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trust(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Path chain, Path key) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        char[] inMemoryOnly = new char[0];
        store.setKeyEntry(
                "own", privateKey(key), inMemoryOnly, certificates(chain).toArray(new Certificate[0]));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, inMemoryOnly);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException(file + ": no certificate (expected: PEM)");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": " + e.getMessage() + " (expected: certificates in PEM)", e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        int from = text.indexOf("-----BEGIN PRIVATE KEY-----");
        int to = text.indexOf("-----END PRIVATE KEY-----");
        if (from < 0 || to < from) {
            throw new IOException(file + ": no key (expected: PRIVATE KEY in PEM, PKCS#8 without a password)");
        }
        try (var body = new ByteArrayInputStream(text.substring(from + 27, to).getBytes(StandardCharsets.US_ASCII))) {
            byte[] der = Base64.getMimeDecoder().decode(body.readAllBytes());
            for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (GeneralSecurityException e) {
                    // a key of another kind
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": not base64 (expected: PEM)", e);
        }
        throw new IOException(file + ": a key of no known kind (expected: RSA, EC or Ed25519)");
    }
}
