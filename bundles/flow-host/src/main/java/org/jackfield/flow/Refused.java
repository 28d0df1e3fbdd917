package org.jackfield.flow;

/** A route file is not good, and nothing was changed because of it; {@link #code()} is its name in metrics. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final int line;

    /**
     * @param line of the file, 0 when unknown
     * @param reason what was found and what was expected
     */
    Refused(String code, int line, String reason) {
        super(reason);
        this.code = code;
        this.line = line;
    }

    String code() {
        return code;
    }

    int line() {
        return line;
    }

    /** The message, which is never absent here. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
