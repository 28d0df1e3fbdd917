package org.jackfield.bus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON: members are the components, absent ones left out, times and durations as ISO 8601 writes them.
 * Unknown members are skipped, absent required ones refused. Safe for any thread.
 */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addSerializer(Instant.class, new InstantText()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    /**
     * Whether a record's null annotations can be told at run time. A bundle that does not import them has none, and then
     * absent members are not told apart from forbidden ones.
     */
    private static final ClassValue<Boolean> ANNOTATED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return Class.forName(Nullable.class.getName(), false, type.getClassLoader()) == Nullable.class;
            } catch (ClassNotFoundException | LinkageError e) {
                return false;
            }
        }
    };

    private Json() {}

    private static final class InstantText extends StdScalarSerializer<Instant> {
        private static final long serialVersionUID = 1;

        InstantText() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(IsoTime.text(value));
        }
    }

    static void write(OutputStream to, Object value) {
        try {
            MAPPER.writeValue(to, value);
        } catch (IOException e) {
            throw new UncheckedIOException("event data of " + value.getClass() + " is not writable as JSON", e);
        }
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("event data of " + value.getClass() + " is not writable as JSON", e);
        }
    }

    static <T extends Record> T read(byte[] json, Class<T> type) throws RefusedException {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new RefusedException("json", "data: null (expected: an object)");
            }
            requireMembers(value);
            return value;
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(
                    "json", "data: " + firstLine(e) + " (expected: a " + type.getSimpleName() + ")", e);
        }
    }

    /** As {@link #read}, from somebody else: exactly the types of the schema, nothing taken for something similar. */
    static <T extends Record> T readStrictly(byte[] json, Class<T> type) throws RefusedException {
        try {
            JsonNode tree = MAPPER.readTree(json);
            Shape.check(tree, type);
            return MAPPER.treeToValue(tree, type);
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(
                    "json", "data: " + firstLine(e) + " (expected: a " + type.getSimpleName() + ")", e);
        }
    }

    static Map<String, Object> readMap(byte[] json) throws RefusedException {
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = MAPPER.readValue(json, Map.class);
            if (map == null) {
                throw new RefusedException("json", "data: null (expected: an object)");
            }
            return map;
        } catch (IOException e) {
            throw new RefusedException("json", "data: " + firstLine(e) + " (expected: an object)", e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void requireMembers(Record value) throws RefusedException {
        if (!ANNOTATED.get(value.getClass())) {
            return;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            if (!component.getType().isPrimitive() && !nullable(component) && member(component, value) == null) {
                throw new RefusedException("member", "data: " + component.getName() + " absent (expected: present)");
            }
        }
    }

    private static @Nullable Object member(RecordComponent component, Record value) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("component " + component + " is not readable", e);
        }
    }

    private static boolean nullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
