package org.jackfield.protocol.csta;

import java.nio.charset.StandardCharsets;

/**
 * One frame of ECMA-323 Annex G.2 (Annex J in edition 6): an invoke id and an XML document.
 * Immutable as long as nobody writes to {@link #xml()}.
 */
public final class Frame {
    /** Format indicator, length, invoke id. */
    public static final int HEADER = 8;
    /** The length field has 16 bits and counts the header. */
    public static final int MAX_LENGTH = 65_535;
    /** The highest invoke id of a request. */
    public static final int MAX_INVOKE_ID = 9998;
    /** The invoke id of events. */
    public static final int EVENT = 9999;

    private final int invokeId;
    private final byte[] xml;

    public Frame(int invokeId, byte[] xml) {
        if (invokeId < 0 || invokeId > EVENT) {
            throw new IllegalArgumentException("invoke id: " + invokeId + " (expected: 0-9999)");
        }
        if (xml.length + HEADER > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "frame: " + (xml.length + HEADER) + " bytes (expected: at most " + MAX_LENGTH + ")");
        }
        this.invokeId = invokeId;
        this.xml = xml;
    }

    public int invokeId() {
        return invokeId;
    }

    /** The document, not copied. */
    public byte[] xml() {
        return xml;
    }

    /** The frame as it goes over the wire. */
    public byte[] encode() {
        int length = HEADER + xml.length;
        byte[] out = new byte[length];
        out[2] = (byte) (length >>> 8);
        out[3] = (byte) length;
        int rest = invokeId;
        for (int at = 7; at >= 4; at--) {
            out[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        System.arraycopy(xml, 0, out, HEADER, xml.length);
        return out;
    }

    @Override
    public String toString() {
        return "frame " + invokeId + ", " + xml.length + " bytes";
    }

    /** The bytes of an XML text, in UTF-8 as all frames are written. */
    static byte[] bytes(CharSequence xml) {
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }
}
