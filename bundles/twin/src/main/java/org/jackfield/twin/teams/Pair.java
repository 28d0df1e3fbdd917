package org.jackfield.twin.teams;

import java.util.Set;

/** An availability with its activity, as Graph's presence resource writes them. */
public record Pair(String availability, String activity) {
    static final Pair OFFLINE = new Pair("Offline", "Offline");
    static final Pair UNKNOWN = new Pair("PresenceUnknown", "PresenceUnknown");
    static final Pair AVAILABLE = new Pair("Available", "Available");
    static final Pair INACTIVE = new Pair("Available", "AvailableInactive");
    static final Pair AWAY = new Pair("Away", "Away");

    /** What setPresence takes (Graph presence: setPresence). */
    static final Set<Pair> SESSION = Set.of(
            AVAILABLE,
            new Pair("Busy", "InACall"),
            new Pair("Busy", "InAConferenceCall"),
            AWAY,
            new Pair("DoNotDisturb", "Presenting"));

    /** What setUserPreferredPresence takes (Graph presence: setUserPreferredPresence). */
    static final Set<Pair> PREFERRED = Set.of(
            AVAILABLE,
            new Pair("Busy", "Busy"),
            new Pair("DoNotDisturb", "DoNotDisturb"),
            new Pair("BeRightBack", "BeRightBack"),
            AWAY,
            new Pair("Offline", "OffWork"));

    /** Among sessions DoNotDisturb wins, then Busy, Available, Away; what nobody knows loses. */
    int rank() {
        return switch (availability) {
            case "DoNotDisturb" -> 5;
            case "Busy" -> 4;
            case "Available" -> activity.equals("AvailableInactive") ? 2 : 3;
            case "Away" -> 1;
            default -> 0;
        };
    }
}
