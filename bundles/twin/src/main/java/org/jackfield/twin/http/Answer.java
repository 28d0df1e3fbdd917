package org.jackfield.twin.http;

import java.util.Map;
import org.jackfield.twin.Json;

/**
 * One HTTP answer. Immutable.
 *
 * @param status 0 hangs up without an answer
 */
public record Answer(int status, String contentType, String body, Map<String, String> headers) {
    /** Closes the connection without an answer. */
    public static final Answer HANG_UP = new Answer(0, "", "", Map.of());

    public static Answer json(int status, Object value) {
        return new Answer(status, "application/json", Json.text(value), Map.of());
    }

    public static Answer empty(int status) {
        return new Answer(status, "", "", Map.of());
    }

    public Answer with(String name, String value) {
        Map<String, String> more = new java.util.LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, more);
    }
}
