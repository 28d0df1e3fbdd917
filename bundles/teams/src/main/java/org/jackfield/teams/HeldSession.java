package org.jackfield.teams;

import org.jspecify.annotations.Nullable;

/**
 * A row of the table {@code teams-session}: what the host has set for a user, or is about to; written ahead of the request.
 *
 * @param app the application whose session it is
 * @param availability null when the session shall be cleared
 * @param activity null when the session shall be cleared
 * @param expirySeconds with which it is or will be set
 * @param until milliseconds of the epoch when Graph has forgotten it for sure
 * @param written false while the request has not succeeded
 * @param cause the event that led to it
 * @param correlation what it belongs to
 * @param preferred what the host has set or wants to set as the user's preferred state
 * @param message the same of the status message
 */
record HeldSession(
        String agent,
        String user,
        String app,
        @Nullable String availability,
        @Nullable String activity,
        long expirySeconds,
        long until,
        boolean written,
        @Nullable String cause,
        @Nullable String correlation,
        @Nullable String preferred,
        @Nullable String message) {}
