package org.jackfield.protocol.sip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the start line and the headers of a message by offset, in one pass, and decodes nothing else.
 * Stateless; the bytes given are kept by the message and must not change afterwards.
 */
public final class SipParser {
    /** Per header: where its name starts, where its value starts and ends, and which header it is. */
    static final int STRIDE = 4;

    private static final byte[] VERSION = Ascii.bytes("SIP/2.0");
    private static final byte[] SIP_SLASH = Ascii.bytes("SIP/");

    private final byte[] bytes;
    private final int length;
    private final SipLimits limits;
    private int at;
    private int[] table = new int[16 * STRIDE];
    private int count;

    private SipParser(byte[] bytes, int length, SipLimits limits) {
        this.bytes = bytes;
        this.length = length;
        this.limits = limits;
    }

    /** Parses a whole datagram or a whole framed message. */
    public static SipMessage parse(byte[] bytes) throws SipParseException {
        return parse(bytes, SipLimits.DEFAULT);
    }

    /** Parses within {@code limits}. A body longer than Content-Length says is cut (RFC 3261 section 18.3). */
    public static SipMessage parse(byte[] bytes, SipLimits limits) throws SipParseException {
        return new SipParser(bytes, bytes.length, limits).message();
    }

    /**
     * What this side wrote, read before it goes out: the net below wrong values from outside.
     *
     * @param length how many of the bytes are the message
     * @throws IllegalStateException when it is none, a fault of who wrote it
     */
    static SipMessage own(byte[] bytes, int length) {
        try {
            return new SipParser(bytes, length, SipLimits.DEFAULT).message();
        } catch (SipParseException e) {
            throw new IllegalStateException("message to send: " + e.getMessage(), e);
        }
    }

    private SipMessage message() throws SipParseException {
        if (length > limits.message()) {
            throw refuse(Refusal.TOO_LARGE, limits.message());
        }
        while (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
            at += 2; // RFC 3261 section 7.5: empty lines before the start line
        }
        if (at >= length) {
            throw refuse(Refusal.EMPTY, 0);
        }
        StartLine start = startLine();
        headers();
        SipMessage message = new SipMessage(bytes, start, table, count, at, length);
        Refusal refusal = versionFault;
        if (refusal == null) {
            refusal = message.validate();
        }
        if (refusal != null) {
            throw new SipParseException(refusal, message.faultOffset(), message.answerable() ? message : null);
        }
        return message;
    }

    /** Where the parts of the start line are: method or version, URI or code, version or phrase. */
    record StartLine(boolean request, int from, int firstEnd, int second, int secondEnd, int third, int end) {}

    /** A fault of the request line that is told only when there is a whole request to answer. */
    private @Nullable Refusal versionFault;

    private StartLine startLine() throws SipParseException {
        int from = at;
        int end = lineEnd(from);
        int firstEnd = from;
        while (firstEnd < end && bytes[firstEnd] != ' ') {
            firstEnd++;
        }
        int second = firstEnd + 1;
        int secondEnd = second;
        while (secondEnd < end && bytes[secondEnd] != ' ') {
            if (bytes[secondEnd] == '\t') {
                throw refuse(Refusal.START_LINE, secondEnd);
            }
            secondEnd++;
        }
        if (firstEnd == from || second >= end || secondEnd == second) {
            throw refuse(Refusal.START_LINE, from);
        }
        at = end + 2;
        if (Ascii.equalIgnoreCase(bytes, from, firstEnd, VERSION)) {
            long status = Ascii.number(bytes, second, secondEnd, 699);
            if (secondEnd - second != 3 || status < 100) {
                throw refuse(Refusal.STATUS_CODE, second);
            }
            return new StartLine(false, from, firstEnd, second, secondEnd, Math.min(secondEnd + 1, end), end);
        }
        for (int i = from; i < firstEnd; i++) {
            if (!Ascii.isToken(bytes[i])) {
                throw refuse(Refusal.START_LINE, i);
            }
        }
        if (secondEnd + 1 >= end || !Ascii.equalIgnoreCase(bytes, secondEnd + 1, end, VERSION)) {
            versionFault = otherVersion(Math.min(secondEnd + 1, end), end) ? Refusal.VERSION : Refusal.START_LINE;
        }
        return new StartLine(true, from, firstEnd, second, secondEnd, secondEnd + 1, end);
    }

    /** True for {@code SIP/} and a word: a version that is not spoken here, to be answered 505. */
    private boolean otherVersion(int from, int end) {
        if (end - from < 5 || !Ascii.equalIgnoreCase(bytes, from, from + 4, SIP_SLASH)) {
            return false;
        }
        for (int i = from; i < end; i++) {
            if (bytes[i] == ' ') {
                return false;
            }
        }
        return true;
    }

    /** The offset of the CR of this line; refuses control characters that could hide a line. */
    private int lineEnd(int from) throws SipParseException {
        int limit = Math.min(length, from + limits.header());
        for (int i = Ascii.control(bytes, from, limit); i < limit; i = Ascii.control(bytes, i + 1, limit)) {
            switch (bytes[i]) {
                case '\r' -> {
                    if (i + 1 < length && bytes[i + 1] == '\n') {
                        return i;
                    }
                    throw refuse(Refusal.LINE_END, i);
                }
                case '\n' -> throw refuse(Refusal.LINE_END, i);
                case 0 -> throw refuse(Refusal.CONTROL_CHARACTER, i);
                default -> {}
            }
        }
        throw refuse(limit < length ? Refusal.HEADER_TOO_LONG : Refusal.NO_END_OF_HEADERS, limit);
    }

    private void headers() throws SipParseException {
        while (true) {
            if (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
                at += 2;
                return;
            }
            if (at >= length) {
                throw refuse(Refusal.NO_END_OF_HEADERS, at);
            }
            if (count >= limits.headers()) {
                throw refuse(Refusal.TOO_MANY_HEADERS, at);
            }
            header();
        }
    }

    private void header() throws SipParseException {
        int name = at;
        int nameEnd = name;
        int hash = SipHeader.NO_HASH;
        while (nameEnd < length && Ascii.isToken(bytes[nameEnd])) {
            hash = SipHeader.hash(hash, bytes[nameEnd]);
            nameEnd++;
        }
        int colon = nameEnd;
        while (colon < length && Ascii.isSpace(bytes[colon])) {
            colon++; // RFC 3261 section 25.1, HCOLON
        }
        if (nameEnd == name || colon >= length || bytes[colon] != ':') {
            throw refuse(Refusal.HEADER_NAME, Math.min(nameEnd, length - 1));
        }
        int end = lineEnd(colon + 1);
        while (end + 2 < length && Ascii.isSpace(bytes[end + 2])) {
            end = lineEnd(end + 2); // RFC 3261 section 7.3.1: folded lines
            if (end - name > limits.header()) {
                throw refuse(Refusal.HEADER_TOO_LONG, end);
            }
        }
        int value = colon + 1;
        while (value < end && Ascii.isLws(bytes[value])) {
            value++;
        }
        int valueEnd = end;
        while (valueEnd > value && Ascii.isLws(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        int row = count * STRIDE;
        if (row == table.length) {
            table = Arrays.copyOf(table, table.length * 2);
        }
        table[row] = name;
        table[row + 1] = value;
        table[row + 2] = valueEnd;
        table[row + 3] = SipHeader.of(bytes, name, nameEnd, hash).index();
        count++;
        at = end + 2;
    }

    private static SipParseException refuse(Refusal refusal, int offset) {
        return new SipParseException(refusal, offset, null);
    }
}
