package org.jackfield.twin;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the twin was started with: {@code --name value} pairs, or the same names in a file given by
 * {@code --properties}. Immutable; all faults are reported at once.
 */
public final class Options {
    /** Every option with its default; the README says what each means. */
    private static final Map<String, String> DEFAULTS = defaults();

    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    /** All ports free, everything else as by default: what a test wants. */
    public static Options free() {
        return parse(
                "--control",
                "0",
                "--graph",
                "0",
                "--csta",
                "0",
                "--acd-sip",
                "0",
                "--sbc",
                "0",
                "--trunk",
                "127.0.0.1:9");
    }

    public static Options parse(String... args) {
        Map<String, String> given = new LinkedHashMap<>(DEFAULTS);
        List<String> faults = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : args[i];
            if (name.equals("until-eof")) {
                given.put(name, "true");
            } else if (name.equals("properties") && i + 1 < args.length) {
                file(args[++i], given, faults);
            } else if (DEFAULTS.containsKey(name) && i + 1 < args.length) {
                given.put(name, args[++i]);
            } else {
                faults.add(args[i] + " (expected: one of " + DEFAULTS.keySet() + " with a value)");
            }
        }
        Options options = new Options(given);
        options.check(faults);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
        return options;
    }

    /** These options with one changed. */
    public Options with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(name, value);
        return new Options(changed);
    }

    public String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no option " + name);
        }
        return value;
    }

    public int number(String name) {
        return Integer.parseInt(get(name));
    }

    /** The words of the option, none when it is empty. */
    public List<String> words(String name) {
        return get(name).isBlank() ? List.of() : List.of(get(name).strip().split(" +"));
    }

    /** The path, or null when the option is empty. */
    public @Nullable Path path(String name) {
        return get(name).isEmpty() ? null : Path.of(get(name));
    }

    public boolean untilEof() {
        return get("until-eof").equals("true");
    }

    private void check(List<String> faults) {
        for (String port : List.of("control", "sbc", "acd-sip", "csta", "graph")) {
            range(port, 0, 65_535, faults);
        }
        range("wrap-up", 0, 3_600_000, faults);
        range("ring", 0, 600_000, faults);
        range("options-seconds", 0, 86_400, faults);
        range("session-seconds", 1, 86_400, faults);
        range("route-timeout", 1, 600_000, faults);
        range("log", 1_000, 1_000_000, faults);
        if (!get("trunk").matches("[^:]+:\\d{1,5}")) {
            faults.add("trunk: " + get("trunk") + " (expected: host:port)");
        }
        if (!get("start").matches("ready|notReady|loggedOff")) {
            faults.add("start: " + get("start") + " (expected: ready, notReady or loggedOff)");
        }
        if (!get("transport").matches("udp|tcp")) {
            faults.add("transport: " + get("transport") + " (expected: udp or tcp)");
        }
    }

    private void range(String name, int low, int high, List<String> faults) {
        String value = get(name);
        boolean good = value.matches("\\d{1,9}") && Integer.parseInt(value) >= low && Integer.parseInt(value) <= high;
        if (!good) {
            faults.add(name + ": " + value + " (expected: " + low + "-" + high + ")");
        }
    }

    private static void file(String path, Map<String, String> given, List<String> faults) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            faults.add("properties: " + path + " cannot be read: " + e.getMessage());
        }
        for (String name : properties.stringPropertyNames()) {
            if (DEFAULTS.containsKey(name)) {
                given.put(name, properties.getProperty(name));
            } else {
                faults.add(name + " in " + path + " (expected: one of " + DEFAULTS.keySet() + ")");
            }
        }
    }

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("control", "18080");
        defaults.put("sbc", "15060");
        defaults.put("acd-sip", "15070");
        defaults.put("csta", "18800");
        defaults.put("graph", "18443");
        defaults.put("trunk", "127.0.0.1:5060");
        defaults.put("transport", "udp");
        defaults.put("agents", "");
        defaults.put("pilots", "600");
        defaults.put("state", "");
        defaults.put("start", "ready");
        defaults.put("wrap-up", "2000");
        defaults.put("ring", "50");
        defaults.put("options-seconds", "30");
        defaults.put("numbers", "");
        defaults.put("session-seconds", "180");
        defaults.put("route-timeout", "2000");
        defaults.put("tenant", "00000000-0000-0000-0000-00000000de70");
        defaults.put("client", "00000000-0000-0000-0000-0000000a1105");
        defaults.put("secret-file", "");
        defaults.put("roles", "Presence.Read.All Presence.ReadWrite.All");
        defaults.put("log", String.valueOf(TwinLog.KEEP));
        defaults.put("until-eof", "false");
        return defaults;
    }
}
