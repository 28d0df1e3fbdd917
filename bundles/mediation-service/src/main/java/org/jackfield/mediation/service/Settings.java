package org.jackfield.mediation.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.mediation.presence.Pair;
import org.jackfield.mediation.presence.PresenceOptions;
import org.jackfield.mediation.routing.NumberPattern;
import org.jackfield.mediation.routing.RoutingOptions;
import org.jackfield.mediation.routing.RoutingOptions.Rule;
import org.jackfield.mediation.routing.RoutingOptions.Target;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant's configuration says. Immutable.
 *
 * @param faults every wrong line with what was expected; its setting has the default
 */
record Settings(PresenceOptions presence, RoutingOptions routing, List<String> faults) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

    /** Reads {@code lines}, a key for a value, from {@code file}. */
    static Settings read(Map<String, String> lines, String file) {
        return new Reader(lines, file).settings();
    }

    /** The lines of a configuration as text, without what the framework adds. */
    static Map<String, String> lines(Map<String, ?> properties) {
        Map<String, String> lines = new TreeMap<>();
        properties.forEach((key, value) -> {
            boolean framework = key.startsWith("service.")
                    || key.startsWith("component.")
                    || key.startsWith("felix.")
                    || key.startsWith("osgi.")
                    || key.startsWith("org.apache.karaf")
                    || key.startsWith(".")
                    || key.equals("objectClass");
            if (!framework) {
                lines.put(
                        key,
                        value instanceof Object[] many
                                ? String.join(
                                        ",",
                                        Arrays.stream(many).map(String::valueOf).toList())
                                : String.valueOf(value));
            }
        });
        return lines;
    }

    private static final class Reader {
        private final Map<String, String> lines;
        private final String file;
        private final Set<String> known = new HashSet<>();
        private final List<String> faults = new ArrayList<>();

        Reader(Map<String, String> lines, String file) {
            this.lines = lines;
            this.file = file;
        }

        Settings settings() {
            PresenceOptions presence = presence(PresenceOptions.defaults());
            RoutingOptions routing = routing(RoutingOptions.defaults());
            for (String key : lines.keySet()) {
                if (!known.contains(key)) {
                    fault(key, lines.get(key), "one of " + String.join(", ", new TreeSet<>(known)));
                }
            }
            return new Settings(presence, routing, List.copyOf(faults));
        }

        private PresenceOptions presence(PresenceOptions d) {
            return new PresenceOptions(
                    pair("presence.call", d.call()),
                    expiry("presence.callExpiry", d.callExpiry()),
                    pair("presence.wrapUp", d.wrapUp()),
                    expiry("presence.wrapUpExpiry", d.wrapUpExpiry()),
                    pairOrNone("presence.pause", d.pause()),
                    pairOrNone("presence.meeting", d.meeting()),
                    expiry("presence.pauseExpiry", d.pauseExpiry()),
                    words("presence.meetingReasons", d.meetingReasons()),
                    flag("presence.busyToAcd", d.busyToAcd()),
                    time("presence.awayHold", d.awayHold(), Duration.ZERO, Duration.ofHours(1)),
                    time("presence.offlineHold", d.offlineHold(), Duration.ZERO, Duration.ofHours(1)),
                    names("presence.offlineGroups", d.offlineGroups()),
                    time("presence.echo", d.echo(), Duration.ZERO, Duration.ofMinutes(15)),
                    time("presence.callWindow", d.callWindow(), Duration.ZERO, Duration.ofMinutes(2)),
                    number("presence.writesToTeams", d.writesToTeams(), 1, 600),
                    number("presence.writesToAcd", d.writesToAcd(), 1, 600),
                    time("presence.spacingToAcd", d.spacingToAcd(), Duration.ZERO, Duration.ofMinutes(1)),
                    number("presence.flapLimit", d.flapLimit(), 1, 1000),
                    time("presence.circuit", d.circuit(), Duration.ofSeconds(1), Duration.ofHours(4)),
                    names("presence.preferredGroups", d.preferredGroups()),
                    flag("presence.statusMessage", d.statusMessage()),
                    time("presence.confirm", d.confirm(), Duration.ofSeconds(1), Duration.ofMinutes(10)));
        }

        private RoutingOptions routing(RoutingOptions d) {
            value("controller", "acd", text -> {
                if (!text.equals("acd")) {
                    throw new IllegalArgumentException("acd; the host does not queue calls itself");
                }
                return text;
            });
            return new RoutingOptions(
                    list("dnis", d.rules(), this::rule),
                    list("teamsNumbers", d.teams(), NumberPattern::of),
                    words("routing.allowed", d.allowed()),
                    words("routing.allowedDesk", d.allowedDesk()),
                    time("routing.reserve", d.reserve(), Duration.ofSeconds(1), Duration.ofMinutes(5)));
        }

        /** For example {@code +4930555600:600}, {@code +49305559*:teams}, {@code *:refuse=403}. */
        private Rule rule(String text) {
            int colon = text.lastIndexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("NUMBER:PILOT, NUMBER:teams or NUMBER:refuse");
            }
            NumberPattern dialled = NumberPattern.of(text.substring(0, colon));
            String target = text.substring(colon + 1).strip();
            if (target.equals("teams")) {
                return new Rule(dialled, new Target.TeamsUser());
            }
            if (target.startsWith("refuse")) {
                String status = target.equals("refuse") ? "403" : target.replaceFirst("refuse=", "");
                if (!status.matches("[456]\\d\\d")) {
                    throw new IllegalArgumentException("refuse, or refuse=STATUS with a status from 400 to 699");
                }
                return new Rule(dialled, new Target.Refused(Integer.parseInt(status)));
            }
            if (NumberPattern.normal(target) == null) {
                throw new IllegalArgumentException("NUMBER:PILOT, NUMBER:teams or NUMBER:refuse");
            }
            return new Rule(dialled, new Target.Pilot(target));
        }

        private Pair pair(String key, Pair otherwise) {
            return value(key, otherwise, Reader::settable);
        }

        private @Nullable Pair pairOrNone(String key, @Nullable Pair otherwise) {
            String text = line(key);
            if (text != null && text.equals("none")) {
                return null;
            }
            return otherwise == null && text == null
                    ? null
                    : value(key, otherwise == null ? Pair.AWAY : otherwise, Reader::settable);
        }

        private static Pair settable(String text) {
            for (Pair pair : Pair.SETTABLE) {
                if (pair.toString().equalsIgnoreCase(text)) {
                    return pair;
                }
            }
            throw new IllegalArgumentException("one of " + Pair.SETTABLE);
        }

        /** What Graph takes for setPresence. */
        private Duration expiry(String key, Duration otherwise) {
            return time(key, otherwise, Duration.ofMinutes(5), Duration.ofHours(4));
        }

        private Duration time(String key, Duration otherwise, Duration least, Duration most) {
            return value(key, otherwise, text -> {
                Matcher matcher = DURATION.matcher(text);
                Duration time = matcher.matches() ? duration(matcher) : null;
                if (time == null || time.compareTo(least) < 0 || time.compareTo(most) > 0) {
                    throw new IllegalArgumentException(
                            "a time such as 500ms, 30s, 5m or 1h, from " + plain(least) + " to " + plain(most));
                }
                return time;
            });
        }

        private static Duration duration(Matcher matcher) {
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
        }

        private static String plain(Duration time) {
            return time.toString().substring(2).toLowerCase(Locale.ROOT);
        }

        private int number(String key, int otherwise, int least, int most) {
            return value(key, otherwise, text -> {
                if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
                    throw new IllegalArgumentException(least + "-" + most);
                }
                return Integer.valueOf(text);
            });
        }

        private boolean flag(String key, boolean otherwise) {
            return value(key, otherwise, text -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException("true or false");
                }
                return Boolean.valueOf(text);
            });
        }

        private Set<String> names(String key, Set<String> otherwise) {
            return line(key) == null ? otherwise : Set.copyOf(list(key, List.<String>of(), Function.identity()));
        }

        private Set<String> words(String key, Set<String> otherwise) {
            return line(key) == null
                    ? otherwise
                    : Set.copyOf(list(key, List.<String>of(), text -> text.toLowerCase(Locale.ROOT)));
        }

        private <T> List<T> list(String key, List<T> otherwise, Function<String, T> read) {
            String text = line(key);
            if (text == null) {
                return otherwise;
            }
            List<T> values = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                if (part.isBlank()) {
                    continue;
                }
                try {
                    values.add(read.apply(part.strip()));
                } catch (IllegalArgumentException e) {
                    fault(key, part.strip(), String.valueOf(e.getMessage()));
                }
            }
            return List.copyOf(new java.util.LinkedHashSet<>(values));
        }

        private <T> T value(String key, T otherwise, Function<String, T> read) {
            String text = line(key);
            if (text == null) {
                return otherwise;
            }
            try {
                return read.apply(text);
            } catch (IllegalArgumentException e) {
                fault(key, text, String.valueOf(e.getMessage()));
                return otherwise;
            }
        }

        private @Nullable String line(String key) {
            known.add(key);
            String text = lines.get(key);
            return text == null ? null : text.strip();
        }

        private void fault(String key, @Nullable String value, String expected) {
            faults.add(key + ": " + value + " (expected: " + expected + ") in " + file);
        }
    }
}
