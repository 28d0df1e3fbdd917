package org.jackfield.teams;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The pairs of availability and activity that Graph's setPresence takes; there are no others. */
enum SessionPair {
    AVAILABLE("Available", "Available"),
    IN_A_CALL("Busy", "InACall"),
    IN_A_CONFERENCE("Busy", "InAConferenceCall"),
    AWAY("Away", "Away"),
    PRESENTING("DoNotDisturb", "Presenting");

    /** The shortest expiry that setPresence takes. */
    static final Duration SHORTEST = Duration.ofMinutes(5);

    /** The longest expiry that setPresence takes. */
    static final Duration LONGEST = Duration.ofHours(4);

    /** All of them for a message. */
    static final String EXPECTED =
            "Available/Available, Busy/InACall, Busy/InAConferenceCall, Away/Away or DoNotDisturb/Presenting";

    private final String availability;
    private final String activity;

    SessionPair(String availability, String activity) {
        this.availability = availability;
        this.activity = activity;
    }

    String availability() {
        return availability;
    }

    String activity() {
        return activity;
    }

    /** True when it tells that the agent is on a call, which is what people look at first. */
    boolean call() {
        return this == IN_A_CALL || this == IN_A_CONFERENCE;
    }

    /** The pair of these two, or null when setPresence would refuse them. */
    static @Nullable SessionPair of(@Nullable String availability, @Nullable String activity) {
        for (SessionPair pair : values()) {
            if (pair.availability.equalsIgnoreCase(availability) && pair.activity.equalsIgnoreCase(activity)) {
                return pair;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return availability + "/" + activity;
    }
}
