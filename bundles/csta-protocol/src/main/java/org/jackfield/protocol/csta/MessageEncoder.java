package org.jackfield.protocol.csta;

/** Writes records as XML bodies with their children in the order of ECMA-323, in one edition. Safe for any thread. */
public final class MessageEncoder {
    private MessageEncoder() {}

    /** The document of {@code message}; messages of the application session are in the namespace of ECMA-354. */
    public static byte[] encode(CstaMessage message, Edition edition) {
        return written(message, edition).bytes();
    }

    /** The same as text. */
    static String text(CstaMessage message, Edition edition) {
        return written(message, edition).toString();
    }

    private static XmlOut written(CstaMessage message, Edition edition) {
        var out = new XmlOut();
        String namespace = message instanceof SessionMessage ? Edition.SESSION_NAMESPACE : edition.namespace();
        Codecs.ALL.write(message, out, namespace);
        return out;
    }
}
