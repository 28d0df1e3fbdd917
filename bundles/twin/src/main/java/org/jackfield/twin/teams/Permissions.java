package org.jackfield.twin.teams;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which permission lets a caller do what: the twin's oracle, by method and path. Immutable; paths are in lower case with
 * {@code {id}} for a parameter.
 */
public final class Permissions {
    private static final String READ_ALL = "Presence.Read.All";
    private static final String WRITE_ALL = "Presence.ReadWrite.All";
    private static final String READ = "Presence.Read";
    private static final String WRITE = "Presence.ReadWrite";

    /**
     * What is accepted; a caller needs one of them.
     *
     * @param application of an app-only token, empty when such a token is never taken
     * @param delegated of a user's token
     */
    public record Need(Set<String> application, Set<String> delegated) {}

    private static final Map<String, Need> TABLE = table();

    private Permissions() {}

    /** All that the twin serves, by {@code METHOD /path}. */
    public static Map<String, Need> all() {
        return TABLE;
    }

    static void demand(String operation, Tokens.Caller caller) {
        Need need = TABLE.get(operation);
        if (need == null) {
            throw new IllegalStateException("no permission is known for " + operation);
        }
        boolean allowed = caller.user() == null
                ? caller.roles().stream().anyMatch(need.application()::contains)
                : caller.scopes().stream().anyMatch(need.delegated()::contains);
        if (!allowed) {
            throw new GraphError(403, "Forbidden", "Insufficient privileges to complete the operation.");
        }
    }

    private static Map<String, Need> table() {
        Map<String, Need> table = new LinkedHashMap<>();
        Need readOne = new Need(Set.of(READ_ALL, WRITE_ALL), Set.of(READ, READ_ALL));
        Need readMany = new Need(Set.of(READ_ALL, WRITE_ALL), Set.of(READ_ALL));
        Need write = new Need(Set.of(WRITE_ALL), Set.of(WRITE));
        table.put("GET /users/{id}/presence", readOne);
        table.put("GET /communications/presences/{id}", readMany);
        table.put("POST /communications/getpresencesbyuserid", readMany);
        table.put("GET /me/presence", new Need(Set.of(), Set.of(READ, READ_ALL)));
        for (String action : Set.of(
                "setpresence",
                "clearpresence",
                "setuserpreferredpresence",
                "clearuserpreferredpresence",
                "setstatusmessage")) {
            table.put("POST /users/{id}/presence/" + action, write);
        }
        return Map.copyOf(table);
    }
}
