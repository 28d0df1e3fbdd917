package org.jackfield.protocol.sip;

import org.jspecify.annotations.Nullable;

/**
 * One Via value (RFC 3261 section 20.42). Immutable.
 *
 * @param transport as it came, for example {@code UDP}
 * @param host of sent-by, without brackets
 * @param port of sent-by, 0 when not given
 * @param branch null for RFC 2543 peers
 * @param rport true when the peer asks for its source port (RFC 3581)
 */
public record Via(
        String transport, String host, int port, @Nullable String branch, boolean rport) {
    private static final byte[] SIP = Ascii.bytes("SIP");
    private static final byte[] TWO = Ascii.bytes("2.0");
    private static final byte[] UDP = Ascii.bytes("UDP");
    private static final byte[] RPORT = Ascii.bytes("rport");

    /** The end of the first value when several stand in one field. */
    static int end(byte[] bytes, int start, int end) {
        boolean quoted = false;
        for (int i = start; i < end; i++) {
            if (bytes[i] == '"') {
                quoted = !quoted;
            } else if (bytes[i] == ',' && !quoted) {
                return i;
            }
        }
        return end;
    }

    static boolean wellFormed(byte[] bytes, int start, int end) {
        int at = protocolEnd(bytes, start, end);
        if (at < 0) {
            return false;
        }
        int host = Ascii.pastLws(bytes, at, end);
        return host > at
                && host < end
                && bytes[host] != ';'
                && bytes[host] != ','
                && bytes[host] != ':'
                && noEmptyParts(bytes, host, end);
    }

    /** False for {@code ;;}, {@code ,,} and the like: something is missing between them. */
    private static boolean noEmptyParts(byte[] bytes, int start, int end) {
        boolean empty = false;
        boolean quoted = false;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '"') {
                quoted = !quoted;
                empty = false;
            } else if (!quoted && (b == ';' || b == ',')) {
                if (empty) {
                    return false;
                }
                empty = true;
            } else if (!Ascii.isLws(b)) {
                empty = false;
            }
        }
        return !empty;
    }

    /** The offset behind {@code SIP/2.0/transport}, -1 when that is not there. */
    static int protocolEnd(byte[] bytes, int start, int end) {
        int at = word(bytes, start, end, SIP);
        at = at < 0 ? -1 : slash(bytes, at, end);
        at = at < 0 ? -1 : word(bytes, at, end, TWO);
        at = at < 0 ? -1 : slash(bytes, at, end);
        if (at < 0) {
            return -1;
        }
        int from = at;
        while (at < end && Ascii.isToken(bytes[at])) {
            at++;
        }
        return at == from ? -1 : at;
    }

    private static int word(byte[] bytes, int at, int end, byte[] word) {
        int stop = at + word.length;
        return stop <= end && Ascii.equalIgnoreCase(bytes, at, stop, word) ? stop : -1;
    }

    private static int slash(byte[] bytes, int from, int end) {
        int at = Ascii.pastLws(bytes, from, end);
        return at < end && bytes[at] == '/' ? Ascii.pastLws(bytes, at + 1, end) : -1;
    }

    /** Reads a well-formed value. */
    static Via parse(byte[] bytes, int start, int fieldEnd) {
        int end = end(bytes, start, fieldEnd);
        int at = protocolEnd(bytes, start, end);
        int transport = at;
        while (transport > start && Ascii.isToken(bytes[transport - 1])) {
            transport--;
        }
        int parameters = Ascii.find(bytes, at, end, ';');
        int from = Ascii.trimmedStart(bytes, at, parameters);
        int stop = Ascii.trimmedEnd(bytes, from, parameters);
        int close = from < stop && bytes[from] == '[' ? Ascii.find(bytes, from, stop, ']') : stop;
        int colon = Ascii.find(bytes, close < stop ? close : from, stop, ':');
        String rest = Ascii.text(bytes, parameters, end);
        String branch = SipUri.parameter(rest, "branch");
        return new Via(
                transport(bytes, transport, at),
                close < stop
                        ? Ascii.text(bytes, from + 1, close)
                        : Ascii.text(bytes, from, Ascii.trimmedEnd(bytes, from, colon)),
                port(bytes, colon + 1, stop),
                branch == null || branch.isEmpty() ? null : branch,
                SipUri.parameter(rest, "rport") != null);
    }

    private static String transport(byte[] bytes, int start, int end) {
        return Ascii.equal(bytes, start, end, UDP) ? "UDP" : Ascii.text(bytes, start, end);
    }

    private static int port(byte[] bytes, int start, int end) {
        int from = Ascii.trimmedStart(bytes, start, end);
        int stop = Ascii.trimmedEnd(bytes, from, end);
        return stop - from > 5 ? 0 : (int) Math.max(0, Ascii.number(bytes, from, stop, 65_535));
    }

    /** Where the semicolon of the parameter {@code rport} stands, -1 when there is none. */
    static int rport(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (bytes[i] == ';' && rportEnd(bytes, i, end) > 0) {
                return i;
            }
        }
        return -1;
    }

    /** The offset behind {@code ;rport} or {@code ;rport=5060}, which begins at {@code semicolon}; -1 for another parameter. */
    static int rportEnd(byte[] bytes, int semicolon, int end) {
        int name = Ascii.pastLws(bytes, semicolon + 1, end);
        int at = name + RPORT.length;
        if (at > end || !Ascii.equalIgnoreCase(bytes, name, at, RPORT)) {
            return -1;
        }
        int equals = Ascii.pastLws(bytes, at, end);
        if (equals < end && bytes[equals] == '=') {
            at = Ascii.pastLws(bytes, equals + 1, end);
            while (at < end && Ascii.isDigit(bytes[at])) {
                at++;
            }
        }
        return at == end || bytes[at] == ';' || Ascii.isLws(bytes[at]) ? at : -1;
    }

    static @Nullable String parameter(byte[] bytes, int start, int fieldEnd, byte[] name) {
        return NameAddr.parameter(bytes, start, end(bytes, start, fieldEnd), name);
    }
}
