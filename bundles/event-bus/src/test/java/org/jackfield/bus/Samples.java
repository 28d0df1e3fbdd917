package org.jackfield.bus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jackfield.event.Custom;
import org.jackfield.event.EventData;
import org.jspecify.annotations.Nullable;

/** Every kind of event that {@code org.jackfield.event} has, made by reflection. */
final class Samples {
    private static final Map<String, String> WORDS = Map.of("outcome", "loaded", "state", "up");

    private Samples() {}

    /** All records of the event package. */
    static List<Class<? extends Record>> kinds() {
        return classes().stream()
                .flatMap(c -> Stream.concat(Stream.of(c), Arrays.stream(c.getDeclaredClasses())))
                .distinct()
                .filter(EventData.class::isAssignableFrom)
                .filter(c -> c.isRecord() && c != Custom.class && Modifier.isPublic(c.getModifiers()))
                .<Class<? extends Record>>map(c -> c.asSubclass(Record.class))
                .toList();
    }

    private static List<Class<?>> classes() {
        try {
            URI place = EventData.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            Path path = Path.of(place);
            if (Files.isDirectory(path)) {
                return classes(path);
            }
            try (FileSystem jar = FileSystems.newFileSystem(path)) {
                return classes(jar.getPath("/"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Class<?>> classes(Path root) throws IOException {
        try (var files = Files.list(root.resolve("org/jackfield/event"))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".class") && !f.contains("$") && !f.startsWith("package-info"))
                    .<Class<?>>map(f -> load("org.jackfield.event." + f.replace(".class", "")))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A record with all members, or with the required ones only. */
    static <T extends Record> T of(Class<T> kind, boolean full) {
        RecordComponent[] components = kind.getRecordComponents();
        Object[] values = Arrays.stream(components)
                .map(c -> full || !nullable(c) ? value(c.getName(), c.getGenericType(), full) : null)
                .toArray();
        try {
            var constructor = kind.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean nullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static Object value(String name, Type type, boolean full) {
        if (type instanceof ParameterizedType list) {
            return List.of(value(name, list.getActualTypeArguments()[0], full));
        }
        var plain = (Class<?>) type;
        if (plain.isEnum()) {
            return plain.getEnumConstants()[0];
        }
        if (plain.isRecord()) {
            return of(plain.asSubclass(Record.class), full);
        }
        return switch (plain.getSimpleName()) {
            case "String" -> WORDS.getOrDefault(name, name + " Ümläut \"1\"");
            case "int" -> 180;
            case "long" -> 1L << 40;
            case "boolean" -> true;
            case "Instant" -> Instant.parse("2026-01-01T10:00:00.123456Z");
            case "Duration" -> Duration.ofMinutes(5);
            default -> throw new IllegalStateException("no sample for " + type);
        };
    }
}
