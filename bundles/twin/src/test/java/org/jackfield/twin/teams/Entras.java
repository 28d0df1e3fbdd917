package org.jackfield.twin.teams;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jackfield.twin.Json;

/** Plain HTTP towards the twin, for tests that must see what an SDK hides. */
final class Entras {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Entras() {}

    static String appToken(int port, String tenant, String client, String secret) {
        JsonNode answer = Json.parse(token(port, tenant, client, secret).body());
        return answer.path("access_token").asText();
    }

    static HttpResponse<String> token(int port, String tenant, String client, String secret) {
        String form = "grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret + "&scope="
                + URLEncoder.encode("https://graph.microsoft.com/.default", StandardCharsets.UTF_8);
        return send(HttpRequest.newBuilder(uri(port, "/" + tenant + "/oauth2/v2.0/token"))
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    static HttpResponse<String> get(int port, String path, String token) {
        return send(HttpRequest.newBuilder(uri(port, path))
                .header("Authorization", "Bearer " + token)
                .build());
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
