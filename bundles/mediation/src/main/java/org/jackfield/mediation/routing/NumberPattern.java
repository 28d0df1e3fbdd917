package org.jackfield.mediation.routing;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, or the beginning of one with {@code *} behind it. Immutable.
 * Numbers are compared without visual separators (RFC 3966 section 5.1.1), parameters, and with 00 read as plus.
 */
public record NumberPattern(String digits, boolean prefix) {
    private static final Pattern SHAPE = Pattern.compile("\\+?[0-9]{1,20}\\*?|\\*");
    private static final int MOST_DIGITS = 20;
    private static final String SEPARATORS = "-.() ";
    private static final String ABROAD = "00";

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

    /** The user part of a URI as a number, or null when it is none. Asked for each call, so read without a pattern. */
    public static @Nullable String normal(@Nullable String user) {
        if (user == null) {
            return null;
        }
        int semicolon = user.indexOf(';');
        int end = semicolon < 0 ? user.length() : semicolon;
        var number = new StringBuilder(ABROAD.length() + MOST_DIGITS);
        for (int i = 0; i < end; i++) {
            char next = user.charAt(i);
            boolean fits = isDigit(next) || (next == '+' && number.isEmpty());
            if (fits && number.length() < ABROAD.length() + MOST_DIGITS) {
                number.append(next);
            } else if (SEPARATORS.indexOf(next) < 0) {
                return null;
            }
        }
        if (number.indexOf(ABROAD) == 0) {
            number.replace(0, ABROAD.length(), "+");
        }
        int digits = number.length() - (number.indexOf("+") == 0 ? 1 : 0);
        return digits >= 1 && digits <= MOST_DIGITS ? number.toString() : null;
    }

    private static boolean isDigit(char next) {
        return next >= '0' && next <= '9';
    }

    @Override
    public String toString() {
        return prefix ? digits + "*" : digits;
    }
}
