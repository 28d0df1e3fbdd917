package org.jackfield.twin.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jackfield.twin.Json;

/** The host's overview page, to know when its links and flows run. Blocks while it waits. */
final class HostPage {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String base;

    /** {@code base} is the host's address, empty when it is not to be asked. */
    HostPage(String base) {
        this.base = base;
    }

    /** Waits until every link is up and every flow runs; goes on without them after {@code within}. */
    void awaitLinked(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!base.isEmpty() && !linked()) {
            if (System.nanoTime() > deadline) {
                System.out.println("demo: not every link and flow of the host is up, see " + base + "/");
                return;
            }
            Steps.pause(50);
        }
    }

    private boolean linked() {
        try {
            HttpResponse<String> page = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/api/overview")).build(),
                    HttpResponse.BodyHandlers.ofString());
            if (page.statusCode() != 200) {
                return false;
            }
            JsonNode overview = Json.parse(page.body());
            return all(overview.path("links"), "UP") && all(overview.path("flows"), "RUNNING");
        } catch (IOException | IllegalArgumentException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean all(JsonNode items, String state) {
        for (JsonNode item : items) {
            if (!item.path("state").asText().equals(state)) {
                return false;
            }
        }
        return !items.isEmpty();
    }
}
