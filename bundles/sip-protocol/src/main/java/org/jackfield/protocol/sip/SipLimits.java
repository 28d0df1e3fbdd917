package org.jackfield.protocol.sip;

/**
 * What a message may cost.
 *
 * @param message bytes of a whole message, 512 to 65535
 * @param header bytes of one header with its folded lines
 * @param headers how many header fields
 */
public record SipLimits(int message, int header, int headers) {
    public static final SipLimits DEFAULT = new SipLimits(65_535, 16_384, 256);

    public SipLimits {
        if (message < 512 || message > 65_535) {
            throw new IllegalArgumentException("message: " + message + " (expected: 512-65535 bytes)");
        }
        if (header < 128 || headers < 8) {
            throw new IllegalArgumentException(
                    "header: " + header + ", headers: " + headers + " (expected: at least 128 bytes and 8 headers)");
        }
    }
}
