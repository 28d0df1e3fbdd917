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
        require("tenant", tenant);
        require("kind", kind);
        require("name", name);
    }

    private static void require(String what, String value) {
        if (!isWord(value)) {
            throw new IllegalArgumentException(
                    what + ": \"" + value + "\" (expected: lower-case letters, digits and dashes, 1-63 characters)");
        }
    }

    /** {@code [a-z0-9][a-z0-9-]{0,62}}, without a matcher: it is asked for each event. */
    private static boolean isWord(String value) {
        int length = value.length();
        return length > 0
                && length <= LONGEST
                && value.charAt(0) != '-'
                && value.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
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
