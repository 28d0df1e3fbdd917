package org.jackfield.protocol.csta;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into frames (ECMA-323 Annex G.2), however the stream was split or merged on its way.
 * Not safe for several threads. Holds at most one frame of {@link Frame#MAX_LENGTH} bytes beyond what it was fed.
 */
public final class FrameDecoder {
    private byte[] held = new byte[1024];
    private int from;
    private int to;

    /** Takes all that remains in {@code bytes}. */
    public void feed(ByteBuffer bytes) {
        int more = bytes.remaining();
        if (to + more > held.length) {
            makeRoom(more);
        }
        bytes.get(held, to, more);
        to += more;
    }

    private void makeRoom(int more) {
        int size = to - from;
        byte[] target = size + more <= held.length
                ? held
                : new byte[Math.max(size + more, Math.min(2 * held.length, Frame.MAX_LENGTH))];
        System.arraycopy(held, from, target, 0, size);
        held = target;
        from = 0;
        to = size;
    }

    /** The next whole frame, or null when more bytes are needed. */
    public @Nullable Frame next() throws CstaFormatException {
        int size = to - from;
        if ((size >= 1 && held[from] != 0) || (size >= 2 && held[from + 1] != 0)) {
            throw new CstaFormatException(
                    Fault.FORMAT_INDICATOR, "format indicator: " + hex(Math.min(size, 2)) + " (expected: 0000)", null);
        }
        if (size < 4) {
            return null;
        }
        int length = ((held[from + 2] & 0xff) << 8) | (held[from + 3] & 0xff);
        if (length < Frame.HEADER) {
            throw new CstaFormatException(Fault.LENGTH, "frame length: " + length + " (expected: 8-65535)", null);
        }
        if (size < Frame.HEADER) {
            return null;
        }
        int invokeId = invokeId();
        if (size < length) {
            return null;
        }
        var frame = new Frame(invokeId, Arrays.copyOfRange(held, from + Frame.HEADER, from + length));
        from += length;
        if (from == to) {
            from = 0;
            to = 0;
        }
        return frame;
    }

    /** True while a frame has been begun and not finished. */
    public boolean midFrame() {
        return to > from;
    }

    private int invokeId() throws CstaFormatException {
        int id = 0;
        for (int at = from + 4; at < from + 8; at++) {
            int digit = held[at] - '0';
            if (digit < 0 || digit > 9) {
                throw new CstaFormatException(
                        Fault.INVOKE_ID, "invoke id: " + hex(8) + " (expected: four ASCII digits)", null);
            }
            id = 10 * id + digit;
        }
        return id;
    }

    private String hex(int count) {
        var text = new StringBuilder();
        for (int at = from; at < from + count; at++) {
            text.append(String.format("%02x", held[at]));
        }
        return text.toString();
    }
}
