package org.jackfield.teams;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Entra and Graph on one loopback port, answering what a test says; keeps every request. */
final class GraphServer implements AutoCloseable {
    /** A request as it came. */
    record Request(String method, String path, Map<String, List<String>> headers, String body, Instant at) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(h -> h.getKey().equalsIgnoreCase(name))
                    .map(h -> h.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }
    }

    /** An answer to give. */
    record Answer(int status, String type, String body, Map<String, String> headers, Duration delay) {
        static Answer json(int status, String body) {
            return new Answer(status, "application/json", body, Map.of(), Duration.ZERO);
        }

        static Answer empty(int status) {
            return json(status, "");
        }

        static Answer error(int status, String code) {
            return json(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"because\"}}");
        }

        Answer with(String name, String value) {
            return new Answer(status, type, body, Map.of(name, value), delay);
        }
    }

    static final String TOKEN = "t0ken-that-nobody-may-see";

    final List<Request> requests = new CopyOnWriteArrayList<>();
    /** Gives the answer of a token request, null for a good token. */
    volatile Function<Request, @Nullable Answer> entra = request -> null;
    /** Gives the answer of a Graph request, null for success. */
    volatile Function<Request, @Nullable Answer> graph = request -> null;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    GraphServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Request> to(String part) {
        return requests.stream().filter(r -> r.path().contains(part)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                Map.copyOf(exchange.getRequestHeaders()),
                body,
                Instant.now());
        requests.add(request);
        boolean login = request.path().contains("/oauth2/") || request.path().contains("openid-configuration");
        boolean token = request.path().contains("/oauth2/");
        Answer given = token ? entra.apply(request) : login ? null : graph.apply(request);
        Answer answer = given != null ? given : token ? token() : success(request);
        if (!answer.delay().isZero()) {
            try {
                Thread.sleep(answer.delay().toMillis()); // the slow peer is what is tested
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private static Answer token() {
        return Answer.json(
                200,
                "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"ext_expires_in\":3599,\"access_token\":\"" + TOKEN
                        + "\"}");
    }

    private static Answer success(Request request) {
        if (request.path().contains("openid-configuration")) {
            String directory = request.path().split("/")[1];
            return Answer.json(200, "{\"issuer\":\"https://login.microsoftonline.com/" + directory + "/v2.0\"}");
        }
        if (!request.path().contains("getPresencesByUserId")) {
            return Answer.empty(200);
        }
        return Answer.json(
                200,
                "{\"value\":[{\"id\":\"" + Bench.ANNA
                        + "\",\"availability\":\"Away\",\"activity\":\"BeRightBack\",\"sequenceNumber\":\"A1\","
                        + "\"newMember\":{\"x\":1}}]}");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
