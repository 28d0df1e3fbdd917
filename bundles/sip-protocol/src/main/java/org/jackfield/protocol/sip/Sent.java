package org.jackfield.protocol.sip;

/** A message that went out and may have to go again, or a part of one, as nothing but its bytes. */
final class Sent {
    private final byte[] bytes;

    Sent(SipMessage message) {
        this(message.toBytes());
    }

    /** @param bytes which must not change afterwards */
    Sent(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Must not be changed. */
    byte[] bytes() {
        return bytes;
    }

    String text() {
        return Ascii.text(bytes, 0, bytes.length);
    }

    SipMessage message() {
        return SipParser.own(bytes, bytes.length);
    }
}
