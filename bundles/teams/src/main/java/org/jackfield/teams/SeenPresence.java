package org.jackfield.teams;

import org.jspecify.annotations.Nullable;

/** A row of the table {@code teams-seen}: the last presence of a user that was published. */
record SeenPresence(
        String agent,
        String availability,
        String activity,
        @Nullable String sequenceNumber) {

    /** True when it says the same; Graph's documents do not agree on upper and lower case. */
    boolean says(PresenceApi.Seen seen) {
        return availability.equalsIgnoreCase(seen.availability()) && activity.equalsIgnoreCase(seen.activity());
    }

    /** True when {@code seen} is from before this (string order of sequenceNumber, where both have one). */
    boolean newerThan(PresenceApi.Seen seen) {
        return sequenceNumber != null
                && seen.sequenceNumber() != null
                && seen.sequenceNumber().compareTo(sequenceNumber) < 0;
    }

    /** True when {@code seen} is surely from after this. */
    boolean olderThan(PresenceApi.Seen seen) {
        return sequenceNumber != null
                && seen.sequenceNumber() != null
                && seen.sequenceNumber().compareTo(sequenceNumber) > 0;
    }
}
