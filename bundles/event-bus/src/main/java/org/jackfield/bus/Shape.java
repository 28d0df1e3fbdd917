package org.jackfield.bus;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether JSON from outside has the shape of a record: what the record's JSON Schema in {@code asyncapi.yaml} says, no
 * more and no less, which a test holds with a schema validator. The record is the one source of both. Stateless.
 */
final class Shape {
    private Shape() {}

    /** @throws RefusedException with the member, what it is and what was expected */
    static void check(@Nullable JsonNode node, Class<? extends Record> type) throws RefusedException {
        object(node, type, "data");
    }

    private static void object(@Nullable JsonNode node, Class<?> type, String path) throws RefusedException {
        if (node == null || !node.isObject()) {
            throw refused(path, node, "an object");
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String member = path + "." + component.getName();
            JsonNode value = node.get(component.getName());
            boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (value != null) {
                value(value, component.getGenericType(), member);
            } else if (!optional) {
                throw new RefusedException("member", member + ": absent (expected: present)");
            }
        }
    }

    private static void value(JsonNode node, Type type, String path) throws RefusedException {
        if (type instanceof ParameterizedType list) {
            if (!node.isArray()) {
                throw refused(path, node, "an array");
            }
            for (JsonNode item : node) {
                value(item, list.getActualTypeArguments()[0], path + "[]");
            }
            return;
        }
        var plain = (Class<?>) type;
        if (plain.isRecord()) {
            object(node, plain, path);
        } else if (plain.isEnum()) {
            if (!node.isTextual()
                    || Arrays.stream(plain.getEnumConstants())
                            .noneMatch(c -> ((Enum<?>) c).name().equals(node.textValue()))) {
                throw refused(path, node, "one of " + Arrays.toString(plain.getEnumConstants()));
            }
        } else if (plain == boolean.class) {
            require(node.isBoolean(), path, node, "true or false");
        } else if (plain == int.class || plain == long.class) {
            require(node.isIntegralNumber(), path, node, "a whole number");
        } else if (plain == Instant.class) {
            require(node.isTextual() && isTime(node.textValue()), path, node, "a time, 2026-01-01T10:00:00Z");
        } else {
            require(node.isTextual(), path, node, "text");
        }
    }

    private static boolean isTime(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static void require(boolean good, String path, JsonNode node, String expected) throws RefusedException {
        if (!good) {
            throw refused(path, node, expected);
        }
    }

    private static RefusedException refused(String path, @Nullable JsonNode node, String expected) {
        String found = node == null ? "nothing" : node.toString();
        String shown = found.length() > 80 ? found.substring(0, 80) + "..." : found;
        return new RefusedException("schema", path + ": " + shown + " (expected: " + expected + ")");
    }
}
