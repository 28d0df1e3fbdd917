package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CommandEvents;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lean check of what comes in says the same as the published JSON Schema, by a schema validator. */
class ShapeTest {
    private static final AsyncApi API = new AsyncApi();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 1_500;

    static Stream<Class<? extends Record>> kinds() {
        return Stream.of(
                AgentEvents.StateChanged.class,
                CallEvents.Call.class,
                CallEvents.Route.class,
                CommandEvents.Result.class);
    }

    private static boolean shaped(JsonNode data, Class<? extends Record> kind) {
        try {
            Shape.check(data, kind);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Conformance("ACD-41")
    void checkAndSchemaAgreeOnEveryMutation(Class<? extends Record> kind) throws IOException {
        var random = new Random(41);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var data = (ObjectNode) JSON.readTree(Json.bytes(Samples.of(kind, random.nextBoolean())));
            for (int i = random.nextInt(3); i > 0; i--) {
                mutate(data, random);
            }
            boolean valid = API.faults(kind.getSimpleName(), data).isEmpty();
            assertThat(shaped(data, kind))
                    .as("%s: %s", kind.getSimpleName(), data)
                    .isEqualTo(valid);
            good += valid ? 1 : 0;
        }
        assertThat(good).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
    }

    private static void mutate(ObjectNode data, Random random) {
        List<String> names = new ArrayList<>();
        data.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        JsonNode value = data.get(name);
        switch (random.nextInt(6)) {
            case 0 -> data.remove(name);
            case 1 -> data.set(name, any(random));
            case 2 -> data.set("unknown" + random.nextInt(9), any(random));
            case 3 -> data.put(name, value.asText().toLowerCase(java.util.Locale.ROOT));
            case 4 -> {
                if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
                    mutate((ObjectNode) value.get(0), random);
                } else {
                    data.set(name, JsonNodeFactory.instance.arrayNode().add(value));
                }
            }
            default -> data.put(name, name);
        }
    }

    private static JsonNode any(Random random) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (random.nextInt(8)) {
            case 0 -> make.nullNode();
            case 1 -> make.numberNode(random.nextInt());
            case 2 -> make.booleanNode(random.nextBoolean());
            case 3 -> make.textNode("READY");
            case 4 -> make.objectNode();
            case 5 -> make.arrayNode();
            case 6 -> make.textNode("");
            default -> make.numberNode(0.5);
        };
    }

    @Test
    void eachChannelSchemaOfWhatComesInIsOneOfARecord() {
        JsonNode messages = API.document().at("/channels/in/messages");
        assertThat(messages.size()).isEqualTo(4);
    }
}
