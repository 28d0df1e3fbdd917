package org.jackfield.bus;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The W3C trace context of an event (Trace Context 1, section 3.2): all events of one correlation share a trace id, so
 * a tracing backend shows a call as one trace. Computed from the ids, so every node writes the same.
 */
final class TraceParent {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private TraceParent() {}

    /**
     * @param correlation what names the trace
     * @param id what names the span
     */
    static String of(String correlation, String id) {
        long first = hash(correlation, FNV_OFFSET);
        long second = hash(correlation, first);
        HexFormat hex = HexFormat.of();
        return "00-" + hex.toHexDigits(first) + hex.toHexDigits(second | 1) + "-"
                + hex.toHexDigits(hash(id, FNV_OFFSET) | 1) + "-01";
    }

    /** FNV-1a with a final mix, over UTF-8. */
    private static long hash(String text, long seed) {
        long hash = seed;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        hash ^= hash >>> 32;
        hash *= 0xd6e8feb86659fd93L;
        return hash ^ (hash >>> 32);
    }
}
