package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request or response as its bytes and the offsets of its headers; nothing is decoded until asked.
 * Immutable as seen from outside, but what was decoded is remembered without a lock: keep it on one thread, or hand it
 * over safely. Text is Latin-1, so that a value copied into another message is the same bytes.
 */
public final class SipMessage {
    private static final byte[] TAG = Ascii.bytes("tag");
    private static final byte[] BRANCH = Ascii.bytes("branch");

    private final byte[] bytes;
    private final SipParser.StartLine start;
    private final int[] table;
    private final int headers;
    private final int bodyStart;
    private int bodyEnd;
    private int faultOffset;
    private SipMethod method = SipMethod.OTHER;
    private int cseqMethodStart;
    private int cseqMethodEnd;
    private long cseq = -1;
    private @Nullable String callId;
    private @Nullable String fromTag;
    private @Nullable String toTag;
    private boolean tagsKnown;
    private @Nullable Via via;

    /** @param table of at least so many headers */
    SipMessage(byte[] bytes, SipParser.StartLine start, int[] table, int headers, int bodyStart, int length) {
        this.bytes = bytes;
        this.start = start;
        this.table = table;
        this.headers = headers;
        this.bodyStart = bodyStart;
        this.bodyEnd = length;
        if (start.request()) {
            method = SipMethod.of(bytes, start.from(), start.firstEnd());
        }
    }

    /** Checks what every message must have; returns null when all is there. */
    @Nullable
    Refusal validate() {
        int seen = 0;
        int empty = 0;
        int viaAt = -1;
        int cseqAt = -1;
        long contentLength = -1;
        for (int i = 0; i < headers(); i++) {
            SipHeader header = header(i);
            switch (header) {
                case VIA -> viaAt = viaAt < 0 ? i : viaAt;
                case FROM, TO, CALL_ID, CSEQ, MAX_FORWARDS, CONTENT_LENGTH -> {
                    int bit = 1 << header.index();
                    if ((seen & bit) != 0) {
                        return fault(Refusal.DUPLICATE_HEADER, nameStart(i));
                    }
                    seen |= bit;
                    if (header == SipHeader.CSEQ) {
                        cseqAt = i;
                    } else if (header == SipHeader.CONTENT_LENGTH) {
                        contentLength = Ascii.number(bytes, valueStart(i), valueEnd(i), Integer.MAX_VALUE);
                        if (contentLength < 0) {
                            return fault(Refusal.CONTENT_LENGTH, valueStart(i));
                        }
                    } else if (header == SipHeader.MAX_FORWARDS
                            && Ascii.number(bytes, valueStart(i), valueEnd(i), 255) < 0) {
                        return fault(Refusal.MAX_FORWARDS, valueStart(i));
                    } else if (valueStart(i) == valueEnd(i)) {
                        empty |= bit;
                    }
                }
                default -> {}
            }
        }
        seen &= ~empty;
        if (viaAt < 0) {
            return fault(Refusal.MISSING_VIA, start.end());
        }
        if ((seen & 1 << SipHeader.FROM.index()) == 0) {
            return fault(Refusal.MISSING_FROM, start.end());
        }
        if ((seen & 1 << SipHeader.TO.index()) == 0) {
            return fault(Refusal.MISSING_TO, start.end());
        }
        if ((seen & 1 << SipHeader.CALL_ID.index()) == 0) {
            return fault(Refusal.MISSING_CALL_ID, start.end());
        }
        if (cseqAt < 0 || (seen & 1 << SipHeader.CSEQ.index()) == 0) {
            return fault(Refusal.MISSING_CSEQ, start.end());
        }
        Refusal refusal = readCseq(valueStart(cseqAt), valueEnd(cseqAt));
        if (refusal != null) {
            return refusal;
        }
        if (!Via.wellFormed(bytes, valueStart(viaAt), valueEnd(viaAt))) {
            return fault(Refusal.VIA, valueStart(viaAt));
        }
        if (start.request() && !SipUri.wellFormed(bytes, start.second(), start.secondEnd())) {
            return fault(Refusal.REQUEST_URI, start.second());
        }
        int from = find(SipHeader.FROM);
        int to = find(SipHeader.TO);
        if (!NameAddr.wellFormed(bytes, valueStart(from), valueEnd(from))) {
            return fault(Refusal.ADDRESS, valueStart(from));
        }
        if (!NameAddr.wellFormed(bytes, valueStart(to), valueEnd(to))) {
            return fault(Refusal.ADDRESS, valueStart(to));
        }
        if (contentLength >= 0) {
            if (contentLength > bodyEnd - bodyStart) {
                return fault(Refusal.BODY_SHORT, bodyEnd);
            }
            bodyEnd = bodyStart + (int) contentLength;
        }
        return null;
    }

