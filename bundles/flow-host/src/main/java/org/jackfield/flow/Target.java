package org.jackfield.flow;

import java.net.URISyntaxException;
import java.util.Map;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint URI taken apart: {@code csta:setAgentState?link=main}.
 *
 * @param path between scheme and question mark
 */
record Target(String uri, String scheme, String path, Map<String, Object> options) {
    /** Null when there is no scheme, or an expression stands in its place. */
    static @Nullable Target of(@Nullable String uri) {
        int colon = uri == null ? -1 : uri.indexOf(':');
        if (uri == null || colon < 1 || uri.substring(0, colon).contains("{")) {
            return null;
        }
        int question = uri.indexOf('?');
        String rest = uri.substring(colon + 1, question < 0 ? uri.length() : Math.max(question, colon + 1));
        return new Target(
                uri,
                uri.substring(0, colon),
                rest.startsWith("//") ? rest.substring(2) : rest,
                question < 0 ? Map.of() : options(uri.substring(question + 1)));
    }

    private static Map<String, Object> options(String query) {
        try {
            return URISupport.parseQuery(query);
        } catch (URISyntaxException e) {
            return Map.of();
        }
    }

    @Nullable
    String option(String name) {
        return options.get(name) instanceof String value ? value : null;
    }

    boolean isDynamic() {
        return path.contains("${") || path.contains("$simple{");
    }
}
