package org.jackfield.twin.acd;

import org.jspecify.annotations.Nullable;

/** Asks an application where a call shall go (ECMA-269 routeing services). Used on the ACD's thread only. */
interface Routeing {
    /**
     * Sends RouteRequest.
     *
     * @return false when no application is registered for {@code pilot}
     */
    boolean request(String crossRef, String pilot, AcdCall call, long replyTimeout);

    /** Sends RouteUsed to the application that was asked. */
    void used(String crossRef, String destination, String calling);

    /** Sends RouteEnd to the application that was asked; {@code error} is a literal of ECMA-323, null when all is well. */
    void end(String crossRef, @Nullable String error);
}
