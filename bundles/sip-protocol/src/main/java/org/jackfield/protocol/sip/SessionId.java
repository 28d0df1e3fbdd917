package org.jackfield.protocol.sip;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A session's identifier from end to end (RFC 7989). Immutable. The older form without {@code remote} (RFC 7329) is read
 * as one whose other half is unknown.
 *
 * @param local the sender's half, 32 hexadecimal digits in lower case
 * @param remote the other party's half, {@link #NIL} while unknown
 */
public record SessionId(String local, String remote) {
    /** RFC 7989 section 5: nobody. */
    public static final String NIL = "0".repeat(32);

    private static final int DIGITS = 32;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Null when the message has none, or nonsense. */
    public static @Nullable SessionId of(SipMessage message) {
        String value = message.first(SipHeader.SESSION_ID);
        if (value == null) {
            return null;
        }
        int semicolon = value.indexOf(';');
        String local = half((semicolon < 0 ? value : value.substring(0, semicolon)).trim());
        String named = semicolon < 0 ? null : SipUri.parameter(value.substring(semicolon), "remote");
        String remote = named == null ? null : half(named);
        return local == null ? null : new SessionId(local, remote == null ? NIL : remote);
    }

    private static @Nullable String half(String text) {
        byte[] bytes = Ascii.bytes(text);
        return digits(bytes, 0, bytes.length) ? lower(bytes, 0) : null;
    }

    /**
     * The sender's half of a message's header, without a new string when that is {@code known}; null when the message has
     * none, or nonsense, or names nobody.
     */
    public static @Nullable String sender(SipMessage message, @Nullable String known) {
        int index = message.find(SipHeader.SESSION_ID);
        if (index < 0) {
            return null;
        }
        byte[] bytes = message.raw();
        int start = message.valueStart(index);
        int end = start;
        while (end < message.valueEnd(index) && bytes[end] != ';' && !Ascii.isLws(bytes[end])) {
            end++;
        }
        if (!digits(bytes, start, end)) {
            return null;
        }
        return same(bytes, start, known) ? known : same(bytes, start, NIL) ? null : lower(bytes, start);
    }

    private static boolean digits(byte[] bytes, int start, int end) {
        if (end - start != DIGITS) {
            return false;
        }
        for (int i = start; i < end; i++) {
            int c = Ascii.lower(bytes[i]);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(byte[] bytes, int start, @Nullable String half) {
        if (half == null) {
            return false;
        }
        for (int i = 0; i < DIGITS; i++) {
            if (Ascii.lower(bytes[start + i]) != half.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String lower(byte[] bytes, int start) {
        char[] text = new char[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            text[i] = (char) Ascii.lower(bytes[start + i]);
        }
        return new String(text);
    }

    /** A new half by chance: a UUID of version 4 without its dashes (section 4.1). */
    public static String fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        char[] text = new char[DIGITS];
        digits(text, 0, (random.nextLong() & ~0xf000L) | 0x4000L);
        digits(text, 16, (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L);
        return new String(text);
    }

    private static void digits(char[] text, int at, long bits) {
        for (int i = 0; i < 16; i++) {
            text[at + i] = HEX[(int) (bits >>> (60 - 4 * i)) & 15];
        }
    }

    /** As the other party writes it. */
    public SessionId reversed() {
        return new SessionId(remote, local);
    }

    /** The header value. */
    public String text() {
        return text(local, remote);
    }

    /** The header value of two halves. */
    public static String text(String local, String remote) {
        return local + ";remote=" + remote;
    }
}
