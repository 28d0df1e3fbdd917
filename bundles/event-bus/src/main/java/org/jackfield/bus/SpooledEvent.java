package org.jackfield.bus;

import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.rw.CloudEventContextWriter;
import io.cloudevents.rw.CloudEventDataMapper;
import io.cloudevents.rw.CloudEventReader;
import io.cloudevents.rw.CloudEventWriter;
import io.cloudevents.rw.CloudEventWriterFactory;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A spool record as a CloudEvents 1.0 event that is told to a writer without being built before. Its attributes were
 * checked when it was published. Immutable.
 */
final class SpooledEvent implements CloudEventReader {
    private final String node;
    private final String id;
    private final Instant recorded;
    private final Frame frame;

    SpooledEvent(String node, Segment.Entry entry, Frame frame) {
        this.node = node;
        this.id = node + "/" + entry.position();
        this.recorded = entry.recorded();
        this.frame = frame;
    }

    /** The {@code traceparent} of W3C Trace Context; null for a change of a table. */
    @Nullable
    String trace() {
        if (frame instanceof Frame.EventFrame event) {
            String correlation = event.correlationId();
            return TraceParent.of(correlation == null ? id : correlation, id);
        }
        return null;
    }

    /** Its attributes; the data is not told, it goes into the record as it is. */
    @Override
    public <W extends CloudEventWriter<R>, R> R read(
            CloudEventWriterFactory<W, R> factory, CloudEventDataMapper<? extends CloudEventData> mapper) {
        W writer = factory.create(SpecVersion.V1);
        if (frame instanceof Frame.EventFrame event) {
            attributes(writer, event);
        } else {
            attributes(writer, (Frame.TableFrame) frame);
        }
        writer.withContextAttribute("datacontenttype", CloudEventCodec.CONTENT_TYPE);
        writer.withContextAttribute("recordedtime", IsoTime.text(recorded));
        // Last, because every reader looks for these two first, and Kafka's headers are looked through from the end.
        writer.withContextAttribute("type", CloudEventCodec.type(type()));
        writer.withContextAttribute("id", id);
        return writer.end();
    }

    private String type() {
        return frame instanceof Frame.EventFrame event ? event.type() : "state." + ((Frame.TableFrame) frame).table();
    }

    private static void attributes(CloudEventContextWriter writer, Frame.EventFrame event) {
        writer.withContextAttribute("source", event.source());
        writer.withContextAttribute("subject", event.topic().suffix() + "/" + event.key());
        writer.withContextAttribute("time", IsoTime.text(event.time()));
        writer.withContextAttribute("tenantid", event.tenant());
        writer.withContextAttribute("origin", event.origin().text());
        String correlation = event.correlationId();
        if (correlation != null) {
            writer.withContextAttribute("correlationid", correlation);
        }
        String causation = event.causationId();
        if (causation != null) {
            writer.withContextAttribute("causationid", causation);
        }
    }

    private void attributes(CloudEventContextWriter writer, Frame.TableFrame change) {
        writer.withContextAttribute("source", "/node/" + node);
        writer.withContextAttribute(
                "subject", change.table() + "/" + change.key().id());
        writer.withContextAttribute("time", IsoTime.text(recorded));
        writer.withContextAttribute("tenantid", change.key().tenant());
    }
}
