package org.jackfield.protocol.csta;

import java.nio.ByteBuffer;

/** What a transport tells: one {@code connected}, any number of {@code received}, one {@code disconnected}; one thread. */
public interface WireListener {
    void connected(Wire wire);

    void received(ByteBuffer bytes);

    void disconnected(CloseReason reason);
}
