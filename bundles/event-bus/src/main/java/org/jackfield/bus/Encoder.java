package org.jackfield.bus;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing byte array with room for a spool record's header in front, reused from record to record.
 * Used by one thread at a time.
 */
final class Encoder extends OutputStream {
    private static final int FIRST_SIZE = 2048;

    private byte[] bytes = new byte[FIRST_SIZE];
    private int end = Segment.RECORD_HEADER;

    Encoder reset() {
        end = Segment.RECORD_HEADER;
        return this;
    }

    /** The array, of which the first {@link Segment#RECORD_HEADER} bytes belong to the spool. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the payload ends in {@link #bytes()}. */
    int end() {
        return end;
    }

    @Override
    public void write(int value) {
        room(1);
        bytes[end++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    void int32(int value) {
        write(value >>> 24);
        write(value >>> 16);
        write(value >>> 8);
        write(value);
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    /** A length in 32 bits, -1 for null, and UTF-8. */
    void text(@Nullable String value) {
        if (value == null) {
            int32(-1);
            return;
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int32(utf8.length);
        write(utf8, 0, utf8.length);
    }

    private void room(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
        }
    }
}
