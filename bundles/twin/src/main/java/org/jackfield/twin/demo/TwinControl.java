package org.jackfield.twin.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jackfield.twin.Json;

/** Drives a running twin over its control interface. Thread-safe; blocks until the twin has answered. */
final class TwinControl {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String base;

    /** {@code address} is a port of the loopback or a whole URL. */
    TwinControl(String address) {
        this.base = address.matches("\\d+") ? "http://127.0.0.1:" + address : address;
    }

    JsonNode state() {
        return send(HttpRequest.newBuilder(URI.create(base + "/state")).build());
    }

    JsonNode get(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).build());
    }

    JsonNode post(String path, Map<String, Object> body) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .POST(HttpRequest.BodyPublishers.ofString(Json.text(body)))
                .build());
    }

    /** The ACD's state of an agent, for example {@code agentReady}. */
    String agent(String id) {
        for (JsonNode agent : state().at("/acd/agents")) {
            if (agent.path("id").asText().equals(id)) {
                return agent.path("state").asText();
            }
        }
        return "";
    }

    /** What Teams shows for a user, for example {@code Away/Away}. */
    String presence(String user) {
        JsonNode shown = state().path("teams").path("users").path(user);
        return shown.path("availability").asText() + "/"
                + shown.path("activity").asText();
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(request.uri().getPath() + ": " + answer.statusCode() + " "
                        + Json.parse(answer.body()).path("error").asText(answer.body()));
            }
            return Json.parse(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException("the twin does not answer at " + base + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
