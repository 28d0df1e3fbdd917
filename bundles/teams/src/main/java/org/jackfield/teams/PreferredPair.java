package org.jackfield.teams;

import org.jspecify.annotations.Nullable;

/** The states that a user may prefer (Graph presence: setUserPreferredPresence); each has one activity. */
enum PreferredPair {
    AVAILABLE("Available", "Available"),
    BUSY("Busy", "Busy"),
    DO_NOT_DISTURB("DoNotDisturb", "DoNotDisturb"),
    BE_RIGHT_BACK("BeRightBack", "BeRightBack"),
    AWAY("Away", "Away"),
    OFFLINE("Offline", "OffWork");

    static final String EXPECTED = "Available, Busy, DoNotDisturb, BeRightBack, Away or Offline";

    private final String availability;
    private final String activity;

    PreferredPair(String availability, String activity) {
        this.availability = availability;
        this.activity = activity;
    }

    String availability() {
        return availability;
    }

    String activity() {
        return activity;
    }

    /** The state with this availability, or null. */
    static @Nullable PreferredPair of(@Nullable String availability) {
        for (PreferredPair pair : values()) {
            if (pair.availability.equals(availability)) {
                return pair;
            }
        }
        return null;
    }
}
