package org.jackfield.protocol.csta;

/** The peer answered a request with CSTAErrorCode; it was not carried out. */
public final class CstaErrorException extends Exception {
    private static final long serialVersionUID = 1;

    private final String category;
    private final String code;

    public CstaErrorException(CstaError error) {
        super(error.category() + ": " + error.code());
        this.category = error.category();
        this.code = error.code();
    }

    public CstaError error() {
        return new CstaError(category, code);
    }
}
