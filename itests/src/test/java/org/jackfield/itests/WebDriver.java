package org.jackfield.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jackfield.testkit.Ports;

/** A headless Chromium, driven by chromedriver over its wire protocol (W3C WebDriver). */
final class WebDriver implements AutoCloseable {
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Process driver;
    private final String base;
    private final String session;

    WebDriver(Path profile) throws IOException, InterruptedException {
        int port = Ports.free();
        driver = new ProcessBuilder("chromedriver", "--port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "chromedriver.log").toFile())
                .start();
        base = "http://127.0.0.1:" + port;
        awaitReady();
        Object options = Map.of(
                "args",
                List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + Files.createDirectories(profile).toAbsolutePath()));
        JsonNode made = call(
                "POST",
                "/session",
                Map.of("capabilities", Map.of("alwaysMatch", Map.of("goog:chromeOptions", options))));
        session = "/session/" + made.path("sessionId").asText();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                if (call("GET", "/status", null).path("ready").asBoolean()) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() > end || !driver.isAlive()) {
                    throw e;
                }
            }
            if (driver.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new IOException("chromedriver ended");
            }
        }
    }

    void open(String url) throws IOException, InterruptedException {
        call("POST", session + "/url", Map.of("url", url));
    }

    String url() throws IOException, InterruptedException {
        return call("GET", session + "/url", null).asText();
    }

    /** The visible text of the first element that {@code css} selects, empty when there is none. */
    String text(String css) throws IOException, InterruptedException {
        return call(
                        "POST",
                        session + "/execute/sync",
                        Map.of(
                                "script",
                                "const e = document.querySelector(arguments[0]); return e ? e.innerText : '';",
                                "args",
                                List.of(css)))
                .asText();
    }

    void click(String css) throws IOException, InterruptedException {
        call("POST", session + "/element/" + element(css) + "/click", Map.of());
    }

    void type(String css, String text) throws IOException, InterruptedException {
        call("POST", session + "/element/" + element(css) + "/value", Map.of("text", text));
    }

    private String element(String css) throws IOException, InterruptedException {
        return call("POST", session + "/element", Map.of("using", "css selector", "value", css))
                .path(ELEMENT)
                .asText();
    }

    private JsonNode call(String method, String path, Object body) throws IOException, InterruptedException {
        var publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .method(method, publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode value = JSON.readTree(answer.body()).path("value");
        if (answer.statusCode() >= 400) {
            throw new IOException(
                    method + " " + path + ": " + value.path("message").asText());
        }
        return value;
    }

    @Override
    public void close() {
        try {
            call("DELETE", session, null);
        } catch (IOException e) {
            // it ends below all the same
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.descendants().forEach(ProcessHandle::destroy);
        driver.destroy();
        try {
            if (!driver.waitFor(10, TimeUnit.SECONDS)) {
                driver.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
