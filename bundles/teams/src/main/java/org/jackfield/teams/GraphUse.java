package org.jackfield.teams;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jackfield.plugin.Mode;

/** Every operation of Graph that the link uses, with the least application permission that it needs. */
enum GraphUse {
    READ_MANY("POST", "/communications/getPresencesByUserId", "Presence.Read.All", false),
    READ_ONE("GET", "/users/{id}/presence", "Presence.Read.All", false),
    SET("POST", "/users/{id}/presence/setPresence", "Presence.ReadWrite.All", true),
    CLEAR("POST", "/users/{id}/presence/clearPresence", "Presence.ReadWrite.All", true),
    PREFER("POST", "/users/{id}/presence/setUserPreferredPresence", "Presence.ReadWrite.All", true),
    UNPREFER("POST", "/users/{id}/presence/clearUserPreferredPresence", "Presence.ReadWrite.All", true),
    SAY("POST", "/users/{id}/presence/setStatusMessage", "Presence.ReadWrite.All", true);

    private final String method;
    private final String path;
    private final String permission;
    private final boolean writes;

    GraphUse(String method, String path, String permission, boolean writes) {
        this.method = method;
        this.path = path;
        this.permission = permission;
        this.writes = writes;
    }

    String method() {
        return method;
    }

    /** Below the version, with {@code {id}} for a user. */
    String path() {
        return path;
    }

    String permission() {
        return permission;
    }

    /** What a link in {@code mode} uses. */
    static List<GraphUse> of(Mode mode) {
        return Arrays.stream(values())
                .filter(use -> !use.writes || mode == Mode.ACTIVE)
                .toList();
    }

    /** The permissions that {@code uses} need together, and no more. */
    static Set<String> permissions(Collection<GraphUse> uses) {
        Set<String> permissions = new TreeSet<>();
        uses.forEach(use -> permissions.add(use.permission));
        return permissions;
    }
}
