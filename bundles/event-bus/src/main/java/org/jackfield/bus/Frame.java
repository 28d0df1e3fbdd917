package org.jackfield.bus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/** What a spool record says: an event, or a change of a table. Its envelope is binary, its data JSON. Immutable. */
sealed interface Frame {
    /** The first byte of each payload; another value is a spool of another version. */
    int EVENT = 1;

    int TABLE = 2;

    /** The Kafka topic that carries it. */
    String kafkaTopic();

    /** The Kafka key. */
    String kafkaKey();

    /** The data; null for an entry of a table that was removed. */
    byte @Nullable [] json();

    /** An event without its id; {@code type} is without prefix and version. */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never changed
    record EventFrame(
            Topic topic,
            String tenant,
            String key,
            String type,
            String source,
            Origin origin,
            Instant time,
            @Nullable String correlationId,
            @Nullable String causationId,
            byte[] json)
            implements Frame {
        @Override
        public String kafkaTopic() {
            return topic.of(tenant);
        }

        @Override
        public String kafkaKey() {
            return key;
        }
    }

    /** An entry of a table; {@code json} is null when it was removed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never changed
    record TableFrame(String table, Table.Key key, byte @Nullable [] json) implements Frame {
        @Override
        public String kafkaTopic() {
            return TopicNames.state(key.tenant(), table);
        }

        @Override
        public String kafkaKey() {
            return key.id();
        }
    }

    /** Starts an event; its JSON follows. */
    static void event(
            Encoder to,
            Topic topic,
            String tenant,
            String key,
            String type,
            String source,
            Origin origin,
            Instant time,
            @Nullable String correlationId,
            @Nullable String causationId) {
        to.reset().write(EVENT);
        to.int64(time.getEpochSecond());
        to.int32(time.getNano());
        to.text(topic.name());
        to.text(origin.name());
        to.text(tenant);
        to.text(key);
        to.text(type);
        to.text(source);
        to.text(correlationId);
        to.text(causationId);
    }

    /** Starts a change of a table; its JSON follows, or nothing when the entry is removed. */
    static void table(Encoder to, String table, Table.Key key) {
        to.reset().write(TABLE);
        to.text(table);
        to.text(key.tenant());
        to.text(key.id());
    }

    static Frame decode(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        int kind = in.get();
        return switch (kind) {
            case EVENT -> decodeEvent(in);
            case TABLE -> {
                String table = text(in);
                var key = new Table.Key(text(in), text(in));
                yield new TableFrame(table, key, in.hasRemaining() ? rest(in) : null);
            }
            default -> throw new IllegalArgumentException("spool record of kind " + kind + " (expected: 1 or 2)");
        };
    }

    private static EventFrame decodeEvent(ByteBuffer in) {
        Instant time = Instant.ofEpochSecond(in.getLong(), in.getInt());
        Topic topic = Topic.valueOf(text(in));
        Origin origin = Origin.valueOf(text(in));
        return new EventFrame(
                topic, text(in), text(in), text(in), text(in), origin, time, textOrNull(in), textOrNull(in), rest(in));
    }

    private static String text(ByteBuffer in) {
        String text = textOrNull(in);
        if (text == null) {
            throw new IllegalArgumentException("spool record: a text is absent (expected: present)");
        }
        return text;
    }

    private static @Nullable String textOrNull(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0) {
            return null;
        }
        String text = new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
