package org.jackfield.bus;

import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import io.cloudevents.rw.CloudEventContextWriter;
import io.cloudevents.rw.CloudEventWriter;
import io.cloudevents.rw.CloudEventWriterFactory;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.function.BiConsumer;
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
            put(headers, name.equals("datacontenttype") ? CONTENT_TYPE : PREFIX + name, value);
            return this;
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

    /** Reads a cloud event's attributes from the headers of a Kafka record. */
    static final class Reader extends BaseGenericBinaryMessageReaderImpl<String, byte[]> {
        private final Headers headers;

        private Reader(SpecVersion version, Headers headers, byte[] data) {
            super(version, BytesCloudEventData.wrap(data));
            this.headers = headers;
        }

        static Reader of(Headers headers, byte[] data) throws RefusedException {
            String version = text(headers, SPEC_VERSION);
            if (!"1.0".equals(version)) {
                throw new RefusedException("cloudevent", SPEC_VERSION + ": " + version + " (expected: 1.0)");
            }
            return new Reader(SpecVersion.V1, headers, data);
        }

        @Override
        protected boolean isContentTypeHeader(String name) {
            return name.equals(CONTENT_TYPE);
        }

        @Override
        protected boolean isCloudEventsHeader(String name) {
            return name.startsWith(PREFIX);
        }

        @Override
        protected String toCloudEventsKey(String name) {
            return name.substring(PREFIX.length());
        }

        @Override
        protected void forEachHeader(BiConsumer<String, byte[]> visitor) {
            for (Header header : headers) {
                if (header.value() != null) {
                    visitor.accept(header.key(), header.value());
                }
            }
        }

        @Override
        protected String toCloudEventsValue(byte[] value) {
            return new String(value, StandardCharsets.UTF_8);
        }
    }
}
