package org.jackfield.bus;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.SpoolFullException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of records on the bus that cannot be read: a log line, a count with the reason, a dead letter with the
 * offset, once per record however many flows read it. Safe for any thread.
 */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int REMEMBERED = 10_000;
    private static final int KEPT_BYTES = 16 * 1024;

    private final MeterRegistry meters;
    private final Clock clock;
    private final String node;
    private final Consumer<EventDraft> publish;
    private final Set<String> told = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    Refusals(MeterRegistry meters, Clock clock, String node, Consumer<EventDraft> publish) {
        this.meters = meters;
        this.clock = clock;
        this.node = node;
        this.publish = publish;
    }

    /** An event that no flow can be given. */
    void event(ConsumerRecord<byte[], byte[]> record, RefusedException e) {
        String place = place(record);
        if (!told.add(place)) {
            return;
        }
        count("bus", e.reason());
        LOG.warn("event at {} refused: {}: {}", place, e.reason(), e.getMessage());
        String tenant = TopicNames.tenant(record.topic());
        if (tenant == null || TopicNames.topic(record.topic()) == Topic.DEAD) {
            return;
        }
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        String reason = e.reason() + ": " + e.getMessage();
        publish(tenant, new LinkEvents.Refused(place, e.reason(), e.getMessage(), null));
        publish(tenant, new DeadLetter(key, "bus", 1, reason, place, null, body(record.value())));
    }

    /** A table's entry that cannot be read. */
    void state(ConsumerRecord<byte[], byte[]> record, RefusedException e) {
        count("bus", e.reason());
        LOG.warn("state at {} refused: {}: {}", place(record), e.reason(), e.getMessage());
    }

    void count(String place, String reason) {
        meters.counter("jackfield.input.refused", "place", place, "reason", reason)
                .increment();
    }

    private void publish(String tenant, EventData data) {
        try {
            publish.accept(EventDraft.of(tenant, "/bus/" + node, Origin.HOST, clock.instant(), data));
        } catch (SpoolFullException e) {
            LOG.warn("refusal of {} stays in the log only: {}", data.key(), e.getMessage());
        }
    }

    static String place(ConsumerRecord<?, ?> record) {
        return record.topic() + "/" + record.partition() + "@" + record.offset();
    }

    static @Nullable String body(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        byte[] kept = value.length > KEPT_BYTES ? Arrays.copyOf(value, KEPT_BYTES) : value;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(kept))
                    .toString();
        } catch (CharacterCodingException e) {
            return HexFormat.of().formatHex(kept);
        }
    }
}