    private Refusal fault(Refusal refusal, int offset) {
        faultOffset = offset;
        return refusal;
    }

    private @Nullable Refusal readCseq(int from, int end) {
        int digits = from;
        while (digits < end && Ascii.isDigit(bytes[digits])) {
            digits++;
        }
        // RFC 3261 section 8.1.1.5: less than 2^31
        cseq = Ascii.number(bytes, from, digits, Integer.MAX_VALUE);
        int word = digits;
        while (word < end && Ascii.isLws(bytes[word])) {
            word++;
        }
        if (cseq < 0 || word == digits || word == end) {
            return fault(Refusal.CSEQ, from);
        }
        cseqMethodStart = word;
        cseqMethodEnd = end;
        if (start.request()) {
            if (!Arrays.equals(bytes, word, end, bytes, start.from(), start.firstEnd())) {
                return fault(Refusal.CSEQ_METHOD, word);
            }
        } else {
            method = SipMethod.of(bytes, word, end);
        }
        return null;
    }

    int faultOffset() {
        return faultOffset;
    }

    /** True when a request that was refused can still be answered with 400: what a response copies is there. */
    boolean answerable() {
        int via = find(SipHeader.VIA);
        return start.request()
                && method != SipMethod.ACK
                && via >= 0
                && find(SipHeader.FROM) >= 0
                && find(SipHeader.TO) >= 0
                && find(SipHeader.CALL_ID) >= 0
                && find(SipHeader.CSEQ) >= 0
                && Via.wellFormed(bytes, valueStart(via), valueEnd(via));
    }

    public boolean isRequest() {
        return start.request();
    }

    /** The method of a request, or the method in the CSeq of a response. */
    public SipMethod method() {
        return method;
    }

    /** The text of {@link #method()}, also when it is {@link SipMethod#OTHER}. */
    public String methodText() {
        if (method != SipMethod.OTHER) {
            return method.name();
        }
        return start.request()
                ? Ascii.text(bytes, start.from(), start.firstEnd())
                : Ascii.text(bytes, cseqMethodStart, cseqMethodEnd);
    }

    /** The Request-URI as it came; empty for a response. */
    public String requestUri() {
        return start.request() ? Ascii.text(bytes, start.second(), start.secondEnd()) : "";
    }

    /** The status code of a response from 100 to 699, 0 for a request. */
    public int status() {
        return start.request() ? 0 : (int) Ascii.number(bytes, start.second(), start.secondEnd(), 699);
    }

    /** The reason phrase of a response, empty for a request. */
    public String phrase() {
        return start.request() ? "" : Ascii.text(bytes, start.third(), start.end());
    }

    /** How many header fields there are. */
    public int headers() {
        return headers;
    }

    /** Which header the field at {@code index} is. */
    public SipHeader header(int index) {
        return SipHeader.byIndex(table[index * SipParser.STRIDE + 3]);
    }

    /** The name of the field at {@code index} as it came. */
    public String name(int index) {
        int from = nameStart(index);
        int end = from;
        while (Ascii.isToken(bytes[end])) {
            end++;
        }
        return Ascii.text(bytes, from, end);
    }

