package org.jackfield.teams;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Reads Graph's larger answers as they come, without a tree of objects: a sweep brings thousands of presences every two
 * seconds. What is no JSON is a {@link MalformedJsonException} or an {@link java.io.EOFException}, and so is JSON of another
 * shape.
 */
final class GraphAnswer {
    private GraphAnswer() {}

    /**
     * How Graph answered one request.
     *
     * @param code Graph's word for an error, {@code http} when it has none
     */
    record Result(
            int status,
            String code,
            String message,
            @Nullable String retryAfter,
            @Nullable String requestId) {}

    /** Reads the value of a member, whatever it is. */
    @FunctionalInterface
    private interface Member {
        void read(String name, JsonReader in) throws IOException;
    }

    /** Reads an element of an array. */
    @FunctionalInterface
    private interface Element {
        void read(JsonReader in) throws IOException;
    }

    /** A result as far as it has been read. */
    private static final class Draft {
        private @Nullable String id;
        private int status;
        private String code = "http";
        private String message = "no reason given";
        private @Nullable String retryAfter;
        private @Nullable String requestId;

        Result result() {
            return new Result(status, code, message, retryAfter, requestId);
        }

        /** A member of an item of a batch. */
        void item(String name, JsonReader in) throws IOException {
            switch (name) {
                case "id" -> id = text(in);
                case "status" -> status = in.nextInt();
                case "headers" -> object(in, this::header);
                case "body" -> object(in, this::body);
                default -> in.skipValue();
            }
        }

        private void header(String name, JsonReader in) throws IOException {
            if (name.equalsIgnoreCase("Retry-After")) {
                retryAfter = text(in);
            } else if (name.equalsIgnoreCase("request-id")) {
                requestId = text(in);
            } else {
                in.skipValue();
            }
        }

        /** A member of an answer, which may be the error. */
        void body(String name, JsonReader in) throws IOException {
            if (name.equals("error")) {
                object(in, this::error);
            } else {
                in.skipValue();
            }
        }

        private void error(String name, JsonReader in) throws IOException {
            if (name.equals("code")) {
                code = textOr(code, in);
            } else if (name.equals("message")) {
                message = textOr(message, in);
            } else {
                in.skipValue();
            }
        }
    }

    /** The presences of a collection; those without an id are left out. */
    static List<PresenceApi.Seen> presences(Reader text) throws IOException {
        List<PresenceApi.Seen> seen = new ArrayList<>();
        array(text, "value", in -> presence(in, seen));
        return seen;
    }

    private static void presence(JsonReader in, List<PresenceApi.Seen> into) throws IOException {
        if (in.peek() != JsonToken.BEGIN_OBJECT) {
            in.skipValue();
            return;
        }
        String id = null;
        String availability = null;
        String activity = null;
        String sequence = null;
        in.beginObject();
        while (in.hasNext()) {
            switch (in.nextName()) {
                case "id" -> id = text(in);
                case "availability" -> availability = text(in);
                case "activity" -> activity = text(in);
                case "sequenceNumber" -> sequence = text(in);
                default -> in.skipValue();
            }
        }
        in.endObject();
        if (id != null) {
            into.add(PresenceApi.Seen.of(id, availability, activity, sequence));
        }
    }

    /** The results of a JSON batch by the ids of its items. */
    static Map<String, Result> batch(Reader text) throws IOException {
        Map<String, Result> byId = new HashMap<>();
        array(text, "responses", in -> {
            var draft = new Draft();
            object(in, draft::item);
            if (draft.id != null) {
                byId.put(draft.id, draft.result());
            }
        });
        return byId;
    }

    /** What a response that is no success says; its body may be anything. */
    static Result failed(Response response) {
        var draft = new Draft();
        draft.status = response.code();
        draft.retryAfter = response.header("Retry-After");
        draft.requestId = response.header("request-id");
        ResponseBody body = response.body();
        if (body != null) {
            try {
                whole(body.charStream(), in -> object(in, draft::body));
            } catch (IOException e) {
                draft.message = "no reason given that can be read (" + e.getMessage() + ")";
            }
        }
        return draft.result();
    }

    /** Reads an object with an array of this name. */
    private static void array(Reader text, String wanted, Element element) throws IOException {
        int[] found = {0};
        whole(text, document -> {
            if (document.peek() != JsonToken.BEGIN_OBJECT) {
                throw new MalformedJsonException(document.peek() + " (expected: an object)");
            }
            object(document, (name, in) -> {
                if (!name.equals(wanted)) {
                    in.skipValue();
                    return;
                }
                found[0]++;
                in.beginArray();
                while (in.hasNext()) {
                    element.read(in);
                }
                in.endArray();
            });
        });
        if (found[0] == 0) {
            throw new MalformedJsonException("no \"" + wanted + "\"");
        }
    }

    private static void whole(Reader text, Element document) throws IOException {
        var in = new JsonReader(text);
        try {
            document.read(in);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more after the end");
            }
        } catch (IllegalStateException | NumberFormatException e) {
            throw new MalformedJsonException(e.getMessage(), e);
        }
    }

    /** Reads an object; anything else has no members. */
    private static void object(JsonReader in, Member members) throws IOException {
        if (in.peek() != JsonToken.BEGIN_OBJECT) {
            in.skipValue();
            return;
        }
        in.beginObject();
        while (in.hasNext()) {
            members.read(in.nextName(), in);
        }
        in.endObject();
    }

    /** Text, a number or a truth value as text; null for anything else. */
    private static @Nullable String text(JsonReader in) throws IOException {
        switch (in.peek()) {
            case STRING, NUMBER -> {
                return in.nextString();
            }
            case BOOLEAN -> {
                return String.valueOf(in.nextBoolean());
            }
            default -> {
                in.skipValue();
                return null;
            }
        }
    }

    private static String textOr(String otherwise, JsonReader in) throws IOException {
        String text = text(in);
        return text == null ? otherwise : text;
    }
}
