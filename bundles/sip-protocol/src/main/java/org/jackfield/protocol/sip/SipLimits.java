package org.jackfield.protocol.sip;

/**
 * What a message and a peer may cost.
 *
 * @param message bytes of a whole message, 512 to 65535
 * @param header bytes of one header with its folded lines
 * @param headers how many header fields
 * @param transactions of one source address that are open at a time; a request beyond gets 503 and leaves no trace
 * @param connections of one source address over TCP at a time; one more is closed at once
 */
public record SipLimits(int message, int header, int headers, int transactions, int connections) {
    public static final SipLimits DEFAULT = new SipLimits(65_535, 16_384, 256);

    /** With 100,000 transactions and 500 connections per source. */
    public SipLimits(int message, int header, int headers) {
        this(message, header, headers, 100_000, 500);
    }

    public SipLimits {
        if (message < 512 || message > 65_535) {
            throw new IllegalArgumentException("message: " + message + " (expected: 512-65535 bytes)");
        }
        if (transactions < 1 || connections < 1) {
            throw new IllegalArgumentException("transactions: " + transactions + ", connections: " + connections
                    + " (expected: at least 1 of each)");
        }
        if (header < 128 || headers < 8) {
            throw new IllegalArgumentException(
                    "header: " + header + ", headers: " + headers + " (expected: at least 128 bytes and 8 headers)");
        }
    }
}
