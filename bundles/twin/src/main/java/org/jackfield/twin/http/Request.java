package org.jackfield.twin.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jackfield.twin.Json;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request. Immutable.
 *
 * @param path without the query, as it came (escapes kept)
 * @param headers by name in any case, the first value of each
 * @param vars the route's variables, unescaped
 */
public record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        String body,
        Map<String, String> vars) {

    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /** A variable of the route, for example {@code id} of {@code /users/{id}}. */
    public String var(String name) {
        String value = vars.get(name);
        if (value == null) {
            throw new IllegalStateException("route has no variable " + name);
        }
        return value;
    }

    public JsonNode json() {
        return Json.parse(body);
    }

    /** The body as a form ({@code application/x-www-form-urlencoded}). */
    public Map<String, String> form() {
        return pairs(body);
    }

    Request with(Map<String, String> routeVars) {
        return new Request(method, path, query, headers, body, routeVars);
    }

    static Map<String, String> pairs(@Nullable String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return pairs;
        }
        for (String pair : text.split("&", -1)) {
            int eq = pair.indexOf('=');
            pairs.put(decode(eq < 0 ? pair : pair.substring(0, eq)), eq < 0 ? "" : decode(pair.substring(eq + 1)));
        }
        return pairs;
    }

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static Map<String, String> headers(Map<String, java.util.List<String>> all) {
        Map<String, String> first = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.forEach((name, values) -> first.put(name, values.isEmpty() ? "" : values.get(0)));
        return first;
    }
}
