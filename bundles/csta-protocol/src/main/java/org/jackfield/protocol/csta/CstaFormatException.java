package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** Input that is not CSTA; nothing of the message was delivered and the connection cannot be used any more. */
public final class CstaFormatException extends Exception {
    private static final long serialVersionUID = 1;

    private final Fault fault;

    public CstaFormatException(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
