package org.jackfield.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.FakeEventBus;
import org.junit.jupiter.api.Test;

class ApiServletTest {
    private final FakeEventBus bus = new FakeEventBus();
    private final HostView host = new HostView(bus);
    private final ApiServlet api = new ApiServlet(host, new Guard(false));
    private final Map<String, String> headers = new HashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status = 200;

    @Test
    void everyLinkIsALineWithItsSentence() throws Exception {
        host.addLink(new QuietLink(Status.degraded(Status.Detail.OVERLOAD, "asked to wait 7 s", Instant.EPOCH)));
        JsonNode page = get("/api/overview", null, "127.0.0.1", "localhost");
        assertThat(page.at("/links/0/name").asText()).isEqualTo("teams:main");
        assertThat(page.at("/links/0/state").asText()).isEqualTo("DEGRADED");
        assertThat(page.at("/links/0/sentence").asText()).isEqualTo("asked to wait 7 s");
        assertThat(page.at("/flows").isEmpty()).as("flow-host is not installed").isTrue();
    }

    @Test
    void eventsBehindAnIdComeOnceAndInOrder() throws Exception {
        publish("one");
        String after = bus.events().get(0).id();
        publish("two");
        publish("three");
        JsonNode events = get("/api/events", after, "127.0.0.1", "127.0.0.1");
        assertThat(events.findValuesAsText("sentence")).containsExactly("two", "three");
    }

    @Test
    void onlyTheLoopbackIsAnswered() throws Exception {
        get("/api/overview", null, "192.0.2.7", "localhost");
        assertThat(status).isEqualTo(403);
        assertThat(body.size()).isZero();
    }

    @Test
    void aForeignNameForTheLoopbackIsRefused() throws Exception {
        get("/api/overview", null, "127.0.0.1", "evil.example");
        assertThat(status).isEqualTo(403);
        assertThat(headers).containsEntry("X-Frame-Options", "DENY");
    }

    @Test
    void noMoreEventsAreKeptThanTheLimit() {
        var recent = new RecentEvents(2);
        for (String word : List.of("a", "b", "c")) {
            publish(word);
        }
        bus.events().forEach(recent::add);
        assertThat(recent.after(null)).containsExactlyElementsOf(bus.events().subList(1, 3));
        assertThat(recent.after(bus.events().get(0).id())).hasSize(2);
    }

    private void publish(String sentence) {
        var changed = new LinkEvents.Changed("teams:main", "up", sentence);
        bus.publish(EventDraft.of("demo", "/test", Origin.HOST, Instant.EPOCH, changed));
    }

    private JsonNode get(String path, String after, String remote, String server) throws Exception {
        var request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (p, m, a) -> switch (m.getName()) {
                    case "getServletPath" -> path;
                    case "getParameter" -> after;
                    case "getRemoteAddr" -> remote;
                    case "getServerName" -> server;
                    default -> throw new UnsupportedOperationException(m.getName());
                });
        var response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (p, m, a) -> {
                    switch (m.getName()) {
                        case "setHeader" -> headers.put((String) a[0], (String) a[1]);
                        case "setStatus" -> status = (int) a[0];
                        case "setContentType" -> headers.put("Content-Type", (String) a[0]);
                        case "getOutputStream" -> {
                            return new Bytes();
                        }
                        default -> throw new UnsupportedOperationException(m.getName());
                    }
                    return null;
                });
        api.doGet(request, response);
        return new ObjectMapper().readTree(body.toByteArray());
    }

    private final class Bytes extends ServletOutputStream {
        @Override
        public void write(int b) {
            body.write(b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    private record QuietLink(Status status) implements Link {
        @Override
        public LinkId id() {
            return new LinkId("demo", "teams", "main");
        }

        @Override
        public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public void close() {}
    }
}
