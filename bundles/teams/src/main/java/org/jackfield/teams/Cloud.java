package org.jackfield.teams;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The Microsoft clouds that have the presence API, with the addresses of Entra and Graph. */
enum Cloud {
    GLOBAL("login.microsoftonline.com", "graph.microsoft.com"),
    GCC_HIGH("login.microsoftonline.us", "graph.microsoft.us"),
    DOD("login.microsoftonline.us", "dod-graph.microsoft.us");

    private final URI login;
    private final URI graph;

    Cloud(String login, String graph) {
        this.login = URI.create("https://" + login);
        this.graph = URI.create("https://" + graph);
    }

    /** Entra. */
    URI login() {
        return login;
    }

    URI graph() {
        return graph;
    }

    /** What an application asks a token for. */
    String scope() {
        return graph + "/.default";
    }

    /** The cloud that configuration calls {@code name}, or null. */
    static @Nullable Cloud named(String name) {
        for (Cloud cloud : values()) {
            if (cloud.name().replace('_', '-').toLowerCase(Locale.ROOT).equals(name)) {
                return cloud;
            }
        }
        return null;
    }
}
