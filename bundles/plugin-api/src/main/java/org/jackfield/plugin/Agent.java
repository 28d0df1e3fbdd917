package org.jackfield.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the agent dictionary: who an agent is on every side.
 *
 * @param id the agent id at the ACD
 * @param acd the name of the ACD link, for example {@code main}
 * @param device the ACD device (extension) of the agent
 * @param groups the ACD groups (queues) the agent serves
 * @param user the Entra object id
 * @param upn the sign-in name in Entra
 * @param number the agent's number on the trunk, +E.164
 */
public record Agent(
        String tenant,
        String id,
        String acd,
        String device,
        List<String> groups,
        @Nullable String user,
        @Nullable String upn,
        @Nullable String number,
        Endpoint endpoint) {
    /** Where the agent's calls ring. */
    public enum Endpoint {
        DESK,
        TEAMS,
        BOTH
    }
}
