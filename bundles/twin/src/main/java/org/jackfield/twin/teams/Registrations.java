package org.jackfield.twin.teams;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The app registration as it is now; administrators may change it. Thread-safe. */
final class Registrations {
    private volatile AppRegistration app;

    Registrations(AppRegistration app) {
        this.app = app;
    }

    AppRegistration app() {
        return app;
    }

    synchronized void consent(Set<String> roles) {
        app = app.withRoles(roles);
    }

    synchronized void addCertificate(X509Certificate certificate) {
        List<X509Certificate> all = new ArrayList<>(app.certificates());
        all.add(certificate);
        app = app.withCertificates(all);
    }

    synchronized void assign(String user, Set<String> roles) {
        Map<String, Set<String>> all = new HashMap<>(app.assigned());
        all.put(user, Set.copyOf(roles));
        app = app.withAssigned(all);
    }
}
