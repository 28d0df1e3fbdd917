package org.jackfield.teams;

import com.microsoft.aad.msal4j.ITokenCacheAccessAspect;
import com.microsoft.aad.msal4j.ITokenCacheAccessContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MSAL's token cache in a file, encrypted with AES-256-GCM under a key of its own, so that a restarted host needs neither
 * Entra nor the agents. What cannot be read is as if it were not there. MSAL calls it on its own threads, under its lock.
 */
final class TokenStore implements ITokenCacheAccessAspect {
    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final byte[] key;
    private final byte[] purpose;
    private final SecureRandom random = new SecureRandom();
    private boolean loaded;

    /**
     * @param key 32 bytes
     * @param purpose what the cache belongs to (tenant and application); another one's is not taken
     */
    TokenStore(Path file, byte[] key, String purpose) {
        this.file = file;
        this.key = key.clone();
        this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
    }

    /** The store that {@code settings} ask for; null for none, also when its key cannot be had. */
    static @Nullable TokenStore of(Settings settings) {
        Path file = settings.tokens();
        Path key = settings.tokenKey();
        if (file == null || key == null) {
            return null;
        }
        try {
            return new TokenStore(file, key(key), settings.directoryId() + "/" + settings.clientId());
        } catch (IOException e) {
            LOG.warn(
                    "{}: tokens are kept in memory only; tokenKeyFile {}: {} (expected: 32 bytes, or a folder to make it"
                            + " in)",
                    settings.id(),
                    key,
                    e.getMessage());
            return null;
        }
    }

    /** The key in {@code file}, made there for the owner only when there is none. */
    static byte[] key(Path file) throws IOException {
        try {
            byte[] key = Files.readAllBytes(file);
            if (key.length != KEY_BYTES) {
                throw new IOException(key.length + " bytes (expected: " + KEY_BYTES + ")");
            }
            return key;
        } catch (NoSuchFileException e) {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            Files.createFile(file, OWNER_ONLY);
            Files.write(file, key);
            return key;
        }
    }

    @Override
    public synchronized void beforeCacheAccess(ITokenCacheAccessContext context) {
        if (!loaded) {
            loaded = true;
            String cache = read();
            if (!cache.isEmpty()) {
                context.tokenCache().deserialize(cache);
            }
        }
    }

    @Override
    public synchronized void afterCacheAccess(ITokenCacheAccessContext context) {
        if (context.hasCacheChanged()) {
            write(context.tokenCache().serialize());
        }
    }

    String read() {
        try {
            byte[] all = Files.readAllBytes(file);
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] plain = cipher(Cipher.DECRYPT_MODE, nonce).doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            return new String(plain, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.warn(
                    "{} cannot be read with its key and is begun anew: {}",
                    file,
                    e.getClass().getSimpleName());
            return "";
        }
    }

    void write(String cache) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(cache.getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, OWNER_ONLY);
            Files.write(fresh, all);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("tokens are not kept over a restart, {} cannot be written: {}", file, e.getMessage());
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(purpose);
        return cipher;
    }
}
