package org.jackfield.testkit.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A slice of Graph's OpenAPI description; says what a request or an answer has that it should not, or lacks.
 * Immutable. JSON comes parsed: maps, lists, strings, numbers, booleans and null.
 */
public final class OpenApiSlice {
    /** The system property that names the file. */
    public static final String PROPERTY = "jackfield.graph.openapi";

    private final Map<?, ?> paths;
    private final Map<?, ?> schemas;

    private OpenApiSlice(Map<?, ?> document) {
        this.paths = map(document.get("paths"));
        this.schemas = map(map(document.get("components")).get("schemas"));
    }

    /** The slice that {@link #PROPERTY} names, null when it names none. */
    public static @Nullable OpenApiSlice given() {
        String file = System.getProperty(PROPERTY, "");
        if (file.isEmpty()) {
            return null;
        }
        try {
            var load = new Load(
                    LoadSettings.builder().setCodePointLimit(50_000_000).build());
            return new OpenApiSlice(map(load.loadFromString(Files.readString(Path.of(file)))));
        } catch (IOException e) {
            throw new UncheckedIOException(PROPERTY + ": " + file, e);
        }
    }

    /** What is wrong with a request's body; empty when nothing is. {@code path} is below the version. */
    public List<String> request(String method, String path, @Nullable Object body) {
        Map<?, ?> operation = operation(method, path);
        if (operation == null) {
            return List.of(method + " " + path + ": no such operation");
        }
        List<String> faults = new ArrayList<>();
        Map<?, ?> wanted = map(operation.get("requestBody"));
        Object schema = schema(wanted);
        if (schema == null) {
            if (body != null && !(body instanceof Map<?, ?> nothing && nothing.isEmpty())) {
                faults.add(method + " " + path + ": a body (expected: none)");
            }
        } else if (body != null || Boolean.TRUE.equals(wanted.get("required"))) {
            check(method + " " + path, body, map(schema), faults);
        }
        return faults;
    }

    /** What is wrong with an answer. */
    public List<String> answer(String method, String path, int status, @Nullable Object body) {
        Map<?, ?> operation = operation(method, path);
        if (operation == null) {
            return List.of(method + " " + path + ": no such operation");
        }
        Map<?, ?> responses = map(operation.get("responses"));
        Object response = responses.get(String.valueOf(status));
        if (response == null) {
            response = responses.get(status / 100 + "XX");
        }
        String at = method + " " + path + " -> " + status;
        if (response == null) {
            return List.of(at + ": no such status (expected: one of " + responses.keySet() + ")");
        }
        List<String> faults = new ArrayList<>();
        Object schema = schema(map(response));
        if (schema != null) {
            check(at, body, map(schema), faults);
        } else if (body != null) {
            faults.add(at + ": a body (expected: none)");
        }
        return faults;
    }

    private @Nullable Map<?, ?> operation(String method, String path) {
        String[] parts = path.replace("/microsoft.graph.", "/").split("/", -1);
        for (Map.Entry<?, ?> entry : paths.entrySet()) {
            if (fits(String.valueOf(entry.getKey()).split("/", -1), parts)) {
                Object operation = map(entry.getValue()).get(method.toLowerCase(Locale.ROOT));
                if (operation != null) {
                    return map(operation);
                }
            }
        }
        return null;
    }

    private static boolean fits(String[] wanted, String[] parts) {
        if (wanted.length != parts.length) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!wanted[i].startsWith("{") && !wanted[i].equalsIgnoreCase(parts[i])) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Object schema(Map<?, ?> part) {
        return map(map(part.get("content")).get("application/json")).get("schema");
    }

    private void check(String at, @Nullable Object value, Map<?, ?> schema, List<String> faults) {
        if (schema.get("$ref") instanceof String reference) {
            String name = reference.substring(reference.lastIndexOf('/') + 1);
            check(at, value, map(schemas.get(name)), faults);
            return;
        }
        if (value == null) {
            if (!Boolean.TRUE.equals(schema.get("nullable"))) {
                faults.add(at + ": null (expected: " + schema.get("type") + ")");
            }
            return;
        }
        if (!rightType(value, schema.get("type"))) {
            faults.add(at + ": " + value.getClass().getSimpleName() + " (expected: " + schema.get("type") + ")");
            return;
        }
        if (schema.get("enum") instanceof List<?> words && !words.contains(value)) {
            faults.add(at + ": " + value + " (expected: one of " + words + ")");
        }
        if (value instanceof List<?> items && schema.get("items") != null) {
            for (Object item : items) {
                check(at + "[]", item, map(schema.get("items")), faults);
            }
        }
        if (value instanceof Map<?, ?> object) {
            List<Map<?, ?>> layers = new ArrayList<>();
            flatten(schema, layers);
            object(at, object, layers, faults);
        }
    }

    private void object(String at, Map<?, ?> object, List<Map<?, ?>> layers, List<String> faults) {
        for (Map<?, ?> layer : layers) {
            if (layer.get("required") instanceof List<?> needed) {
                for (Object name : needed) {
                    if (!object.containsKey(name)) {
                        faults.add(at + "." + name + ": missing");
                    }
                }
            }
        }
        for (Map.Entry<?, ?> member : object.entrySet()) {
            String name = String.valueOf(member.getKey());
            Object known = null;
            for (Map<?, ?> layer : layers) {
                Object found = map(layer.get("properties")).get(name);
                known = found == null ? known : found;
            }
            if (known != null) {
                check(at + "." + name, member.getValue(), map(known), faults);
            } else if (!name.startsWith("@odata.")) {
                faults.add(at + "." + name + ": unknown");
            }
        }
    }

    private void flatten(Map<?, ?> schema, List<Map<?, ?>> layers) {
        if (schema.get("$ref") instanceof String reference) {
            flatten(map(schemas.get(reference.substring(reference.lastIndexOf('/') + 1))), layers);
            return;
        }
        layers.add(schema);
        if (schema.get("allOf") instanceof List<?> all) {
            all.forEach(each -> flatten(map(each), layers));
        }
    }

    private static boolean rightType(Object value, @Nullable Object type) {
        if (type == null) {
            return true;
        }
        return switch (String.valueOf(type)) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "number" -> value instanceof Number;
            default -> true;
        };
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
