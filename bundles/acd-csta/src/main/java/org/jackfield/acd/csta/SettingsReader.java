package org.jackfield.acd.csta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jackfield.protocol.csta.CstaSession;
import org.jackfield.protocol.csta.Edition;
import org.jackfield.protocol.csta.Secret;
import org.jackfield.protocol.csta.SessionMessage;
import org.jspecify.annotations.Nullable;

/** Checks a link's configuration and names all its faults at once, each with the value and what was expected. */
final class SettingsReader {
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

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
        var id = new LinkId(tenant(), "csta", name());
        var session = new CstaSession.Options(
                edition(),
                flag("applicationSession", "true"),
                text("applicationId", Settings.APPLICATION_ID),
                login(),
                time("sessionDuration", Settings.SESSION_DURATION, Duration.ofSeconds(2), Duration.ofHours(1)),
                systemStatus(),
                time("requestTimeout", Settings.REQUEST_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(1)));
        var settings = new Settings(
                id,
                text("host", Settings.HOST),
                number("port", "", 1, 65_535),
                session,
                reconnect(),
                mode(),
                number("requestsPerSecond", Settings.REQUESTS_PER_SECOND, 1, 10_000),
                number("monitors", Settings.MONITORS, 1, 100_000),
                flag("monitorGroups", "true"),
                list("routeingDevices"),
                time("routeTimeout", Settings.ROUTE_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(1)),
                tls(),
                flag("discover", "false"),
                flag("capabilities", "true"),
                flag("callSnapshots", "true"),
                flag("sendReasons", "false"));
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

    /** The part behind the tilde of {@code org.jackfield.csta~main}. */
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

    private boolean flag(String key, String otherwise) {
        String value = text(key, otherwise);
        if (!value.equals("true") && !value.equals("false")) {
            fault(key, value, "true or false");
        }
        return value.equals("true");
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
        Matcher parts = TIME.matcher(value);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            Duration time = switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (time.compareTo(least) >= 0 && time.compareTo(most) <= 0) {
                return time;
            }
        }
        fault(key, value, least.toMillis() + "ms-" + most.toSeconds() + "s");
        return least;
    }

    private Duration systemStatus() {
        return text("systemStatus", Settings.SYSTEM_STATUS).matches("0(ms|s)?")
                ? Duration.ZERO
                : time("systemStatus", Settings.SYSTEM_STATUS, Duration.ofMillis(100), Duration.ofMinutes(10));
    }

    private Edition edition() {
        String value = text("edition", Settings.EDITION);
        for (Edition edition : Edition.values()) {
            if (edition.name().equalsIgnoreCase(value)) {
                return edition;
            }
        }
        fault("edition", value, "ed2, ed3, ed4, ed5 or ed6");
        return Edition.ED4;
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

    private List<String> list(String key) {
        return Stream.of(text(key, "").split("[,\\s]+", -1))
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** Null for plain TCP, also when a file is at fault. */
    private @Nullable SSLContext tls() {
        Path trust = file("trustFile");
        Path chain = file("certificateFile");
        Path key = file("keyFile");
        if (!flag("tls", "false")) {
            return null;
        }
        if ((chain == null) != (key == null)) {
            fault(chain == null ? "certificateFile" : "keyFile", "", "both certificateFile and keyFile, or neither");
        }
        try {
            return TlsFiles.read(trust, chain, key);
        } catch (IOException e) {
            faults.add("tls: " + e.getMessage());
            return null;
        }
    }

    private @Nullable Path file(String key) {
        String file = text(key, "");
        return file.isEmpty() ? null : base.resolve(file);
    }

    private SessionMessage.@Nullable Login login() {
        String user = text("user", "");
        String file = text("passwordFile", "");
        if (user.isEmpty() != file.isEmpty()) {
            fault(user.isEmpty() ? "user" : "passwordFile", "", "both user and passwordFile, or neither");
        }
        if (user.isEmpty() || file.isEmpty()) {
            return null;
        }
        try {
            return new SessionMessage.Login(
                    user, new Secret(Files.readString(base.resolve(file)).strip()));
        } catch (IOException e) {
            fault("passwordFile", file, "a file that can be read");
            return null;
        }
    }
}
