package org.jackfield.bus;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.Topic;
import org.jspecify.annotations.Nullable;

/** How topics are named: {@code jackfield.<tenant>.<topic>} and {@code jackfield.<tenant>.state.<table>}. */
final class TopicNames {
    static final String PREFIX = "jackfield.";

    private static final Pattern NAME =
            Pattern.compile("jackfield\\.([a-z0-9][a-z0-9-]{0,62})\\.(state\\.)?([a-z0-9][a-z0-9-]{0,62})");

    private static final int MOST_KNOWN = 10_000;
    private static final Map<String, Parts> KNOWN = new ConcurrentHashMap<>();

    private TopicNames() {}

    static String state(String tenant, String table) {
        return PREFIX + tenant + ".state." + table;
    }

    /** What the ACD {@code name} of a tenant writes. */
    static String in(String tenant, String name) {
        return PREFIX + tenant + ".in." + name;
    }

    /**
     * What the name of a Kafka topic says.
     *
     * @param topic the event topic, null for a table or an unknown one
     * @param table the table, null for a topic of events
     */
    private record Parts(
            @Nullable String tenant,
            @Nullable Topic topic,
            @Nullable String table) {
        static Parts of(String name) {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches()) {
                return new Parts(null, null, null);
            }
            String last = matcher.group(3);
            return matcher.group(2) != null
                    ? new Parts(matcher.group(1), null, last)
                    : new Parts(matcher.group(1), event(last), null);
        }

        private static @Nullable Topic event(String suffix) {
            for (Topic topic : Topic.values()) {
                if (topic.suffix().equals(suffix)) {
                    return topic;
                }
            }
            return null;
        }
    }

    /** Asked several times for each record; names are as many as the broker has topics. */
    private static Parts parts(String kafkaTopic) {
        Parts parts = KNOWN.get(kafkaTopic);
        if (parts == null) {
            parts = Parts.of(kafkaTopic);
            if (KNOWN.size() >= MOST_KNOWN) {
                KNOWN.clear();
            }
            KNOWN.put(kafkaTopic, parts);
        }
        return parts;
    }

    /** The tenant of one of our topics, or null. */
    static @Nullable String tenant(String kafkaTopic) {
        return parts(kafkaTopic).tenant();
    }

    /** The event topic that a Kafka topic is, or null. */
    static @Nullable Topic topic(String kafkaTopic) {
        return parts(kafkaTopic).topic();
    }

    /** The table that a Kafka topic holds, or null. */
    static @Nullable String table(String kafkaTopic) {
        return parts(kafkaTopic).table();
    }
}
