package org.jackfield.mediation.presence;

import java.util.List;

/** An availability with its activity, as Graph writes them; comparison ignores case. */
public record Pair(String availability, String activity) {
    public static final Pair IN_A_CALL = new Pair("Busy", "InACall");
    public static final Pair IN_A_CONFERENCE = new Pair("Busy", "InAConferenceCall");
    public static final Pair AWAY = new Pair("Away", "Away");
    public static final Pair PRESENTING = new Pair("DoNotDisturb", "Presenting");

    /** What setPresence takes, without Available/Available: that one would hide the user's own state. */
    public static final List<Pair> SETTABLE = List.of(IN_A_CALL, IN_A_CONFERENCE, AWAY, PRESENTING);

    public boolean same(String otherAvailability, String otherActivity) {
        return availability.equalsIgnoreCase(otherAvailability) && activity.equalsIgnoreCase(otherActivity);
    }

    public boolean doNotDisturb() {
        return availability.equalsIgnoreCase("DoNotDisturb");
    }

    /** As in configuration, for example {@code Busy/InACall}. */
    @Override
    public String toString() {
        return availability + "/" + activity;
    }
}
