package org.jackfield.twin.sip;

import java.util.concurrent.atomic.AtomicInteger;

/** Session descriptions (RFC 8866) that name media ports nobody listens on. Thread-safe. */
public final class Sdp {
    public static final String TYPE = "application/sdp";

    private static final AtomicInteger NEXT = new AtomicInteger();

    private Sdp() {}

    /** A fresh offer or answer of {@code who}: PCMA and telephone-event. */
    public static String of(String who) {
        int n = NEXT.incrementAndGet();
        int port = 20_000 + (n * 2) % 20_000;
        return "v=0\r\no=" + who + " " + n + " 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                + "m=audio "
                + port + " RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                + "a=sendrecv\r\n";
    }
}
