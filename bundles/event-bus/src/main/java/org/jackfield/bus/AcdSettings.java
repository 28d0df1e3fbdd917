package org.jackfield.bus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;

/** The configuration of an ACD on Kafka as read, checked whole: {@link #faults()} names every value that cannot be. Immutable. */
record AcdSettings(LinkId id, Mode mode, Duration routeTimeout, Duration timeToLive, List<String> faults) {
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

    /** @param properties as Declarative Services gives them */
    static AcdSettings of(Map<String, ?> properties) {
        List<String> faults = new ArrayList<>();
        String tenant = text(properties, "tenant", "");
        if (!WORD.matcher(tenant).matches()) {
            fault(faults, "tenant", tenant, "lower-case letters, digits and dashes, 1-63 characters");
            tenant = "unknown";
        }
        String pid = text(properties, "service.pid", "");
        String name = pid.substring(pid.indexOf('~') + 1).toLowerCase(Locale.ROOT);
        String mode = text(properties, "mode", "active");
        if (!mode.equals("active") && !mode.equals("observe")) {
            fault(faults, "mode", mode, "active or observe");
        }
        return new AcdSettings(
                new LinkId(
                        tenant,
                        "acd",
                        pid.indexOf('~') >= 0 && WORD.matcher(name).matches() ? name : "main"),
                mode.equals("active") ? Mode.ACTIVE : Mode.OBSERVE,
                time(properties, "routeTimeout", "5s", Duration.ofMillis(100), Duration.ofMinutes(1), faults),
                time(properties, "timeToLive", "30s", Duration.ofSeconds(1), Duration.ofMinutes(10), faults),
                List.copyOf(faults));
    }

    private static String text(Map<String, ?> properties, String key, String otherwise) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().trim();
        return text.isEmpty() ? otherwise : text;
    }

    private static void fault(List<String> faults, String key, String value, String expected) {
        faults.add(key + ": " + (value.isEmpty() ? "missing" : value) + " (expected: " + expected + ")");
    }

    private static Duration time(
            Map<String, ?> properties,
            String key,
            String otherwise,
            Duration least,
            Duration most,
            List<String> faults) {
        String value = text(properties, key, otherwise);
        Matcher parts = TIME.matcher(value);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            Duration time = switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
            if (time.compareTo(least) >= 0 && time.compareTo(most) <= 0) {
                return time;
            }
        }
        fault(faults, key, value, least.toMillis() + "ms-" + most.toSeconds() + "s");
        return least;
    }
}
