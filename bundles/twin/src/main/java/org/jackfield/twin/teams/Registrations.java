package org.jackfield.twin.teams;

import java.util.Set;

/** The app registration as it is now; consent may change it. Thread-safe. */
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
}
