package org.jackfield.teams;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Sends several writes as one request (JSON batching, POST /$batch). Blocks; called on threads of the link.
 * Graph answers and meters each item by itself, so each has a result of its own; a batch that fails as a whole fails all.
 */
final class PresenceBatch {
    /** How many items Graph takes at once. */
    static final int MOST = 20;

    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient http;
    private final URI graph;

    PresenceBatch(OkHttpClient http, URI graph) {
        this.http = http;
        this.graph = graph;
    }

    /**
     * One write.
     *
     * @param path below the version, for example {@code /users/0/presence/setPresence}
     * @param body JSON, or empty
     */
    record Item(String path, String body) {}

    /**
     * What became of an item.
     *
     * @param status 0 when Graph did not mention it
     */
    record Result(
            int status,
            String code,
            String message,
            @Nullable String retryAfter,
            @Nullable String requestId) {}

    /** The answer: one result for each item, in their order; when it was sent; and what was wrong with all of it. */
    record Answer(
            List<Result> results, WireMark wire, @Nullable IOException failure) {}

    Answer send(List<Item> items, String token) {
        var wire = new WireMark(false);
        Request request = new Request.Builder()
                .url(graph + "/v1.0/$batch")
                .header("Authorization", "Bearer " + token)
                .header("client-request-id", UUID.randomUUID().toString())
                .tag(WireMark.class, wire)
                .post(RequestBody.create(body(items), JSON))
                .build();
        try (Response response = http.newCall(request).execute()) {
            ResponseBody body = response.body();
            String text = body == null ? "" : body.string();
            return new Answer(results(items.size(), response, text), wire, null);
        } catch (IOException e) {
            return new Answer(List.of(), wire, e);
        }
    }

    private static String body(List<Item> items) {
        var requests = new JsonArray();
        for (int i = 0; i < items.size(); i++) {
            var headers = new JsonObject();
            headers.addProperty("Content-Type", "application/json");
            headers.addProperty("client-request-id", UUID.randomUUID().toString());
            var request = new JsonObject();
            request.addProperty("id", String.valueOf(i));
            request.addProperty("method", "POST");
            request.addProperty("url", items.get(i).path());
            request.add("headers", headers);
            String content = items.get(i).body();
            request.add("body", content.isEmpty() ? new JsonObject() : JsonParser.parseString(content));
            requests.add(request);
        }
        var batch = new JsonObject();
        batch.add("requests", requests);
        return batch.toString();
    }

    private static List<Result> results(int size, Response response, String text) {
        Map<String, Result> byId = new HashMap<>();
        Result all = null;
        try {
            JsonObject answer = JsonParser.parseString(text).getAsJsonObject();
            if (!response.isSuccessful()) {
                all = result(response.code(), response.header("Retry-After"), response.header("request-id"), answer);
            } else {
                for (JsonElement each : answer.getAsJsonArray("responses")) {
                    JsonObject one = each.getAsJsonObject();
                    JsonElement body = one.get("body");
                    byId.put(
                            one.get("id").getAsString(),
                            result(
                                    one.get("status").getAsInt(),
                                    header(one.get("headers"), "Retry-After"),
                                    header(one.get("headers"), "request-id"),
                                    body != null && body.isJsonObject() ? body.getAsJsonObject() : new JsonObject()));
                }
            }
        } catch (JsonParseException | IllegalStateException | ClassCastException | NullPointerException e) {
            int status = response.isSuccessful() ? 0 : response.code();
            all = new Result(status, "rubbish", "no batch answer", response.header("Retry-After"), null);
        }
        Result missing = all != null ? all : new Result(0, "rubbish", "not in the batch answer", null, null);
        return java.util.stream.IntStream.range(0, size)
                .mapToObj(i -> byId.getOrDefault(String.valueOf(i), missing))
                .toList();
    }

    private static Result result(int status, @Nullable String retryAfter, @Nullable String requestId, JsonObject body) {
        JsonElement error = body.get("error");
        JsonObject named = error != null && error.isJsonObject() ? error.getAsJsonObject() : new JsonObject();
        return new Result(
                status, text(named, "code", "http"), text(named, "message", "no reason given"), retryAfter, requestId);
    }

    private static String text(JsonObject object, String name, String otherwise) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : otherwise;
    }

    private static @Nullable String header(@Nullable JsonElement headers, String name) {
        if (headers == null || !headers.isJsonObject()) {
            return null;
        }
        for (Map.Entry<String, JsonElement> header : headers.getAsJsonObject().entrySet()) {
            if (header.getKey().equalsIgnoreCase(name) && header.getValue().isJsonPrimitive()) {
                return header.getValue().getAsString();
            }
        }
        return null;
    }
}
