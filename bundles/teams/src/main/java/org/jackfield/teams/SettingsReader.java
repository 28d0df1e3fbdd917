package org.jackfield.teams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jspecify.annotations.Nullable;

/** Checks a link's configuration and names all its faults at once, each with the value and what was expected. */
final class SettingsReader {
    private static final Pattern GUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern VERSION = Pattern.compile("(/v1\\.0)?/?$");
    private static final Pattern PROXY = Pattern.compile("([^:\\s]+):(\\d{1,5})");
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Map<String, ?> properties;
    private final UnaryOperator<@Nullable String> environment;
    private final Path base;
    private final List<String> faults = new ArrayList<>();

    /**
     * What came of reading.
     *
     * @param id the link's id, with {@code unknown} for what cannot be one
     * @param settings null when there are faults
     */
    record Result(LinkId id, @Nullable Settings settings, List<String> faults) {}

    private SettingsReader(Map<String, ?> properties, UnaryOperator<@Nullable String> environment, Path base) {
        this.properties = properties;
        this.environment = environment;
        this.base = base;
    }

    /**
     * @param properties as Declarative Services gives them
     * @param environment gives an environment variable's value
     * @param base the folder that relative files are in
     */
    static Result read(Map<String, ?> properties, UnaryOperator<@Nullable String> environment, Path base) {
        return new SettingsReader(properties, environment, base).read();
    }

    private Result read() {
        String name = name();
        String tenant = text("tenant", "");
        if (!WORD.matcher(tenant).matches()) {
            fault("tenant", tenant, "lower-case letters, digits and dashes, 1-63 characters");
            tenant = "unknown";
        }
        var id = new LinkId(tenant, "teams", name);
        String directory = guid("directoryId");
        String client = guid("clientId");
        Credential credential = credential();
        Path tokens = path("tokenFile");
        Path tokenKey = tokenKey(tokens);
        Cloud cloud = cloud();
        URI graph = address("graphUrl", cloud.graph());
        URI login = address("loginUrl", cloud.login());
        Mode mode = mode();
        int limit = number("limit", Settings.LIMIT, 30, 100_000);
        int share = number("share", Settings.SHARE, 1, 100);
        String sweepText = text("sweep", Settings.SWEEP);
        Duration sweep = sweepText.equals("auto")
                ? null
                : time("sweep", sweepText, Duration.ofMillis(500), Duration.ofMinutes(5), "auto or 500ms-5m");
        Duration expiry =
                time("expiry", text("expiry", Settings.EXPIRY), SessionPair.SHORTEST, SessionPair.LONGEST, "5m-4h");
        Duration timeout = time(
                "timeout", text("timeout", Settings.TIMEOUT), Duration.ofSeconds(1), Duration.ofSeconds(60), "1s-60s");
        int concurrency = number("concurrency", Settings.CONCURRENCY, 1, 256);
        InetSocketAddress proxy = proxy();
        if (!faults.isEmpty()) {
            return new Result(id, null, List.copyOf(faults));
        }
        return new Result(
                id,
                new Settings(
                        id,
                        directory,
                        client,
                        credential,
                        tokens,
                        tokenKey,
                        cloud,
                        graph,
                        login,
                        mode,
                        limit,
                        share / 100.0,
                        sweep,
                        expiry,
                        timeout,
                        concurrency,
                        proxy),
                List.of());
    }

