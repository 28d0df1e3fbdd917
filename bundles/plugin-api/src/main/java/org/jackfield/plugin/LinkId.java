package org.jackfield.plugin;

/**
 * Which link: of which tenant, of what kind, with what name.
 *
 * @param tenant from the link's configuration
 * @param kind the scheme by which routes name it: {@code csta}, {@code sip}, {@code teams}, ...
 * @param name the part of the file name behind the dash in {@code org.jackfield.<kind>-<name>.cfg}
 */
public record LinkId(String tenant, String kind, String name) {
    private static final int LONGEST = 63;

    public LinkId {
        requireWord("tenant", tenant);
        requireWord("kind", kind);
        requireWord("name", name);
    }

    /**
     * Names of tenants, links, tables and of ACDs on the bus: {@code [a-z0-9][a-z0-9-]{0,62}}. Without a matcher, for it is
     * asked for each event.
     *
     * @param what how the value is called in the message
     * @throws IllegalArgumentException with the value and what was expected
     */
    public static void requireWord(String what, String value) {
        if (!isWord(value)) {
            throw new IllegalArgumentException(
                    what + ": \"" + value + "\" (expected: lower-case letters, digits and dashes, 1-63 characters)");
        }
    }

    private static boolean isWord(String value) {
        int length = value.length();
        if (length == 0 || length > LONGEST || value.charAt(0) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** The CloudEvents source of what the link sees, for example {@code /csta/acme/main}. */
    public String source() {
        return "/" + kind + "/" + tenant + "/" + name;
    }

    /** As operators write it, for example {@code csta:main}. */
    @Override
    public String toString() {
        return kind + ":" + name;
    }
}
