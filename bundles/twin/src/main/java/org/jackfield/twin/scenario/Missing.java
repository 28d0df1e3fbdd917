package org.jackfield.twin.scenario;

/** Something did not come in time, so the rest of the scenario cannot be played; the message says what. */
final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
        super(message, null, false, false);
    }
}
