package org.jackfield.bus;

/** Something on the bus cannot be read, for the named reason; reading it again gives the same. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    /**
     * @param reason one word for the metric: {@code cloudevent}, {@code tenant}, {@code version}, {@code type},
     *     {@code json}, {@code member}, {@code key}
     */
    RefusedException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    RefusedException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
