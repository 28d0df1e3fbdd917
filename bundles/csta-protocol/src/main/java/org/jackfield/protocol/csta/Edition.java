package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** An edition of ECMA-323, named by its namespace. All are read; the negotiated one is written. */
public enum Edition {
    /** The namespace of this edition still has Ecma's old host name. */
    ED2("http://www.ecma.ch/standards/ecma-323/csta/ed2"),
    ED3("http://www.ecma-international.org/standards/ecma-323/csta/ed3"),
    ED4("http://www.ecma-international.org/standards/ecma-323/csta/ed4"),
    ED5("http://www.ecma-international.org/standards/ecma-323/csta/ed5"),
    ED6("http://www.ecma-international.org/standards/ecma-323/csta/ed6");

    /** The namespace of the application session's messages (ECMA-354). */
    public static final String SESSION_NAMESPACE = "http://www.ecma-international.org/standards/ecma-354/appl_session";

    private final String namespace;

    Edition(String namespace) {
        this.namespace = namespace;
    }

    /** The namespace URI, which is also the protocolVersion of ECMA-354. */
    public String namespace() {
        return namespace;
    }

    /** The edition of a namespace or a protocolVersion, also with a vendor's {@code /priv3} behind it; null for others. */
    public static @Nullable Edition of(String version) {
        int at = version.indexOf("/csta/ed");
        if (at < 0 || at + 8 >= version.length()) {
            return null;
        }
        String rest = version.substring(at + 8);
        if (rest.length() > 1 && rest.charAt(1) != '/') {
            return null;
        }
        return switch (rest.charAt(0)) {
            case '2' -> ED2;
            case '3' -> ED3;
            case '4' -> ED4;
            case '5' -> ED5;
            case '6' -> ED6;
            default -> null;
        };
    }
}
