package org.jackfield.event;

import java.util.Locale;

/** The event topics of one tenant. On Kafka each is named {@code jackfield.<tenant>.<topic>}. */
public enum Topic {
    /** What agents do and how Teams sees them; keyed by agent id. */
    AGENT,
    /** Calls, routeing and transfers; keyed by call id. */
    CALL,
    /** Links and flows coming, going and losing things; keyed by link id. */
    LINK,
    /** Commands for an ACD that speaks only the bus; keyed by agent or call id. */
    COMMAND,
    /** Events waiting for another attempt. */
    RETRY,
    /** Events that no attempt could deliver, with the reason. */
    DEAD,
    /** Operator actions. */
    AUDIT;

    private final String suffix = name().toLowerCase(Locale.ROOT);

    /** The last part of the topic's name, for example {@code agent}. */
    public String suffix() {
        return suffix;
    }

    /** The Kafka topic of this kind for {@code tenant}, for example {@code jackfield.acme.agent}. */
    public String of(String tenant) {
        return "jackfield." + tenant + "." + suffix;
    }
}
