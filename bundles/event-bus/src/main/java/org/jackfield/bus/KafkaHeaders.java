package org.jackfield.bus;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.rw.CloudEventContextWriter;
import io.cloudevents.rw.CloudEventDataMapper;
import io.cloudevents.rw.CloudEventRWException;
import io.cloudevents.rw.CloudEventReader;
import io.cloudevents.rw.CloudEventWriter;
import io.cloudevents.rw.CloudEventWriterFactory;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents attributes as Kafka headers (CloudEvents Kafka protocol binding 1.0, section 3.2, binary content mode).
 * Used by one thread at a time.
 */
final class KafkaHeaders {
    static final String ID = "ce_id";
    static final String TYPE = "ce_type";
    static final String CONTENT_TYPE = "content-type";
    static final String TRACEPARENT = "traceparent";

    private static final String PREFIX = "ce_";
    private static final String TIME = "ce_time";
    private static final String SPEC_VERSION = "ce_specversion";

    private KafkaHeaders() {}

    /** The value of a header, or null when it is absent. */
    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a cloud event's attributes into the headers of a Kafka record; its data goes elsewhere. */
    static final class Writer implements CloudEventWriterFactory<Writer, Headers>, CloudEventWriter<Headers> {
        private final Headers headers;

        Writer(Headers headers) {
            this.headers = headers;
        }

        @Override
        public Writer create(SpecVersion version) {
            put(headers, SPEC_VERSION, version.toString());
            return this;
        }

        @Override
        public CloudEventContextWriter withContextAttribute(String name, String value) {
            put(headers, header(name), value);
            return this;
        }

        /** Those that stand in each record are not put together anew for each. */
        private static String header(String attribute) {
            return switch (attribute) {
                case "datacontenttype" -> CONTENT_TYPE;
                case "id" -> ID;
                case "type" -> TYPE;
                case "time" -> TIME;
                case "source" -> "ce_source";
                case "subject" -> "ce_subject";
                case "tenantid" -> "ce_tenantid";
                case "origin" -> "ce_origin";
                case "correlationid" -> "ce_correlationid";
                case "recordedtime" -> "ce_recordedtime";
                default -> PREFIX + attribute;
            };
        }

        @Override
        public CloudEventContextWriter withContextAttribute(String name, OffsetDateTime value) {
            return withContextAttribute(name, IsoTime.text(value.toInstant()));
        }

        @Override
        public Headers end(CloudEventData data) {
            return headers;
        }

        @Override
        public Headers end() {
            return headers;
        }
    }

    /** Reads a cloud event's attributes from the headers of a Kafka record; {@code ce_time} is read by digits. */
    static final class Reader implements CloudEventReader {
        private final Headers headers;
        private final byte[] data;

        private Reader(Headers headers, byte[] data) {
            this.headers = headers;
            this.data = data;
        }

        static Reader of(Headers headers, byte[] data) throws RefusedException {
            String version = KafkaHeaders.text(headers, SPEC_VERSION);
            if (!"1.0".equals(version)) {
                throw new RefusedException("cloudevent", SPEC_VERSION + ": " + version + " (expected: 1.0)");
            }
            return new Reader(headers, data);
        }

        CloudEvent toEvent() {
            return read(CloudEventBuilder::fromSpecVersion);
        }

        @Override
        public <W extends CloudEventWriter<R>, R> R read(
                CloudEventWriterFactory<W, R> factory, CloudEventDataMapper<? extends CloudEventData> mapper) {
            W writer = factory.create(SpecVersion.V1);
            for (Header header : headers) {
                if (header.value() != null) {
                    attribute(writer, header.key(), header.value());
                }
            }
            return writer.end(mapper.map(BytesCloudEventData.wrap(data)));
        }

        private static void attribute(CloudEventContextWriter writer, String header, byte[] value) {
            if (header.equals(CONTENT_TYPE)) {
                writer.withContextAttribute("datacontenttype", text(value));
            } else if (header.equals(TIME)) {
                writer.withContextAttribute("time", time(text(value)));
            } else if (header.startsWith(PREFIX) && !header.equals(SPEC_VERSION)) {
                writer.withContextAttribute(header.substring(PREFIX.length()), text(value));
            }
        }

        private static String text(byte[] value) {
            return new String(value, StandardCharsets.UTF_8);
        }

        private static OffsetDateTime time(String text) {
            try {
                return IsoTime.utc(IsoTime.parse(text));
            } catch (DateTimeException e) {
                throw CloudEventRWException.newInvalidAttributeValue("time", text, e);
            }
        }
    }
}
