package org.jackfield.bus;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.Topic;
import org.jspecify.annotations.Nullable;

/** How topics are named: {@code jackfield.<tenant>.<topic>} and {@code jackfield.<tenant>.state.<table>}. */
final class TopicNames {
    static final String PREFIX = "jackfield.";

    private static final Pattern NAME =
            Pattern.compile("jackfield\\.([a-z0-9][a-z0-9-]{0,62})\\.(state\\.)?([a-z0-9][a-z0-9-]{0,62})");

    private TopicNames() {}

    static String state(String tenant, String table) {
        return PREFIX + tenant + ".state." + table;
    }

    /** What the ACD {@code name} of a tenant writes. */
    static String in(String tenant, String name) {
        return PREFIX + tenant + ".in." + name;
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    static void requireWord(String what, String value) {
        if (!isWord(value)) {
            throw new IllegalArgumentException(
                    what + ": \"" + value + "\" (expected: lower-case letters, digits and dashes, 1-63 characters)");
        }
    }

    /** As the words in {@link #NAME}, without a matcher: it is asked for each event. */
    private static boolean isWord(String value) {
        int length = value.length();
        if (length == 0 || length > 63 || value.charAt(0) == '-') {
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

    /** The tenant of one of our topics, or null. */
    static @Nullable String tenant(String kafkaTopic) {
        Matcher matcher = NAME.matcher(kafkaTopic);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /** The event topic that a Kafka topic is, or null. */
    static @Nullable Topic topic(String kafkaTopic) {
        Matcher matcher = NAME.matcher(kafkaTopic);
        if (!matcher.matches() || matcher.group(2) != null) {
            return null;
        }
        for (Topic topic : Topic.values()) {
            if (topic.suffix().equals(matcher.group(3))) {
                return topic;
            }
        }
        return null;
    }

    /** The table that a Kafka topic holds, or null. */
    static @Nullable String table(String kafkaTopic) {
        Matcher matcher = NAME.matcher(kafkaTopic);
        return matcher.matches() && matcher.group(2) != null ? matcher.group(3) : null;
    }
}
