package org.jackfield.protocol.sip;

/**
 * What a message and a peer may cost.
 *
 * @param message bytes of a whole message, 512 to 65535
 * @param header bytes of one header with its folded lines
 * @param headers how many header fields
 * @param transactions of one source address that are open at a time; a request beyond gets 503 and leaves no trace
 * @param connections of one source address over TCP at a time; one more is closed at once, as is one beyond ten times as
 *     many of all addresses
 * @param datagram bytes of a request above which it goes by TCP to a peer that is reached by UDP (RFC 3261 section
 *     18.1.1), 576 to 65535
 */
public record SipLimits(int message, int header, int headers, int transactions, int connections, int datagram) {
    /** RFC 3261 section 18.1.1, where the path's largest packet is not known. */
    public static final int DATAGRAM = 1_300;

    public static final SipLimits DEFAULT = new SipLimits(65_535, 16_384, 256);

    /** With 100,000 transactions and 500 connections per source, and datagrams as the standard has it. */
    public SipLimits(int message, int header, int headers) {
        this(message, header, headers, 100_000, 500, DATAGRAM);
    }

    /** With another length from which on requests go by TCP. */
    public SipLimits withDatagram(int other) {
        return new SipLimits(message, header, headers, transactions, connections, other);
    }

    public SipLimits {
        if (message < 512 || message > 65_535) {
            throw new IllegalArgumentException("message: " + message + " (expected: 512-65535 bytes)");
        }
        if (transactions < 1 || connections < 1) {
            throw new IllegalArgumentException("transactions: " + transactions + ", connections: " + connections
                    + " (expected: at least 1 of each)");
        }
        if (datagram < 576 || datagram > 65_535) {
            throw new IllegalArgumentException("datagram: " + datagram + " (expected: 576-65535 bytes)");
        }
        if (header < 128 || headers < 8) {
            throw new IllegalArgumentException(
                    "header: " + header + ", headers: " + headers + " (expected: at least 128 bytes and 8 headers)");
        }
    }
}
