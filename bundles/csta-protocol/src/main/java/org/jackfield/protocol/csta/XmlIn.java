package org.jackfield.protocol.csta;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.codehaus.stax2.XMLInputFactory2;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over one document, by local names: {@link #next} walks the children of an element and steps over whatever
 * the caller did not read, so unknown elements at any place do no harm. Not safe for several threads.
 */
final class XmlIn {
    private final XMLStreamReader reader;
    private int depth;
    private boolean started;

    XmlIn(XMLInputFactory factory, byte[] xml) throws CstaFormatException {
        try {
            reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
        } catch (XMLStreamException | RuntimeException e) {
            throw malformed(e);
        }
    }

    /** A factory that reads neither document types nor entities; it keeps the names that it has seen. */
    static XMLInputFactory factory() {
        var factory = new InputFactoryImpl();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory2.P_LAZY_PARSING, false);
        return factory;
    }

    /** Goes to the root element and tells its local name. */
    String root() throws CstaFormatException {
        while (advance() != XMLStreamConstants.START_ELEMENT) {
            if (depth == 0 && atEnd()) {
                throw new CstaFormatException(Fault.XML, "document: empty (expected: one element)", null);
            }
        }
        return name();
    }

    /** The level of the element that the cursor is in, for {@link #next}. */
    int level() {
        return depth;
    }

    /** Goes to the next child of the element at {@code level}; false when there is none left. */
    boolean next(int level) throws CstaFormatException {
        while (depth >= level) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT && depth == level + 1) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #next}, and adds the text between the children to {@code text}. */
    boolean nextOrText(int level, StringBuilder text) throws CstaFormatException {
        while (depth >= level) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT && depth == level + 1) {
                return true;
            }
            if (depth == level && isText(event)) {
                text.append(reader.getText());
            }
        }
        return false;
    }

    /** Adds the names of all elements in this one that have none in them; the cursor is behind it afterwards. */
    void leaves(List<String> names) throws CstaFormatException {
        int level = depth;
        String last = null;
        while (depth >= level) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT) {
                last = name();
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                if (last != null && depth >= level) {
                    names.add(last);
                }
                last = null;
            }
        }
    }

    /**
     * The markup inside this element without comments, with the namespaces that it needs and without secrets; the
     * cursor is behind the element afterwards. The namespace of a CSTA edition is left to whoever writes it again.
     */
    String fragment(Set<String> secret) throws CstaFormatException {
        var out = new StringBuilder();
        var scope = new ArrayDeque<Map<String, String>>();
        int level = depth;
        int hiddenFrom = Integer.MAX_VALUE;
        while (depth >= level) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT && depth <= hiddenFrom) {
                startTag(out, scope);
                hiddenFrom = secret.contains(name()) ? depth : hiddenFrom;
            } else if (event == XMLStreamConstants.END_ELEMENT && depth >= level && depth + 1 <= hiddenFrom) {
                if (depth + 1 == hiddenFrom) {
                    out.append("***");
                    hiddenFrom = Integer.MAX_VALUE;
                }
                out.append("</").append(qualified()).append('>');
                scope.removeLast();
            } else if (isText(event) && depth < hiddenFrom) {
                XmlOut.escape(out, reader.getText());
            }
        }
        return out.toString();
    }

    private void startTag(StringBuilder out, ArrayDeque<Map<String, String>> scope) {
        var declared = new TreeMap<String, String>();
        need(reader.getPrefix(), reader.getNamespaceURI(), scope, declared);
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String prefix = reader.getAttributePrefix(i);
            if (prefix != null && !prefix.isEmpty()) {
                need(prefix, reader.getAttributeNamespace(i), scope, declared);
            }
        }
        scope.addLast(declared);
        out.append('<').append(qualified());
        declared.forEach((prefix, uri) -> attribute(out, prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri));
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String prefix = reader.getAttributePrefix(i);
            String name = reader.getAttributeLocalName(i);
            attribute(
                    out, prefix == null || prefix.isEmpty() ? name : prefix + ":" + name, reader.getAttributeValue(i));
        }
        out.append('>');
    }

    /** Notes that {@code prefix} has to be declared here, when no element around says the same. */
    private static void need(
            @Nullable String given,
            @Nullable String namespace,
            ArrayDeque<Map<String, String>> scope,
            Map<String, String> declared) {
        String prefix = given == null ? "" : given;
        String uri = namespace == null ? "" : namespace;
        boolean ours = prefix.isEmpty() && (uri.isEmpty() || Edition.of(uri) != null);
        String known = ours ? "" : null;
        boolean foreign = false;
        for (Map<String, String> around : scope) {
            String one = around.get(prefix);
            known = one == null ? known : one;
            foreign |= one != null && prefix.isEmpty() && !one.isEmpty();
        }
        if (prefix.equals("xml") || (ours && !foreign) || uri.equals(known)) {
            return;
        }
        declared.put(prefix, uri);
    }

    private static void attribute(StringBuilder out, String name, String value) {
        out.append(' ').append(name).append("=\"");
        XmlOut.escape(out, value);
        out.append('"');
    }

    String name() {
        return reader.getLocalName();
    }

    @Nullable
    String namespace() {
        return reader.getNamespaceURI();
    }

    /** All text in this element, trimmed, also that of nested elements; the cursor is behind the element afterwards. */
    String text() throws CstaFormatException {
        int level = depth;
        String single = null;
        StringBuilder more = null;
        while (depth >= level) {
            int event = advance();
            if (isText(event)) {
                if (single == null) {
                    single = reader.getText();
                } else {
                    more = more == null ? new StringBuilder(single) : more;
                    more.append(reader.getText());
                }
            }
        }
        return more != null ? more.toString().strip() : single == null ? "" : single.strip();
    }

    /** The text, or null when there is none. */
    @Nullable
    String textOrNull() throws CstaFormatException {
        String text = text();
        return text.isEmpty() ? null : text;
    }

    /** A number from {@code 0}; null when the text is none. */
    @Nullable
    Integer number() throws CstaFormatException {
        String text = text();
        if (text.isEmpty() || text.length() > 9) {
            return null;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    boolean bool() throws CstaFormatException {
        String text = text();
        return text.equals("true") || text.equals("1");
    }

    /** A device, as a choice element or as plain text. */
    Device device() throws CstaFormatException {
        int level = depth;
        String choice = null;
        var text = new StringBuilder();
        while (depth >= level) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT && choice == null) {
                choice = name();
            } else if (isText(event)) {
                text.append(reader.getText());
            }
        }
        return Device.read(choice, text.toString().strip());
    }

    /** A ConnectionID, its halves in either order. */
    ConnectionId connection() throws CstaFormatException {
        int level = depth;
        String call = null;
        String device = null;
        while (next(level)) {
            switch (name()) {
                case "callID" -> call = textOrNull();
                case "deviceID" -> device = textOrNull();
                default -> {}
            }
        }
        return new ConnectionId(call, device);
    }

    /** correlatorData or userData: {@code string}, {@code private} or plain text. */
    @Nullable
    HexData hex() throws CstaFormatException {
        String text = text();
        return text.isEmpty() ? null : HexData.parse(text);
    }

    /** Reads to the end, so that nothing malformed behind the message goes unseen. */
    void finish() throws CstaFormatException {
        while (!atEnd()) {
            advance();
        }
    }

    /** Copies the document without comments and without the text of the elements that {@code secret} names. */
    String copy(Set<String> secret) throws CstaFormatException {
        var out = new StringBuilder();
        int hiddenFrom = Integer.MAX_VALUE;
        while (!atEnd()) {
            int event = advance();
            if (event == XMLStreamConstants.START_ELEMENT) {
                if (depth <= hiddenFrom) {
                    startTag(out);
                }
                if (secret.contains(name())) {
                    hiddenFrom = Math.min(hiddenFrom, depth);
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                if (depth + 1 == hiddenFrom) {
                    out.append("***");
                    hiddenFrom = Integer.MAX_VALUE;
                }
                if (depth + 1 <= hiddenFrom) {
                    out.append("</").append(qualified()).append('>');
                }
            } else if (isText(event) && depth < hiddenFrom) {
                XmlOut.escape(out, reader.getText());
            }
        }
        return out.toString();
    }

    private void startTag(StringBuilder out) {
        out.append('<').append(qualified());
        for (int i = 0; i < reader.getNamespaceCount(); i++) {
            String prefix = reader.getNamespacePrefix(i);
            out.append(prefix == null || prefix.isEmpty() ? " xmlns" : " xmlns:" + prefix)
                    .append("=\"");
            String uri = reader.getNamespaceURI(i);
            XmlOut.escape(out, uri == null ? "" : uri);
            out.append('"');
        }
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String prefix = reader.getAttributePrefix(i);
            out.append(' ').append(prefix == null || prefix.isEmpty() ? "" : prefix + ":");
            out.append(reader.getAttributeLocalName(i)).append("=\"");
            XmlOut.escape(out, reader.getAttributeValue(i));
            out.append('"');
        }
        out.append('>');
    }

    private String qualified() {
        String prefix = reader.getPrefix();
        return prefix == null || prefix.isEmpty() ? reader.getLocalName() : prefix + ":" + reader.getLocalName();
    }

    private boolean atEnd() throws CstaFormatException {
        try {
            return started && !reader.hasNext();
        } catch (XMLStreamException | RuntimeException e) {
            throw malformed(e);
        }
    }

    private static boolean isText(int event) {
        return event == XMLStreamConstants.CHARACTERS
                || event == XMLStreamConstants.CDATA
                || event == XMLStreamConstants.SPACE;
    }

    private int advance() throws CstaFormatException {
        int event;
        try {
            event = reader.next();
        } catch (XMLStreamException | RuntimeException e) {
            throw malformed(e);
        }
        started = true;
        switch (event) {
            case XMLStreamConstants.START_ELEMENT -> {
                if (++depth > MessageDecoder.MAX_DEPTH) {
                    throw new CstaFormatException(
                            Fault.NESTING,
                            "nesting: more than " + MessageDecoder.MAX_DEPTH + " levels (expected: at most that)",
                            null);
                }
            }
            case XMLStreamConstants.END_ELEMENT -> depth--;
            case XMLStreamConstants.DTD,
                    XMLStreamConstants.ENTITY_REFERENCE,
                    XMLStreamConstants.ENTITY_DECLARATION,
                    XMLStreamConstants.NOTATION_DECLARATION ->
                throw new CstaFormatException(Fault.DTD, "document type or entity (expected: neither)", null);
            default -> {}
        }
        return event;
    }

    /** The parser's message repeats input, so only the place is kept. */
    private static CstaFormatException malformed(Exception e) {
        String place = "";
        if (e instanceof XMLStreamException known && known.getLocation() != null) {
            place = " near byte " + known.getLocation().getCharacterOffset();
        }
        return new CstaFormatException(Fault.XML, "XML: not well-formed" + place + " (expected: one document)", null);
    }
}
