package org.jackfield.twin.acd.csta;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** An XML element read by local names, whatever prefix or edition its namespace has. For one thread. */
public final class Element {
    private final Node node;

    private Element(Node node) {
        this.node = node;
    }

    /** Reads a message; a DTD is refused. */
    public static Element parse(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return new Element(
                    builder.parse(new InputSource(new StringReader(xml))).getDocumentElement());
        } catch (SAXException e) {
            throw new Frame.Broken("XML: " + e.getMessage());
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this JDK reads no XML", e);
        }
    }

    public String name() {
        return String.valueOf(node.getLocalName());
    }

    public String namespace() {
        String uri = node.getNamespaceURI();
        return uri == null ? "" : uri;
    }

    public String text() {
        return node.getTextContent().strip();
    }

    public List<Element> children() {
        List<Element> children = new ArrayList<>();
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child.getNodeType() == Node.ELEMENT_NODE) {
                children.add(new Element(child));
            }
        }
        return children;
    }

    public @Nullable Element child(String name) {
        for (Element child : children()) {
            if (child.name().equals(name)) {
                return child;
            }
        }
        return null;
    }

    /** The text of a child, empty when it is missing. */
    public String text(String child) {
        Element found = child(child);
        return found == null ? "" : found.text();
    }

    /** The text of the first element of this name at any depth, empty when there is none. */
    public String deep(String name) {
        for (Element child : children()) {
            String found = child.name().equals(name) ? child.text() : child.deep(name);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }
}
