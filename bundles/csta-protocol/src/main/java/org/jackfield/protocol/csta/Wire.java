package org.jackfield.protocol.csta;

/** The way out to the peer. Never blocks; what is sent goes out in the order of the calls. Safe for any thread. */
public interface Wire {
    /** Sends {@code bytes}, which nobody may change afterwards; false when the connection is closed or its queue full. */
    boolean send(byte[] bytes);

    /** Closes the connection after what was sent has gone out, or at once when that takes too long. */
    void close();
}
