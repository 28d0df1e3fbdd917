package org.jackfield.twin.teams;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/**
 * The one app registration of the tenant. Immutable.
 *
 * @param roles the application permissions that the tenant's administrator consented to
 */
record AppRegistration(String tenant, String clientId, String secret, Set<String> roles) {
    boolean hasSecret(String given) {
        return MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    AppRegistration withRoles(Set<String> others) {
        return new AppRegistration(tenant, clientId, secret, Set.copyOf(others));
    }

    @Override
    public String toString() {
        return "AppRegistration[" + tenant + ", " + clientId + ", " + roles + "]";
    }
}
