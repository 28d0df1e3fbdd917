package org.jackfield.twin.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jackfield.twin.http.Answer;
import org.jackfield.twin.http.Request;

/** A refusal as Graph writes it (OData JSON error), thrown to end a request. */
final class GraphError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    GraphError(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static GraphError badRequest(String message) {
        return new GraphError(400, "InvalidArgument", message);
    }

    /** 429 or 503 with Retry-After in seconds, fractional when it is. */
    static Answer later(int status, Request request, double seconds) {
        String code = status == 429 ? "TooManyRequests" : "ServiceUnavailable";
        Answer answer = new GraphError(status, code, "Try again later.").answer(request);
        if (seconds <= 0) {
            return answer;
        }
        boolean whole = seconds == Math.rint(seconds);
        return answer.with("Retry-After", whole ? String.valueOf((long) seconds) : String.valueOf(seconds));
    }

    static double seconds(Duration wait) {
        return Math.max(1, Math.ceil(wait.toMillis() / 1000.0));
    }

    Answer answer(Request request) {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("date", Instant.now().toString().substring(0, 19));
        inner.put("request-id", UUID.randomUUID().toString());
        String clientId = request.header("client-request-id");
        inner.put("client-request-id", clientId == null ? inner.get("request-id") : clientId);
        return Answer.json(status, Map.of("error", Map.of("code", code, "message", getMessage(), "innerError", inner)));
    }
}
