package org.jackfield.teams;

import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
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
    /** About what an item takes. */
    private static final int ITEM_CHARS = 512;

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
     * The answer: one result for each item, in their order, of status 0 when Graph did not mention it; when it was sent;
     * and what was wrong with all of it.
     */
    record Answer(
            List<GraphAnswer.Result> results,
            WireMark wire,
            @Nullable IOException failure) {}

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
            return new Answer(results(items.size(), response), wire, null);
        } catch (IOException e) {
            return new Answer(List.of(), wire, e);
        }
    }

    private static String body(List<Item> items) {
        var text = new StringWriter(items.size() * ITEM_CHARS);
        try (JsonWriter out = new JsonWriter(text)) {
            out.beginObject().name("requests").beginArray();
            for (int i = 0; i < items.size(); i++) {
                String content = items.get(i).body();
                out.beginObject();
                out.name("id").value(String.valueOf(i));
                out.name("method").value("POST");
                out.name("url").value(items.get(i).path());
                out.name("headers").beginObject();
                out.name("Content-Type").value("application/json");
                out.name("client-request-id").value(UUID.randomUUID().toString());
                out.endObject();
                out.name("body").jsonValue(content.isEmpty() ? "{}" : content);
                out.endObject();
            }
            out.endArray().endObject();
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return text.toString();
    }

    private static List<GraphAnswer.Result> results(int size, Response response) throws IOException {
        if (!response.isSuccessful()) {
            GraphAnswer.Result all = GraphAnswer.failed(response);
            return IntStream.range(0, size).mapToObj(i -> all).toList();
        }
        ResponseBody body = response.body();
        Map<String, GraphAnswer.Result> byId = Map.of();
        String fault = "not in the batch answer";
        try {
            byId = body == null ? byId : GraphAnswer.batch(body.charStream());
        } catch (MalformedJsonException | EOFException e) {
            fault = "no batch answer: " + e.getMessage();
        }
        var missing = new GraphAnswer.Result(0, "rubbish", fault, null, null);
        Map<String, GraphAnswer.Result> known = byId;
        return IntStream.range(0, size)
                .mapToObj(i -> known.getOrDefault(String.valueOf(i), missing))
                .toList();
    }
}
