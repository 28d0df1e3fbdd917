package org.jackfield.protocol.csta;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.xml.stream.XMLInputFactory;

/**
 * Reads XML bodies into records: every edition, any prefix, no namespace, children in any order, unknown ones ignored.
 * Safe for any thread. Make one per connection: it remembers the element names that its peer uses.
 */
public final class MessageDecoder {
    /** Elements within elements, at most. */
    public static final int MAX_DEPTH = 32;

    private static final Set<String> SECRETS = Set.of("agentPassword", "password", "authCode");
    /** After so many documents the remembered names are dropped, lest a peer that invents names fill the memory. */
    private static final int DOCUMENTS_PER_FACTORY = 20_000;

    private final AtomicInteger documents = new AtomicInteger();
    private volatile XMLInputFactory factory = XmlIn.factory();

    public Received decode(Frame frame) throws CstaFormatException {
        return new Received(frame, decode(frame.xml()), this);
    }

    /** The message in {@code xml}; a well-formed one that is not known is an {@link UnknownMessage}. */
    public CstaMessage decode(byte[] xml) throws CstaFormatException {
        var in = new XmlIn(factory(), xml);
        String name = in.root();
        Codecs.Reader reader = Codecs.ALL.reader(name);
        CstaMessage message = reader == null ? new UnknownMessage(name) : reader.read(in);
        in.finish();
        return message;
    }

    /** The document without the text of passwords and authorisation codes. */
    String redact(byte[] xml) throws CstaFormatException {
        return new XmlIn(factory(), xml).copy(SECRETS);
    }

    private XMLInputFactory factory() {
        if (documents.incrementAndGet() % DOCUMENTS_PER_FACTORY == 0) {
            factory = XmlIn.factory();
        }
        return factory;
    }
}
