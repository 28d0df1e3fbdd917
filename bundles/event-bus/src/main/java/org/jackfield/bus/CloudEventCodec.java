package org.jackfield.bus;

import io.cloudevents.CloudEvent;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jackfield.event.Custom;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jspecify.annotations.Nullable;

/** Spool records to Kafka records and Kafka records to events, as CloudEvents 1.0 in binary mode. Safe for any thread. */
final class CloudEventCodec {
    static final String CONTENT_TYPE = "application/json";

    private static final String VERSION = ".v1";

    private CloudEventCodec() {}

    /** The Kafka record of a spool record; its timestamp is when it was recorded. */
    static ProducerRecord<byte[], byte[]> encode(String node, Segment.Entry entry, Frame frame, int partition) {
        var event = new SpooledEvent(node, entry, frame);
        Headers headers = new RecordHeaders();
        String trace = event.trace();
        if (trace != null) {
            KafkaHeaders.put(headers, KafkaHeaders.TRACEPARENT, trace);
        }
        event.read(new KafkaHeaders.Writer(headers));
        return new ProducerRecord<>(
                frame.kafkaTopic(),
                partition,
                entry.recorded().toEpochMilli(),
                frame.kafkaKey().getBytes(StandardCharsets.UTF_8),
                frame.json(),
                headers);
    }

    /** The {@code ce_type} of a type without prefix and version; a foreign one stays as it is. */
    static String type(String type) {
        return Event.TYPE_PREFIX + type + VERSION;
    }

    /** The type in a Kafka record's headers, without prefix and version; null when there is none of ours. */
    static @Nullable String type(ConsumerRecord<byte[], byte[]> record) {
        String text = KafkaHeaders.text(record.headers(), KafkaHeaders.TYPE);
        return text != null && text.startsWith(Event.TYPE_PREFIX) && text.endsWith(VERSION)
                ? text.substring(Event.TYPE_PREFIX.length(), text.length() - VERSION.length())
                : null;
    }

    /** The event in a Kafka record. */
    static Event decode(ConsumerRecord<byte[], byte[]> record) throws RefusedException {
        Topic topic = TopicNames.topic(record.topic());
        if (topic == null) {
            throw new RefusedException("topic", "topic: " + record.topic() + " (expected: jackfield.<tenant>.<topic>)");
        }
        if (record.value() == null) {
            throw new RefusedException("json", "data: absent (expected: an object)");
        }
        CloudEvent event = cloudEvent(record);
        String tenant = extension(event, "tenantid");
        if (!tenant.equals(TopicNames.tenant(record.topic()))) {
            throw new RefusedException(
                    "tenant", "tenantid: " + tenant + " (expected: the tenant of topic " + record.topic() + ")");
        }
        OffsetDateTime time = event.getTime();
        if (time == null) {
            throw new RefusedException("cloudevent", "ce_time: absent (expected: present)");
        }
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        return new Event(
                event.getId(),
                tenant,
                event.getSource().toString(),
                origin(extension(event, "origin")),
                time.toInstant(),
                recorded(event, record.timestamp()),
                text(event.getExtension("correlationid")),
                text(event.getExtension("causationid")),
                data(event.getType(), topic, key, record.value()));
    }

    private static CloudEvent cloudEvent(ConsumerRecord<byte[], byte[]> record) throws RefusedException {
        try {
            return KafkaHeaders.Reader.of(record.headers(), record.value()).toEvent();
        } catch (CloudEventRWException | IllegalStateException | IllegalArgumentException e) {
            throw new RefusedException(
                    "cloudevent", "attributes: " + e.getMessage() + " (expected: CloudEvents 1.0)", e);
        }
    }

    /** The data of an event; a type that is not known gives {@link Custom}. */
    static EventData data(String ceType, Topic topic, String key, byte[] json) throws RefusedException {
        String type = plainType(ceType);
        Class<? extends Record> known = ceType.startsWith(Event.TYPE_PREFIX) ? DataTypes.of(type) : null;
        if (known == null) {
            return new Custom(type, topic, key, Json.readMap(json));
        }
        var data = (EventData) Json.read(json, known);
        if (!data.type().equals(type) || data.topic() != topic) {
            throw new RefusedException(
                    "type", "ce_type: " + ceType + " (expected: " + type(data.type()) + ", as its data says)");
        }
        if (!data.key().equals(key)) {
            throw new RefusedException("key", "key: " + key + " (expected: " + data.key() + ", as its data says)");
        }
        return data;
    }

    /** A {@code ce_type} of ours without prefix and version, or a foreign one as it is. */
    private static String plainType(String ceType) throws RefusedException {
        if (!ceType.startsWith(Event.TYPE_PREFIX)) {
            return ceType;
        }
        if (!ceType.endsWith(VERSION)) {
            throw new RefusedException("version", "ce_type: " + ceType + " (expected: major version v1)");
        }
        return ceType.substring(Event.TYPE_PREFIX.length(), ceType.length() - VERSION.length());
    }

    private static Origin origin(String text) throws RefusedException {
        for (Origin origin : Origin.values()) {
            if (origin.text().equals(text.toLowerCase(Locale.ROOT))) {
                return origin;
            }
        }
        throw new RefusedException("cloudevent", "origin: " + text + " (expected: acd, teams, sbc, operator or host)");
    }

    private static Instant recorded(CloudEvent event, long timestamp) {
        String text = text(event.getExtension("recordedtime"));
        try {
            return text == null ? Instant.ofEpochMilli(timestamp) : IsoTime.parse(text);
        } catch (DateTimeException e) {
            return Instant.ofEpochMilli(timestamp);
        }
    }

    private static String extension(CloudEvent event, String name) throws RefusedException {
        String value = text(event.getExtension(name));
        if (value == null) {
            throw new RefusedException("cloudevent", "ce_" + name + ": absent (expected: present)");
        }
        return value;
    }

    private static @Nullable String text(@Nullable Object extension) {
        return extension == null ? null : extension.toString();
    }
}
