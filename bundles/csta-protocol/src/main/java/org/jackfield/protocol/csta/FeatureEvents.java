package org.jackfield.protocol.csta;

import java.nio.charset.StandardCharsets;

/**
 * The bodies of BroadSoft's SIP event package {@code as-feature-event}: the same messages without frames, in edition 3
 * and in ISO-8859-1. Safe for any thread.
 */
public final class FeatureEvents {
    /** The content type of the bodies. */
    public static final String CONTENT_TYPE = "application/x-as-feature-event+xml";

    private FeatureEvents() {}

    /** Reads a body; its elements may be out of the schema's order. */
    public static CstaMessage decode(byte[] body) throws CstaFormatException {
        return new MessageDecoder().decode(body);
    }

    /** Writes a body. */
    public static byte[] encode(CstaMessage message) {
        return MessageEncoder.text(message, Edition.ED3)
                .replaceFirst("UTF-8", "ISO-8859-1")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
