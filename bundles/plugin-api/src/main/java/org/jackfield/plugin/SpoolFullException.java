package org.jackfield.plugin;

/** The spool is at its bound; nothing was appended, and the same call can be retried safely later. */
public final class SpoolFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SpoolFullException(String message) {
        super(message);
    }
}
