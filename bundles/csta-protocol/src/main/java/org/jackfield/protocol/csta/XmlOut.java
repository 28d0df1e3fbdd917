package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** Writes one document, element by element; null values are left out. Not safe for several threads. */
final class XmlOut {
    private final StringBuilder out = new StringBuilder(640);

    /** Opens the root element in {@code namespace}; null writes none. */
    void root(String name, @Nullable String namespace) {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?><").append(name);
        if (namespace != null) {
            out.append(" xmlns=\"").append(namespace).append('"');
        }
        out.append('>');
    }

    void open(String name) {
        out.append('<').append(name).append('>');
    }

    void open(String name, String namespace) {
        out.append('<').append(name).append(" xmlns=\"").append(namespace).append("\">");
    }

    void close(String name) {
        out.append("</").append(name).append('>');
    }

    void empty(String name) {
        out.append('<').append(name).append("/>");
    }

    void leaf(String name, @Nullable Object text) {
        if (text != null) {
            open(name);
            escape(out, text.toString());
            close(name);
        }
    }

    void connection(String name, @Nullable ConnectionId id) {
        if (id != null) {
            open(name);
            leaf("callID", id.callId());
            leaf("deviceID", id.deviceId());
            close(name);
        }
    }

    void device(String name, @Nullable Device device) {
        if (device != null) {
            deviceAs(name, device, device.kind().element());
        }
    }

    /** lastRedirectionDevice names its identifier differently. */
    void redirection(String name, @Nullable Device device) {
        if (device != null) {
            boolean known = device.kind() == Device.Kind.IDENTIFIER;
            deviceAs(name, device, known ? "numberDialed" : device.kind().element());
        }
    }

    private void deviceAs(String name, Device device, String choice) {
        open(name);
        if (device.kind() == Device.Kind.IDENTIFIER) {
            leaf(choice, device.id());
        } else {
            empty(choice);
        }
        close(name);
    }

    void hex(String name, @Nullable HexData data) {
        if (data != null) {
            open(name);
            leaf("string", data.value());
            close(name);
        }
    }

    void text(String text) {
        escape(out, text);
    }

    /** An element that is there even when its text is not. */
    void text(String name, String text) {
        if (text.isEmpty()) {
            empty(name);
        } else {
            leaf(name, text);
        }
    }

    /** The extensions of a message: markup that was read by {@link XmlIn#fragment}. */
    void extensions(@Nullable String markup) {
        if (markup != null) {
            open("extensions");
            out.append(markup);
            close("extensions");
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }

    byte[] bytes() {
        return Frame.bytes(out);
    }

    /** Appends {@code text} with markup escaped and with a question mark for what XML 1.0 cannot carry. */
    static void escape(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\r' -> out.append("&#13;");
                default -> out.append(isXml(c) ? c : '?');
            }
        }
    }

    private static boolean isXml(char c) {
        return (c >= ' ' && c < 0xfffe) || c == '\t' || c == '\n';
    }
}
