package org.jackfield.twin.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jackfield.twin.Json;

/**
 * An event as it lies on the bus (CloudEvents 1.0, binary mode). Immutable.
 *
 * @param type without the project's prefix and version, for example {@code agent.state.changed}
 * @param key the agent, call or link id
 */
record BusEvent(String id, String type, String key, Instant time, String correlationId, JsonNode data) {
    private static final String PREFIX = "org.jackfield.";

    static BusEvent of(ConsumerRecord<byte[], byte[]> record) {
        String type = header(record, "ce_type").replaceFirst("\\.v\\d+$", "");
        String time = header(record, "ce_time");
        return new BusEvent(
                header(record, "ce_id"),
                type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type,
                record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
                time.isEmpty() ? Instant.ofEpochMilli(record.timestamp()) : Instant.parse(time),
                header(record, "ce_correlationid"),
                Json.parse(new String(record.value(), StandardCharsets.UTF_8)));
    }

    boolean is(String wanted) {
        return type.equals(wanted);
    }

    /** A member of the data, empty when it is missing or null. */
    String text(String member) {
        JsonNode value = data.get(member);
        return value == null || value.isNull() ? "" : value.asText();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
