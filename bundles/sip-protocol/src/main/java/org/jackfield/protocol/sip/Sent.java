package org.jackfield.protocol.sip;

/** A message that went out and may have to go again, as nothing but its bytes. */
final class Sent {
    private final byte[] bytes;

    Sent(SipMessage message) {
        bytes = message.toBytes();
    }

    SipMessage message() {
        return SipParser.own(bytes, bytes.length);
    }
}
