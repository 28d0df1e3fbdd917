package org.jackfield.twin.teams;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jackfield.twin.http.Answer;

/** A refusal as Entra's token endpoint writes it (RFC 6749 section 5.2 with Microsoft's codes), thrown to end a request. */
final class EntraError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;
    private final int code;

    EntraError(int status, String error, int code, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.error = error;
        this.code = code;
    }

    static EntraError client(int code, String sentence) {
        return new EntraError(401, "invalid_client", code, sentence);
    }

    static EntraError grant(int code, String sentence) {
        return new EntraError(400, "invalid_grant", code, sentence);
    }

    Answer answer() {
        return Answer.json(
                status,
                Map.of(
                        "error",
                        error,
                        "error_description",
                        "AADSTS" + code + ": " + getMessage(),
                        "error_codes",
                        List.of(code),
                        "trace_id",
                        UUID.randomUUID().toString()));
    }
}
