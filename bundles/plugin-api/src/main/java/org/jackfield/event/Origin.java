package org.jackfield.event;

import java.util.Locale;

/** The side on which something happened first; loop prevention rests on it. */
public enum Origin {
    ACD,
    TEAMS,
    SBC,
    OPERATOR,
    HOST;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As written in the {@code ce_origin} attribute, for example {@code acd}. */
    public String text() {
        return text;
    }
}
