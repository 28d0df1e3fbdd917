package org.jackfield.acd.asterisk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jspecify.annotations.Nullable;

/** Checks a link's configuration and names all its faults at once, each with the value and what was expected. */
final class SettingsReader {
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.@-]{1,80}");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern WRAP_UP = Pattern.compile("([A-Za-z0-9_.@-]{1,80}|\\*)=(\\d{1,9}(?:ms|s|m|h))");

    private final Map<String, ?> properties;
    private final Path base;
    private final List<String> faults = new ArrayList<>();

    /**
     * What came of reading.
     *
     * @param id the link's id, with {@code unknown} for what cannot be one
     * @param settings null when there are faults
     */
    record Result(LinkId id, @Nullable Settings settings, List<String> faults) {}

    private SettingsReader(Map<String, ?> properties, Path base) {
        this.properties = properties;
        this.base = base;
    }

    /**
     * @param properties as Declarative Services gives them
     * @param base the folder that relative files are in
     */
    static Result read(Map<String, ?> properties, Path base) {
        return new SettingsReader(properties, base).read();
    }

    private Result read() {
        var id = new LinkId(tenant(), "ami", name());
        Duration most = Duration.ofMinutes(1);
        var settings = new Settings(
                id,
                text("host", Settings.HOST),
                number("port", Settings.PORT, 1, 65_535),
                matching("user", "", NAME, "the manager's user, letters, digits and . _ @ -"),
                secret(),
                reconnect(),
                mode(),
                number("requestsPerSecond", Settings.REQUESTS_PER_SECOND, 1, 10_000),
                time("requestTimeout", Settings.REQUEST_TIMEOUT, Duration.ofMillis(100), most),
                time("ping", Settings.PING, Duration.ofMillis(100), Duration.ofMinutes(10)),
                time("routeTimeout", Settings.ROUTE_TIMEOUT, Duration.ofMillis(100), most),
                matching("routeContext", Settings.ROUTE_CONTEXT, NAME, "a dialplan context"),
                matching("transferContext", Settings.TRANSFER_CONTEXT, NAME, "a dialplan context"),
                iface(),
                matching("uuiVariable", Settings.UUI_VARIABLE, NAME, "a channel variable"),
                text("wrapUpReason", Settings.WRAP_UP_REASON),
                wrapUp());
        return new Result(id, faults.isEmpty() ? settings : null, List.copyOf(faults));
    }

    private String tenant() {
        String tenant = text("tenant", "");
        if (!WORD.matcher(tenant).matches()) {
            fault("tenant", tenant, "lower-case letters, digits and dashes, 1-63 characters");
            return "unknown";
        }
        return tenant;
    }

    /** The part behind the tilde of {@code org.jackfield.ami~main}. */
    private String name() {
        String pid = text("service.pid", "");
        String name = pid.substring(pid.indexOf('~') + 1).toLowerCase(Locale.ROOT);
        return pid.indexOf('~') >= 0 && WORD.matcher(name).matches() ? name : "main";
    }

    private String text(String key, String otherwise) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().trim();
        return text.isEmpty() ? otherwise : text;
    }

    private void fault(String key, String value, String expected) {
        faults.add(key + ": " + (value.isEmpty() ? "missing" : value) + " (expected: " + expected + ")");
    }

    private String matching(String key, String otherwise, Pattern pattern, String expected) {
        String value = text(key, otherwise);
        if (!pattern.matcher(value).matches()) {
            fault(key, value, expected);
        }
        return value;
    }

    private int number(String key, String otherwise, int least, int most) {
        String value = text(key, otherwise);
        if (value.matches("\\d{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        fault(key, value, least + "-" + most);
        return least;
    }

    private Duration time(String key, String otherwise, Duration least, Duration most) {
        String value = text(key, otherwise);
        Duration time = duration(value);
        if (time != null && time.compareTo(least) >= 0 && time.compareTo(most) <= 0) {
            return time;
        }
        fault(key, value, least.toMillis() + "ms-" + most.toSeconds() + "s");
        return least;
    }

    private static @Nullable Duration duration(String value) {
        Matcher parts = TIME.matcher(value);
        if (!parts.matches()) {
            return null;
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private Mode mode() {
        String value = text("mode", Settings.MODE);
        if (!value.equals("active") && !value.equals("observe")) {
            fault("mode", value, "active or observe");
        }
        return value.equals("active") ? Mode.ACTIVE : Mode.OBSERVE;
    }

    private Backoff reconnect() {
        String value = text("reconnect", Settings.RECONNECT);
        try {
            return Backoff.of(value);
        } catch (IllegalArgumentException e) {
            fault("reconnect", value, "fixed=500ms or exponential=200ms:30s,jitter=0.2");
            return Backoff.fixed(Duration.ofSeconds(1));
        }
    }

    private String iface() {
        String value = text("interface", Settings.IFACE);
        if (!value.contains("{device}")) {
            fault("interface", value, "a queue member with {device} in it, for example PJSIP/{device}");
        }
        return value;
    }

    private Map<String, Duration> wrapUp() {
        Map<String, Duration> times = new HashMap<>();
        for (String item : text("wrapUp", "").split("[,\\s]+", -1)) {
            Matcher parts = WRAP_UP.matcher(item);
            Duration time = parts.matches() ? duration(parts.group(2)) : null;
            if (time != null && time.compareTo(Duration.ofHours(1)) <= 0) {
                times.put(parts.group(1), time);
            } else if (!item.isEmpty()) {
                fault("wrapUp", item, "queue=time or *=time, 0s-1h, separated by commas");
            }
        }
        return Map.copyOf(times);
    }

    private Secret secret() {
        String file = text("secretFile", "");
        if (file.isEmpty()) {
            fault("secretFile", "", "a file with the manager user's secret");
            return new Secret("");
        }
        try {
            return new Secret(Files.readString(base.resolve(file)).strip());
        } catch (IOException e) {
            fault("secretFile", file, "a file that can be read");
            return new Secret("");
        }
    }
}