    /** The value of the field at {@code index} as it came, folded lines joined by a space. */
    public String value(int index) {
        int from = valueStart(index);
        int end = valueEnd(index);
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\r') {
                return Ascii.text(bytes, from, end).replaceAll("\r\n[ \t]+", " ");
            }
        }
        return Ascii.text(bytes, from, end);
    }

    /** The first index at or after {@code from} of this header, -1 when there is none. */
    public int find(SipHeader header, int from) {
        int wanted = header.index();
        for (int i = from; i < headers; i++) {
            if (table[i * SipParser.STRIDE + 3] == wanted) {
                return i;
            }
        }
        return -1;
    }

    public int find(SipHeader header) {
        return find(header, 0);
    }

    public boolean has(SipHeader header) {
        return find(header, 0) >= 0;
    }

    /** The value of the first field of this header. */
    public @Nullable String first(SipHeader header) {
        int index = find(header);
        return index < 0 ? null : value(index);
    }

    /** The value of the first field of this name, for headers that {@link SipHeader} does not know. */
    public @Nullable String first(String name) {
        SipHeader known = SipHeader.of(name);
        if (known != SipHeader.OTHER) {
            return first(known);
        }
        byte[] wanted = Ascii.bytes(name);
        for (int i = 0; i < headers(); i++) {
            int from = nameStart(i);
            int end = from + wanted.length;
            if (header(i) == SipHeader.OTHER
                    && end < bytes.length
                    && !Ascii.isToken(bytes[end])
                    && Ascii.equalIgnoreCase(bytes, from, end, wanted)) {
                return value(i);
            }
        }
        return null;
    }

    /** All values of this header in order, comma-separated ones split (RFC 3261 section 7.3.1). */
    public List<String> all(SipHeader header) {
        List<String> values = new ArrayList<>(4);
        for (int i = find(header); i >= 0; i = find(header, i + 1)) {
            NameAddr.split(value(i), values);
        }
        return values;
    }

    public String callId() {
        String known = callId;
        if (known == null) {
            int index = find(SipHeader.CALL_ID);
            known = Ascii.text(bytes, valueStart(index), valueEnd(index));
            callId = known;
        }
        return known;
    }

    /** The number in CSeq. */
    public long cseq() {
        return cseq;
    }

    public @Nullable String fromTag() {
        readTags();
        return fromTag;
    }

    public @Nullable String toTag() {
        readTags();
        return toTag;
    }

    private void readTags() {
        if (!tagsKnown) {
            fromTag = tag(SipHeader.FROM);
            toTag = tag(SipHeader.TO);
            tagsKnown = true;
        }
    }

    private @Nullable String tag(SipHeader header) {
        int index = find(header);
        return NameAddr.parameter(bytes, valueStart(index), valueEnd(index), TAG);
    }

    /** The branch of the topmost Via, null when it has none (RFC 2543). */
    public @Nullable String branch() {
        int index = find(SipHeader.VIA);
        return Via.parameter(bytes, valueStart(index), valueEnd(index), BRANCH);
    }

    /** The topmost Via. */
    public Via via() {
        Via known = via;
        if (known == null) {
            int index = find(SipHeader.VIA);
            known = Via.parse(bytes, valueStart(index), valueEnd(index));
            via = known;
        }
        return known;
    }

    /** The number in Max-Forwards, 70 when there is none (RFC 3261 section 16.6). */
    public int maxForwards() {
        int index = find(SipHeader.MAX_FORWARDS);
        return index < 0 ? 70 : (int) Ascii.number(bytes, valueStart(index), valueEnd(index), 255);
    }

    public boolean hasBody() {
        return bodyEnd > bodyStart;
    }

    /** A copy of the body. */
    public byte[] body() {
        return Arrays.copyOfRange(bytes, bodyStart, bodyEnd);
    }

    /** The body as Latin-1 text. */
    public String bodyText() {
        return Ascii.text(bytes, bodyStart, bodyEnd);
    }

    /** The bytes of the whole message; must not be changed. */
    byte[] raw() {
        return bytes;
    }

    /** How many bytes {@link #raw()} has up to the end of the body. */
    int length() {
        return bodyEnd;
    }

    /** A copy of the message's bytes. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, bodyEnd);
    }

    int bodyStart() {
        return bodyStart;
    }

    /**
     * The same request for another transport: the topmost Via says so, all else stays.
     *
     * @throws IllegalStateException when the message is none of ours, a fault of the caller
     */
    SipMessage over(Protocol protocol) {
        byte[] copy = toBytes();
        int index = find(SipHeader.VIA);
        byte[] name = Ascii.bytes(protocol.name());
        int end = Via.protocolEnd(copy, valueStart(index), valueEnd(index));
        System.arraycopy(name, 0, copy, end - name.length, name.length);
        return SipParser.own(copy, copy.length);
    }

    int nameStart(int index) {
        return table[index * SipParser.STRIDE];
    }

    int valueStart(int index) {
        return table[index * SipParser.STRIDE + 1];
    }

    int valueEnd(int index) {
        return table[index * SipParser.STRIDE + 2];
    }

    /** Start line only, as logs want it. */
    @Override
    public String toString() {
        return Ascii.text(bytes, start.from(), start.end());
    }
}
