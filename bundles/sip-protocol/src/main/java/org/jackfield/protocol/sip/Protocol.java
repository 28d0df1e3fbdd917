package org.jackfield.protocol.sip;

import java.util.Locale;

/** How bytes travel. */
public enum Protocol {
    UDP(false),
    TCP(true);

    private final boolean reliable;

    Protocol(boolean reliable) {
        this.reliable = reliable;
    }

    /** True when the transport repeats by itself what is lost. */
    public boolean reliable() {
        return reliable;
    }

    /** As written in URIs, for example {@code tcp}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    public static Protocol of(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "udp" -> UDP;
            case "tcp" -> TCP;
            default -> throw new IllegalArgumentException("transport: \"" + text + "\" (expected: udp or tcp)");
        };
    }
}
