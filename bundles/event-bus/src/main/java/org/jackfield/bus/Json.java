package org.jackfield.bus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON: members are the components, absent ones left out, times and durations as ISO 8601 writes them.
 * Unknown members are skipped, absent required ones refused. Safe for any thread.
 */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new InstantText())
                    .addDeserializer(Instant.class, new TextInstant()))
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
     * The accessors of a record's members that must be there. A bundle that does not import the null annotations has none
     * at run time, and then absent members are not told apart from forbidden ones.
     */
    private static final ClassValue<List<Method>> REQUIRED = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            if (!annotated(type)) {
                return List.of();
            }
            List<Method> required = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                if (!component.getType().isPrimitive()
                        && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    component.getAccessor().setAccessible(true);
                    required.add(component.getAccessor());
                }
            }
            return List.copyOf(required);
        }

        private static boolean annotated(Class<?> type) {
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

    private static final class TextInstant extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1;

        TextInstant() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
                return InstantDeserializer.INSTANT.deserialize(in, context);
            }
            try {
                return IsoTime.parse(in.getText().trim());
            } catch (DateTimeException e) {
                return InstantDeserializer.INSTANT.deserialize(in, context); // says what is wrong, and reads offsets
            }
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
        for (Method accessor : REQUIRED.get(value.getClass())) {
            try {
                if (accessor.invoke(value) == null) {
                    throw new RefusedException("member", "data: " + accessor.getName() + " absent (expected: present)");
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("member " + accessor + " is not readable", e);
            }
        }
    }
}
