package org.jackfield.twin.http;

import java.util.Map;
import org.jackfield.twin.Json;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP answer. Immutable.
 *
 * @param status 0 hangs up without an answer
 * @param streamed written as JSON straight to the connection instead of the body, for what is large
 */
public record Answer(
        int status,
        String contentType,
        String body,
        Map<String, String> headers,
        @Nullable Object streamed) {
    private static final String JSON = "application/json";

    /** Closes the connection without an answer. */
    public static final Answer HANG_UP = new Answer(0, "", "", Map.of(), null);

    public static Answer json(int status, Object value) {
        return new Answer(status, JSON, Json.text(value), Map.of(), null);
    }

    /** A body that is no JSON, whatever its type says. */
    public static Answer text(int status, String body) {
        return new Answer(status, JSON, body, Map.of(), null);
    }

    /** 200 with a large JSON value that is never held as text. */
    public static Answer stream(Object value) {
        return new Answer(200, JSON, "", Map.of(), value);
    }

    public static Answer empty(int status) {
        return new Answer(status, "", "", Map.of(), null);
    }

    public Answer with(String name, String value) {
        Map<String, String> more = new java.util.LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, more, streamed);
    }
}
