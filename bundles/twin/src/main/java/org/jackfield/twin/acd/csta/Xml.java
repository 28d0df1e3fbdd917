package org.jackfield.twin.acd.csta;

import org.jspecify.annotations.Nullable;

/** Writes XML, element by element; for one thread and one message. */
public final class Xml {
    private final StringBuilder text = new StringBuilder(400);

    /** A message whose root is {@code name} in {@code namespace}. */
    public static Xml message(String name, String namespace) {
        Xml xml = new Xml();
        xml.text
                .append("<?xml version=\"1.0\" encoding=\"UTF-8\"?><")
                .append(name)
                .append(" xmlns=\"")
                .append(namespace)
                .append("\">");
        return xml;
    }

    /** A piece of a message. */
    public static Xml fragment() {
        return new Xml();
    }

    /** What a fragment holds. */
    public String text() {
        return text.toString();
    }

    public Xml open(String name) {
        text.append('<').append(name).append('>');
        return this;
    }

    public Xml close(String name) {
        text.append("</").append(name).append('>');
        return this;
    }

    /** An element with text; nothing when the value is null. */
    public Xml leaf(String name, @Nullable String value) {
        if (value != null) {
            open(name);
            escape(value);
            close(name);
        }
        return this;
    }

    /** An element without content. */
    public Xml empty(String name) {
        text.append('<').append(name).append("/>");
        return this;
    }

    /** A ConnectionID: callID, then deviceID. */
    public Xml connection(String name, String callId, String deviceId) {
        return open(name).leaf("callID", callId).leaf("deviceID", deviceId).close(name);
    }

    /** A device of an event: deviceIdentifier inside, or notKnown. */
    public Xml device(String name, String deviceId) {
        open(name);
        if (deviceId.isEmpty()) {
            empty("notKnown");
        } else {
            leaf("deviceIdentifier", deviceId);
        }
        return close(name);
    }

    /** XML as it is, for extensions with a namespace of their own. */
    public Xml raw(String xml) {
        text.append(xml);
        return this;
    }

    public String end(String name) {
        return close(name).text.toString();
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                default -> text.append(c);
            }
        }
    }
}
