package org.jackfield.protocol.sip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Work on byte ranges without making strings. Stateless. Text is Latin-1 both ways, so that any byte survives. */
final class Ascii {
    private static final boolean[] TOKEN = new boolean[128];
    /** Eight bytes at once, the first of them lowest. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long BEYOND_CR = 0x0E0E_0E0E_0E0E_0E0EL;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 32] = true;
        }
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        // RFC 3261 section 25.1, token
        for (char c : "-.!%*_+`'~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Ascii() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    static boolean isToken(byte b) {
        return b > 0 && TOKEN[b];
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    static boolean isLws(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /**
     * The first offset from {@code from} on that holds one of the codes 0 to 13, line ends and NUL among them; {@code end}
     * when there is none. A byte below n is the one that borrows when n is taken from it, and has no high bit itself.
     */
    static int control(byte[] bytes, int from, int end) {
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, at);
            long below = (eight - BEYOND_CR) & ~eight & HIGH_BITS;
            if (below != 0) {
                return at + (Long.numberOfTrailingZeros(below) >>> 3);
            }
        }
        while (at < end && (bytes[at] < 0 || bytes[at] > '\r')) {
            at++;
        }
        return at;
    }

    /** The first offset from {@code from} on that holds this byte; {@code end} when there is none. */
    static int find(byte[] bytes, int from, int end, char wanted) {
        int at = from;
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** As {@link String#trim}: past all codes up to the space. */
    static int trimmedStart(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] >= 0 && bytes[at] <= ' ') {
            at++;
        }
        return at;
    }

    /** As {@link String#trim}, from behind. */
    static int trimmedEnd(byte[] bytes, int from, int end) {
        int at = end;
        while (at > from && bytes[at - 1] >= 0 && bytes[at - 1] <= ' ') {
            at--;
        }
        return at;
    }

    /** The first offset from {@code from} on that is no space or line end; {@code end} when there is none. */
    static int pastLws(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && isLws(bytes[at])) {
            at++;
        }
        return at;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    static boolean equal(byte[] bytes, int start, int end, byte[] other) {
        if (end - start != other.length) {
            return false;
        }
        for (int i = 0; i < other.length; i++) {
            if (bytes[start + i] != other[i]) {
                return false;
            }
        }
        return true;
    }

    static boolean equalIgnoreCase(byte[] bytes, int start, int end, byte[] other) {
        if (end - start != other.length) {
            return false;
        }
        for (int i = 0; i < other.length; i++) {
            if (lower(bytes[start + i]) != lower(other[i])) {
                return false;
            }
        }
        return true;
    }

    /** The decimal number of a range, -1 when it is none or beyond {@code max}. */
    static long number(byte[] bytes, int start, int end, long max) {
        if (start >= end || end - start > 18) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(bytes[i])) {
                return -1;
            }
            value = value * 10 + (bytes[i] - '0');
        }
        return value > max ? -1 : value;
    }
}
