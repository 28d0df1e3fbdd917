package org.jackfield.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** The shipped {@code asyncapi.yaml}, asked whether a Kafka record is as it says. */
final class AsyncApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;

    AsyncApi() {
        try {
            document = new ObjectMapper(new YAMLFactory())
                    .readTree(Path.of("asyncapi.yaml").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    /** What is wrong with a record, by the message that its channel has for its type; empty when nothing is. */
    List<String> faults(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode headers = JSON.createObjectNode();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        String name = message(record.topic(), headers.path("ce_type").asText());
        String pointer = "/components/messages/" + name;
        List<String> faults = new ArrayList<>(validate(pointer + "/headers", headers));
        try {
            JsonNode data = record.value() == null ? JSON.nullNode() : JSON.readTree(record.value());
            faults.addAll(validate(pointer + "/payload", data));
        } catch (IOException e) {
            faults.add(e.toString());
        }
        return faults.stream().map(fault -> name + ": " + fault).toList();
    }

    /** The name of the message of a type in the channel of a topic. */
    String message(String topic, String ceType) {
        boolean table = TopicNames.table(topic) != null;
        JsonNode channel = document.path("channels")
                .path(
                        table
                                ? "state"
                                : topic.contains(".in.")
                                        ? "in"
                                        : TopicNames.topic(topic).suffix());
        for (var entry : channel.path("messages").properties()) {
            JsonNode types =
                    document.at("/components/messages/" + entry.getKey() + "/headers/allOf/1/properties/ce_type/enum");
            for (JsonNode type : types) {
                if (type.asText().equals(ceType)) {
                    return entry.getKey();
                }
            }
        }
        return table ? "TableEntry" : "Custom";
    }

    /** What is wrong with data, by the schema of a record; empty when nothing is. */
    List<String> faults(String schema, JsonNode data) {
        return validate("/components/schemas/" + schema, data);
    }

    private List<String> validate(String pointer, JsonNode instance) {
        // The schema lives in the document, so that references within it resolve.
        ObjectNode root = document.deepCopy();
        root.put("$ref", "#" + pointer);
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        root,
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
        return schema.validate(instance).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }
}
