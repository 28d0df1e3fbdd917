package org.jackfield.twin.teams;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one app registration of the tenant. Immutable.
 *
 * @param roles the application permissions that the tenant's administrator consented to
 * @param certificates with which the app may prove itself instead of the secret
 * @param assigned the app roles of users, by object id
 */
record AppRegistration(
        String tenant,
        String clientId,
        String secret,
        Set<String> roles,
        List<X509Certificate> certificates,
        Map<String, Set<String>> assigned) {
    AppRegistration(String tenant, String clientId, String secret, Set<String> roles) {
        this(tenant, clientId, secret, Set.copyOf(roles), List.of(), Map.of());
    }

    boolean hasSecret(String given) {
        return MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    AppRegistration withRoles(Set<String> others) {
        return new AppRegistration(tenant, clientId, secret, Set.copyOf(others), certificates, assigned);
    }

    AppRegistration withCertificates(List<X509Certificate> others) {
        return new AppRegistration(tenant, clientId, secret, roles, List.copyOf(others), assigned);
    }

    AppRegistration withAssigned(Map<String, Set<String>> others) {
        return new AppRegistration(tenant, clientId, secret, roles, certificates, Map.copyOf(others));
    }

    @Override
    public String toString() {
        return "AppRegistration[" + tenant + ", " + clientId + ", " + roles + "]";
    }
}
