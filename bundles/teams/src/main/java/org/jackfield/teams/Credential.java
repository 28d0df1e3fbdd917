package org.jackfield.teams;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** With what the application proves itself to Entra; never shown. */
sealed interface Credential {
    /** A client secret. */
    record Secret(String value) implements Credential {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** A private key with its certificate first and those above it after it; MSAL signs assertions with it (RFC 7523). */
    record Certificate(PrivateKey key, List<X509Certificate> chain) implements Credential {
        public Certificate {
            chain = List.copyOf(chain);
        }

        @Override
        public String toString() {
            return "certificate ***";
        }
    }
}
