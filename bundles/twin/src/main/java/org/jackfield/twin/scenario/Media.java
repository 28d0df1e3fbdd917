package org.jackfield.twin.scenario;

import java.util.concurrent.atomic.AtomicInteger;

/** The session descriptions of one party (RFC 8866): one address and port, another version each time. Thread-safe. */
final class Media {
    private final String who;
    private final int port;
    private final AtomicInteger version = new AtomicInteger();

    Media(String who, int port) {
        this.who = who;
        this.port = port;
    }

    /** Media both ways. */
    String flowing() {
        return with("127.0.0.1", "sendrecv", 0);
    }

    String with(String direction) {
        return with("127.0.0.1", direction, 0);
    }

    /**
     * Another description.
     *
     * @param address {@code 0.0.0.0} for the hold of old
     * @param moved how far the port is from where it was
     */
    String with(String address, String direction, int moved) {
        return "v=0\r\no=" + who + " " + port + " " + version.incrementAndGet()
                + " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 "
                + address + "\r\nt=0 0\r\nm=audio " + (port + moved)
                + " RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=" + direction
                + "\r\n";
    }

    /** What answers an offer. */
    String answer(String offer) {
        if (offer.contains("a=inactive")) {
            return with("inactive");
        }
        return with(offer.contains("a=sendonly") ? "recvonly" : offer.contains("a=recvonly") ? "sendonly" : "sendrecv");
    }

    /** The line that names the port. */
    String line() {
        return "m=audio " + port + " ";
    }
}
