package org.jackfield.mediation.routing;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, or the beginning of one with {@code *} behind it. Immutable.
 * Numbers are compared without visual separators (RFC 3966 section 5.1.1), parameters, and with 00 read as plus.
 */
public record NumberPattern(String digits, boolean prefix) {
    private static final Pattern SHAPE = Pattern.compile("\\+?[0-9]{1,20}\\*?|\\*");
    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,20}");
    private static final Pattern SEPARATORS = Pattern.compile("[-.() ]");

    /** @throws IllegalArgumentException with the value and what was expected */
    public static NumberPattern of(String text) {
        String plain = text.strip();
        if (!SHAPE.matcher(plain).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" (expected: a number such as +4930555600, or +4930555* )");
        }
        boolean prefix = plain.endsWith("*");
        return new NumberPattern(prefix ? plain.substring(0, plain.length() - 1) : plain, prefix);
    }

    public boolean matches(String number) {
        return prefix ? number.startsWith(digits) : number.equals(digits);
    }

    /** The user part of a URI as a number, or null when it is none. */
    public static @Nullable String normal(@Nullable String user) {
        if (user == null) {
            return null;
        }
        int semicolon = user.indexOf(';');
        String number = SEPARATORS
                .matcher(semicolon < 0 ? user : user.substring(0, semicolon))
                .replaceAll("");
        if (number.startsWith("00")) {
            number = "+" + number.substring(2);
        }
        return NUMBER.matcher(number).matches() ? number : null;
    }

    @Override
    public String toString() {
        return prefix ? digits + "*" : digits;
    }
}
