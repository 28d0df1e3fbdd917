package org.jackfield.bus;

import io.cloudevents.CloudEvent;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CommandEvents;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jspecify.annotations.Nullable;

/** What an ACD may write to {@code in.NAME}, checked: attributes, type and version, shape, key, tenant, size. Stateless. */
final class InboxCodec {
    /** The largest value of a record, in bytes. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_ID = 256;
    private static final String VERSION = ".v1";
    private static final Set<String> ROUTES = Set.of("route.requested", "route.used", "route.ended");

    private InboxCodec() {}

    /**
     * A valid record.
     *
     * @param id the sender's
     * @param time when it happened, by the sender or else by the record
     */
    record Input(String id, Instant time, EventData data) {}

    /** @param tenant the tenant of the link, by its configuration */
    static Input read(ConsumerRecord<byte[], byte[]> record, String tenant) throws RefusedException {
        byte[] value = record.value();
        if (value == null) {
            throw new RefusedException("json", "data: absent (expected: an object)");
        }
        if (value.length > MAX_BYTES) {
            throw new RefusedException("size", value.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        CloudEvent event = cloudEvent(record, value);
        String id = event.getId();
        if (id.isBlank() || id.length() > MAX_ID) {
            throw new RefusedException(
                    "cloudevent", "ce_id: " + id.length() + " characters (expected: 1-" + MAX_ID + ")");
        }
        Object claimed = event.getExtension("tenantid");
        if (claimed != null && !claimed.toString().equals(tenant)) {
            throw new RefusedException("tenant", "tenantid: " + claimed + " (expected: " + tenant + ", or left out)");
        }
        String contentType = event.getDataContentType();
        if (contentType != null && !contentType.equals(CloudEventCodec.CONTENT_TYPE)) {
            throw new RefusedException(
                    "cloudevent", "content-type: " + contentType + " (expected: " + CloudEventCodec.CONTENT_TYPE + ")");
        }
        EventData data = data(event.getType(), value);
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (data.key().isEmpty() || !data.key().equals(key)) {
            throw new RefusedException("key", "key: " + key + " (expected: " + data.key() + ", as its data says)");
        }
        OffsetDateTime time = event.getTime();
        return new Input(id, time == null ? Instant.ofEpochMilli(record.timestamp()) : time.toInstant(), data);
    }

    private static CloudEvent cloudEvent(ConsumerRecord<byte[], byte[]> record, byte[] value) throws RefusedException {
        try {
            return KafkaHeaders.Reader.of(record.headers(), value).toEvent();
        } catch (CloudEventRWException | IllegalStateException | IllegalArgumentException e) {
            throw new RefusedException(
                    "cloudevent", "attributes: " + e.getMessage() + " (expected: CloudEvents 1.0)", e);
        }
    }

    private static EventData data(String ceType, byte[] json) throws RefusedException {
        if (!ceType.startsWith(Event.TYPE_PREFIX)) {
            throw unknown(ceType);
        }
        String type = ceType.substring(Event.TYPE_PREFIX.length());
        if (!type.endsWith(VERSION)) {
            throw new RefusedException("version", "ce_type: " + ceType + " (expected: major version v1)");
        }
        type = type.substring(0, type.length() - VERSION.length());
        Class<? extends Record> kind = kind(type);
        if (kind == null) {
            throw unknown(ceType);
        }
        var data = (EventData) Json.readStrictly(json, kind);
        if (!data.type().equals(type)) {
            throw new RefusedException(
                    "type",
                    "ce_type: " + ceType + " (expected: " + CloudEventCodec.type(data.type()) + ", as its data says)");
        }
        return data;
    }

    private static RefusedException unknown(String ceType) {
        return new RefusedException(
                "type",
                "ce_type: " + ceType
                        + " (expected: agent.state.changed, call.*, route.requested, route.used, route.ended or"
                        + " command.result)");
    }

    private static @Nullable Class<? extends Record> kind(String type) {
        Class<? extends Record> known = DataTypes.of(type);
        boolean taken = known == AgentEvents.StateChanged.class
                || known == CallEvents.Call.class
                || known == CommandEvents.Result.class
                || ROUTES.contains(type);
        return taken ? known : null;
    }
}