    /** The part behind the tilde of the pid {@code org.jackfield.teams~main}, which FileInstall makes of org.jackfield.teams-main.cfg. */
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
        faults.add(key + ": " + (value.isEmpty() ? "missing" : "\"" + value + "\"") + " (expected: " + expected + ")");
    }

    private String guid(String key) {
        String value = text(key, "");
        if (!GUID.matcher(value).matches()) {
            fault(key, value, "a GUID");
        }
        return value;
    }

    private Credential credential() {
        String file = text("secretFile", "");
        String variable = text("secretEnv", "");
        String certificate = text("certificateFile", "");
        long given = Stream.of(file, variable, certificate)
                .filter(value -> !value.isEmpty())
                .count();
        if (given != 1) {
            fault("secretFile", file, "one of secretFile, secretEnv and certificateFile");
            return new Credential.Secret("");
        }
        if (!certificate.isEmpty()) {
            return certificate(certificate);
        }
        String value = file.isEmpty() ? fromEnvironment(variable) : fromFile("secretFile", file);
        return new Credential.Secret(value == null ? "" : value);
    }

    private Credential certificate(String file) {
        String password = text("certificatePasswordFile", "");
        String opened = password.isEmpty() ? "" : fromFile("certificatePasswordFile", password);
        try {
            return CertificateFile.read(base.resolve(file), opened == null ? "" : opened, Instant.now());
        } catch (CertificateFile.Fault e) {
            fault("certificateFile", file, String.valueOf(e.getMessage()));
        } catch (InvalidPathException e) {
            fault("certificateFile", file, "a path");
        }
        return new Credential.Secret("");
    }

    private @Nullable Path path(String key) {
        String value = text(key, "");
        try {
            return value.isEmpty() ? null : base.resolve(value);
        } catch (InvalidPathException e) {
            fault(key, value, "a path");
            return null;
        }
    }

    private @Nullable Path tokenKey(@Nullable Path tokens) {
        Path key = path("tokenKeyFile");
        if ((tokens == null) != (key == null)) {
            fault("tokenKeyFile", text("tokenKeyFile", ""), "both tokenFile and tokenKeyFile, or neither");
        }
        return key;
    }

    private @Nullable String fromEnvironment(String variable) {
        String value = environment.apply(variable);
        if (value == null || value.isBlank()) {
            fault("secretEnv", variable, "an environment variable that is set");
            return null;
        }
        return value.trim();
    }

    private @Nullable String fromFile(String key, String file) {
        try {
            String value = Files.readString(base.resolve(file)).trim();
            if (!value.isEmpty()) {
                return value;
            }
        } catch (IOException | RuntimeException e) {
            // said below, without the content
        }
        fault(key, file, "a readable file that is not empty");
        return null;
    }

    private Cloud cloud() {
        String name = text("cloud", Settings.CLOUD).toLowerCase(Locale.ROOT);
        Cloud cloud = Cloud.named(name);
        if (cloud == null) {
            fault("cloud", name, "global, gcc-high or dod; other clouds have no presence API");
            return Cloud.GLOBAL;
        }
        return cloud;
    }

    private URI address(String key, URI otherwise) {
        String value = text(key, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            URI address = URI.create(VERSION.matcher(value).replaceFirst(""));
            String host = address.getHost();
            boolean plain = "http".equals(address.getScheme()) && host != null && LOOPBACK.contains(host);
            if (host != null && ("https".equals(address.getScheme()) || plain)) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        fault(key, value, "https://HOST, or http on loopback");
        return otherwise;
    }

    private Mode mode() {
        String value = text("mode", Settings.MODE).toLowerCase(Locale.ROOT);
        for (Mode mode : Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(value)) {
                return mode;
            }
        }
        fault("mode", value, "active or observe");
        return Mode.OBSERVE;
    }

    private int number(String key, String otherwise, int least, int most) {
        String value = text(key, otherwise);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        fault(key, value, least + "-" + most);
        return least;
    }

    private Duration time(String key, String value, Duration least, Duration most, String expected) {
        Matcher matcher = TIME.matcher(value.toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration time = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            if (time.compareTo(least) >= 0 && time.compareTo(most) <= 0) {
                return time;
            }
        }
        fault(key, value, expected);
        return least;
    }

    private @Nullable InetSocketAddress proxy() {
        String value = text("proxy", "");
        if (value.isEmpty()) {
            return null;
        }
        Matcher matcher = PROXY.matcher(value);
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(2));
            if (port > 0 && port <= 65_535) {
                return InetSocketAddress.createUnresolved(matcher.group(1), port);
            }
        }
        fault("proxy", value, "host:port");
        return null;
    }
}
