package org.jackfield.protocol.csta;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of all messages: how an element is read and how a record is written. Immutable after it is made. */
final class Codecs {
    /** Reads the children of the root element that the cursor is in. */
    interface Reader {
        CstaMessage read(XmlIn in) throws CstaFormatException;
    }

    /** Writes the children of the root element. */
    interface Body<M> {
        void write(M message, XmlOut out);
    }

    /** The root element's name of a record. */
    interface Naming<M> {
        String of(M message);
    }

    record Writer<M>(Naming<M> name, Body<M> body) {
        void write(CstaMessage message, Class<M> type, XmlOut out, @Nullable String namespace) {
            M typed = type.cast(message);
            String root = name.of(typed);
            out.root(root, namespace);
            body.write(typed, out);
            out.close(root);
        }
    }

    private record Entry<M>(Class<M> type, Writer<M> writer) {
        void write(CstaMessage message, XmlOut out, @Nullable String namespace) {
            writer.write(message, type, out, namespace);
        }
    }

    static final Codecs ALL = new Codecs();

    private final Map<String, Reader> readers = new HashMap<>();
    private final Map<Class<?>, Entry<?>> writers = new HashMap<>();

    private Codecs() {
        SessionCodec.register(this);
        MonitorCodec.register(this);
        AgentCodec.register(this);
        RouteCodec.register(this);
        CallCodec.register(this);
        CallEventCodec.register(this);
        CapabilityCodec.register(this);
        FeatureCodec.register(this);
    }

    <M extends CstaMessage> void add(String element, Class<M> type, Reader reader, Body<M> body) {
        reader(element, reader);
        writer(type, message -> element, body);
    }

    void reader(String element, Reader reader) {
        readers.put(element, reader);
    }

    <M extends CstaMessage> void writer(Class<M> type, Naming<M> name, Body<M> body) {
        writers.put(type, new Entry<>(type, new Writer<>(name, body)));
    }

    @Nullable
    Reader reader(String element) {
        return readers.get(element);
    }

    void write(CstaMessage message, XmlOut out, @Nullable String namespace) {
        Entry<?> entry = writers.get(message.getClass());
        if (entry == null) {
            throw new IllegalArgumentException("message: " + message + " (expected: one that can be written)");
        }
        entry.write(message, out, namespace);
    }
}
