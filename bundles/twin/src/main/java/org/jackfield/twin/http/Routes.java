package org.jackfield.twin.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is served where: method and path with variables such as {@code /users/{id}/presence}; case of words is ignored. */
public final class Routes {
    private record Route(String method, List<String> parts, Function<Request, Answer> handler) {}

    private final List<Route> routes = new ArrayList<>();

    public Routes on(String method, String path, Function<Request, Answer> handler) {
        routes.add(new Route(method, split(path), handler));
        return this;
    }

    /** The answer of the first route that fits, or empty when none does. */
    public Optional<Answer> answer(Request request) {
        List<String> parts = split(request.path());
        for (Route route : routes) {
            Map<String, String> vars = route.method().equals(request.method()) ? match(route.parts(), parts) : null;
            if (vars != null) {
                return Optional.of(route.handler().apply(request.with(vars)));
            }
        }
        return Optional.empty();
    }

    private static @Nullable Map<String, String> match(List<String> wanted, List<String> parts) {
        if (wanted.size() != parts.size()) {
            return null;
        }
        Map<String, String> vars = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).startsWith("{")) {
                vars.put(
                        wanted.get(i).substring(1, wanted.get(i).length() - 1),
                        Request.decode(parts.get(i).replace("+", "%2B")));
            } else if (!wanted.get(i).equalsIgnoreCase(parts.get(i))) {
                return null;
            }
        }
        return vars;
    }

    private static List<String> split(String path) {
        String trimmed = path.startsWith("/") ? path.substring(1) : path;
        return List.of(trimmed.split("/", -1));
    }
}
