package org.jackfield.protocol.csta;

/** A message as it came in, with its invoke id and, when asked for, its text without secrets. Safe for any thread. */
public final class Received {
    private final Frame frame;
    private final CstaMessage message;
    private final MessageDecoder decoder;

    Received(Frame frame, CstaMessage message, MessageDecoder decoder) {
        this.frame = frame;
        this.message = message;
        this.decoder = decoder;
    }

    public int invokeId() {
        return frame.invokeId();
    }

    public CstaMessage message() {
        return message;
    }

    /** Everything the peer sent, private data and unknown elements too, but no password or authorisation code. */
    public String raw() {
        try {
            return decoder.redact(frame.xml());
        } catch (CstaFormatException e) {
            return "(" + frame.xml().length + " bytes, " + e.fault().text() + ")";
        }
    }
}
