package org.jackfield.acd.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that is up at the ACD, kept in a table from its first event to its end, so that one that ended while nobody
 * could hear it is told as ended.
 *
 * @param call the host's id
 * @param token the User-to-User token, when there is one
 * @param devices where it was first seen
 */
record LiveCall(
        String link,
        String call,
        @Nullable String token,
        String acdCall,
        List<String> devices,
        @Nullable String calling,
        @Nullable String called) {}
