package org.jackfield.twin.acd.csta;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One frame of ECMA-323 over TCP without SOAP (annex G.2 of edition 3, J of edition 6). Immutable.
 *
 * @param invokeId four digits; {@code 9999} for events
 */
public record Frame(String invokeId, String xml) {
    /** The invoke id of events. */
    public static final String EVENT = "9999";

    private static final int HEADER = 8;
    private static final int LONGEST = 65_535;

    /** A frame that breaks the rules: the link must be dropped. */
    public static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /** The next frame, or null at the end of the stream. */
    static @Nullable Frame read(DataInputStream in) throws IOException {
        int format;
        try {
            format = in.readUnsignedShort();
        } catch (EOFException e) {
            return null;
        }
        int length = in.readUnsignedShort();
        if (format != 0) {
            throw new Broken("format indicator: " + format + " (expected: 0)");
        }
        if (length < HEADER) {
            throw new Broken("length: " + length + " (expected: 8-65535)");
        }
        String invokeId = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
        if (!invokeId.matches("[0-9]{4}")) {
            throw new Broken("invoke id: \"" + invokeId + "\" (expected: four digits)");
        }
        byte[] xml = in.readNBytes(length - HEADER);
        if (xml.length < length - HEADER) {
            throw new Broken("frame: " + xml.length + " octets (expected: " + (length - HEADER) + ")");
        }
        return new Frame(invokeId, new String(xml, StandardCharsets.UTF_8));
    }

    /** The frame's bytes: 00 00, length with header, invoke id, XML in UTF-8. */
    byte[] bytes() {
        byte[] body = xml.getBytes(StandardCharsets.UTF_8);
        int length = HEADER + body.length;
        if (length > LONGEST) {
            throw new IllegalStateException("frame: " + length + " octets (expected: at most " + LONGEST + ")");
        }
        byte[] bytes = new byte[length];
        bytes[2] = (byte) (length >>> 8);
        bytes[3] = (byte) length;
        System.arraycopy(invokeId.getBytes(StandardCharsets.US_ASCII), 0, bytes, 4, 4);
        System.arraycopy(body, 0, bytes, HEADER, body.length);
        return bytes;
    }
}
