package org.jackfield.protocol.sip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into messages by Content-Length (RFC 3261 section 18.3). For one connection and one thread.
 * Empty lines between messages are keep-alives (RFC 5626 section 3.5.1); a double one asks for an answer.
 */
final class TcpFramer {
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("content-length");
    private static final byte[] L = Ascii.bytes("l");

    private final SipLimits limits;
    private byte[] buffer = new byte[2048];
    private int from;
    private int end;
    private int scanned;
    private int pings;

    TcpFramer(SipLimits limits) {
        this.limits = limits;
    }

    /** Where the caller may put {@code more} bytes, see {@link #offset()}; tell with {@link #added}. */
    byte[] room(int more) {
        if (end + more > buffer.length) {
            int kept = end - from;
            byte[] target = kept + more > buffer.length ? new byte[Math.max(buffer.length * 2, kept + more)] : buffer;
            System.arraycopy(buffer, from, target, 0, kept);
            buffer = target;
            scanned -= from;
            end = kept;
            from = 0;
        }
        return buffer;
    }

    int offset() {
        return end;
    }

    void added(int count) {
        end += count;
    }

    /** How many keep-alive pings came since the last call. */
    int takePings() {
        int count = pings;
        pings = 0;
        return count;
    }

    /**
     * The bytes of the next whole message, null when more bytes are needed.
     *
     * @throws SipParseException when the stream cannot be cut any more; the connection must be closed
     */
    byte @Nullable [] next() throws SipParseException {
        skipEmptyLines();
        int headersEnd = findEnd();
        if (headersEnd < 0) {
            if (end - from > limits.message()) {
                throw new SipParseException(Refusal.TOO_LARGE, end - from, null);
            }
            return null;
        }
        long length = contentLength(headersEnd);
        if (length < 0) {
            throw new SipParseException(Refusal.CONTENT_LENGTH, headersEnd - from, null);
        }
        if (headersEnd - from + length > limits.message()) {
            throw new SipParseException(Refusal.TOO_LARGE, headersEnd - from, null);
        }
        int messageEnd = headersEnd + (int) length;
        if (messageEnd > end) {
            return null;
        }
        byte[] message = Arrays.copyOfRange(buffer, from, messageEnd);
        from = messageEnd;
        scanned = from;
        return message;
    }

    private void skipEmptyLines() {
        int lines = 0;
        while (from + 1 < end && buffer[from] == '\r' && buffer[from + 1] == '\n') {
            from += 2;
            lines++;
        }
        pings += lines / 2;
        scanned = Math.max(scanned, from);
    }

    private int findEnd() {
        for (int i = Math.max(scanned, from + 3); i < end; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n' && buffer[i - 3] == '\r') {
                scanned = i;
                return i + 1;
            }
        }
        scanned = Math.max(from, end);
        return -1;
    }

    /** -1 when it is missing, no number or given twice. */
    private long contentLength(int headersEnd) {
        long found = -1;
        int line = from;
        while (line < headersEnd) {
            int lineEnd = line;
            while (buffer[lineEnd] != '\n') {
                lineEnd++;
            }
            int colon = line;
            while (colon < lineEnd && Ascii.isToken(buffer[colon])) {
                colon++;
            }
            if (Ascii.equalIgnoreCase(buffer, line, colon, CONTENT_LENGTH)
                    || Ascii.equalIgnoreCase(buffer, line, colon, L)) {
                while (colon < lineEnd && (Ascii.isLws(buffer[colon]) || buffer[colon] == ':')) {
                    colon++;
                }
                int stop = lineEnd;
                while (stop > colon && Ascii.isLws(buffer[stop - 1])) {
                    stop--;
                }
                long value = Ascii.number(buffer, colon, stop, Integer.MAX_VALUE);
                if (value < 0 || found >= 0) {
                    return -1;
                }
                found = value;
            }
            line = lineEnd + 1;
        }
        return found;
    }
}
