package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncApiTest {
    private static final AsyncApi API = new AsyncApi();

    static List<Class<? extends Record>> kinds() {
        return Samples.kinds();
    }

    @Test
    void packageHasTheKindsWeKnowOf() {
        assertThat(kinds()).hasSizeGreaterThanOrEqualTo(16);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void eachRecordIsDescribedMemberByMember(Class<? extends Record> kind) {
        var sample = (EventData) Samples.of(kind, true);
        String message = API.message(sample.topic().of("demo"), CloudEventCodec.type(sample.type()));
        assertThat(message).as("message of %s in asyncapi.yaml", sample.type()).isNotEqualTo("Custom");
        String reference = API.document()
                .at("/components/messages/" + message + "/payload/$ref")
                .asText();
        JsonNode schema = API.document().at(reference.substring(1));
        RecordComponent[] components = kind.getRecordComponents();
        assertThat(schema.path("properties").fieldNames())
                .toIterable()
                .as("properties of %s in asyncapi.yaml", reference)
                .containsExactlyElementsOf(
                        Arrays.stream(components).map(RecordComponent::getName).toList());
        assertThat(StreamSupport.stream(schema.path("required").spliterator(), false)
                        .map(JsonNode::asText))
                .as("required of %s in asyncapi.yaml", reference)
                .containsExactlyElementsOf(Arrays.stream(components)
                        .filter(c -> !Samples.nullable(c))
                        .map(RecordComponent::getName)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void eachRecordIsReadBackAsItWas(Class<? extends Record> kind) throws RefusedException {
        for (boolean full : List.of(true, false)) {
            var data = (EventData) Samples.of(kind, full);
            EventData back = CloudEventCodec.data(
                    Event.TYPE_PREFIX + data.type() + ".v1", data.topic(), data.key(), Json.bytes(data));
            assertThat(back).isEqualTo(data);
        }
    }
}
