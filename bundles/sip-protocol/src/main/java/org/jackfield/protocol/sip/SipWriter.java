package org.jackfield.protocol.sip;

import java.util.Arrays;
import java.util.Set;

/**
 * Puts a message together: own headers as text, a peer's headers as the bytes they came in.
 * For one thread and one message. Content-Length is written here and must not be added.
 */
public final class SipWriter {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] NONE = new byte[0];

    private byte[] buffer;
    private int at;
    private byte[] body = NONE;
    private int bodyFrom;
    private int bodyEnd;

    private SipWriter(int size) {
        buffer = new byte[size];
    }

    public static SipWriter request(String method, String uri) {
        return new SipWriter(1024).text(method).text(" ").text(uri).text(" SIP/2.0\r\n");
    }

    public static SipWriter response(int status, String phrase) {
        return new SipWriter(1024)
                .text("SIP/2.0 ")
                .text(Integer.toString(status))
                .text(" ")
                .text(phrase)
                .bytes(CRLF, 0, 2);
    }

    public SipWriter add(SipHeader header, String value) {
        bytes(header.line, 0, header.line.length);
        return text(value).bytes(CRLF, 0, 2);
    }

    public SipWriter add(SipHeader header, long value) {
        return add(header, Long.toString(value));
    }

    public SipWriter add(String name, String value) {
        return text(name).text(": ").text(value).bytes(CRLF, 0, 2);
    }

    /** Session-ID (RFC 7989), the sender's half first. */
    public SipWriter sessionId(String local, String remote) {
        bytes(SipHeader.SESSION_ID.line, 0, SipHeader.SESSION_ID.line.length);
        return text(local).text(";remote=").text(remote).bytes(CRLF, 0, 2);
    }

    /** The field at {@code index} of {@code from}, name and value, byte for byte. */
    public SipWriter copy(SipMessage from, int index) {
        int start = from.nameStart(index);
        return bytes(from.raw(), start, from.valueEnd(index) - start).bytes(CRLF, 0, 2);
    }

    /** All of a message but its start line, its length and these headers, with its body. */
    SipWriter copyAllBut(SipMessage from, Set<SipHeader> headers) {
        for (int i = 0; i < from.headers(); i++) {
            SipHeader header = from.header(i);
            if (header != SipHeader.CONTENT_LENGTH && !headers.contains(header)) {
                copy(from, i);
            }
        }
        return bodyOf(from);
    }

    /** All fields of this header, byte for byte. */
    public SipWriter copyAll(SipMessage from, SipHeader header) {
        for (int i = from.find(header); i >= 0; i = from.find(header, i + 1)) {
            copy(from, i);
        }
        return this;
    }

    public SipWriter body(String contentType, byte[] content) {
        add(SipHeader.CONTENT_TYPE, contentType);
        body = content;
        bodyFrom = 0;
        bodyEnd = content.length;
        return this;
    }

    /** A body in Latin-1. */
    public SipWriter body(String contentType, String content) {
        return body(contentType, Ascii.bytes(content));
    }

    /** The body of {@code from}, byte for byte; its Content-Type is a header and must be copied too. */
    public SipWriter bodyOf(SipMessage from) {
        body = from.raw();
        bodyFrom = from.bodyStart();
        bodyEnd = from.length();
        return this;
    }

    /** Another body in Latin-1 for the Content-Type that is there already. */
    public SipWriter content(String content) {
        body = Ascii.bytes(content);
        bodyFrom = 0;
        bodyEnd = body.length;
        return this;
    }

    SipWriter range(byte[] from, int start, int end) {
        return bytes(from, start, end - start);
    }

    @SuppressWarnings("deprecation") // Latin-1 is what is wanted, and no other way copies without an array in between
    SipWriter text(String text) {
        int length = text.length();
        reserve(length);
        text.getBytes(0, length, buffer, at);
        at += length;
        return this;
    }

    private SipWriter bytes(byte[] from, int start, int length) {
        reserve(length);
        System.arraycopy(from, start, buffer, at, length);
        at += length;
        return this;
    }

    private void reserve(int more) {
        if (at + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, at + more));
        }
    }

    /**
     * The message, which takes this writer's bytes as they are: nothing can be added afterwards.
     *
     * @throws IllegalStateException when what was written is no SIP message, a fault of the caller
     */
    public SipMessage build() {
        int bodyLength = bodyEnd - bodyFrom;
        bytes(LENGTH, 0, LENGTH.length);
        text(Integer.toString(bodyLength)).bytes(CRLF, 0, 2).bytes(CRLF, 0, 2);
        bytes(body, bodyFrom, bodyLength);
        return SipParser.own(buffer, at);
    }
}
