package org.jackfield.testkit.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Which permissions Graph accepts for a method and a path, from a table that Microsoft publishes. Immutable. */
public final class PermissionTable {
    /** The system property that names the file. */
    public static final String PROPERTY = "jackfield.graph.permissions";

    private final Map<?, ?> permissions;

    private PermissionTable(Map<?, ?> permissions) {
        this.permissions = permissions;
    }

    /** The table that {@link #PROPERTY} names, null when it names none. */
    public static @Nullable PermissionTable given() {
        String file = System.getProperty(PROPERTY, "");
        if (file.isEmpty()) {
            return null;
        }
        try {
            var load = new Load(
                    LoadSettings.builder().setCodePointLimit(50_000_000).build());
            Map<?, ?> document = map(load.loadFromString(Files.readString(Path.of(file))));
            return new PermissionTable(map(document.get("permissions")));
        } catch (IOException e) {
            throw new UncheckedIOException(PROPERTY + ": " + file, e);
        }
    }

    /**
     * What is accepted.
     *
     * @param path below the version, with {@code {id}} for every parameter
     * @param kind {@code Application} or {@code DelegatedWork}
     * @return empty when that kind of caller is never accepted
     */
    public Set<String> accepted(String method, String path, String kind) {
        return words(method, path, kind, "accepted");
    }

    /** The least of them. */
    public Set<String> least(String method, String path, String kind) {
        return words(method, path, kind, "least");
    }

    private Set<String> words(String method, String path, String kind, String which) {
        Object found = map(map(map(permissions.get(path.toLowerCase(Locale.ROOT)))
                                .get(method))
                        .get(kind))
                .get(which);
        Set<String> words = new TreeSet<>();
        if (found instanceof List<?> list) {
            list.forEach(word -> words.add(String.valueOf(word)));
        }
        return words;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
