package org.jackfield.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.servlet.Servlet;
import javax.servlet.http.Cookie;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Overview;
import org.jackfield.plugin.SignIn;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's own page below {@code /agent}: sign in with Entra, see the own state on both sides, go Ready or NotReady.
 * Whoever has the app role Agent and a line in the agent dictionary is let in, and acts for that line only. Waits for
 * Entra and the ACD on the servlet's thread, some seconds at most.
 */
@Component(service = Servlet.class, configurationPid = ConsoleConfig.PID, immediate = true)
@HttpWhiteboardServletName("jackfield-agent")
@HttpWhiteboardServletPattern({"/agent", "/agent/*"})
public final class AgentServlet extends HttpServlet {
    private static final Logger LOG = LoggerFactory.getLogger(AgentServlet.class);
    private static final long serialVersionUID = 1;
    private static final String ROLE = "Agent";
    private static final String SESSION = "jackfield-agent";
    private static final String ATTEMPT = "jackfield-attempt";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration ACD = Duration.ofSeconds(5);
    private static final int LONGEST_REASON = 40;
    private static final Map<String, String> FILES = Map.of(
            "", "agent.html:text/html;charset=utf-8",
            "/agent.js", "agent.js:text/javascript;charset=utf-8",
            "/agent.css", "agent.css:text/css;charset=utf-8");

    private final transient HostView host;
    private final transient Guard guard;
    private final transient AgentDoor door;
    private final String base;
    private final transient ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    /** What the page shows. */
    record Me(
            String agent,
            String name,
            @Nullable AgentState state,
            @Nullable AgentState pending,
            @Nullable String reason,
            @Nullable Instant since,
            @Nullable String availability,
            @Nullable String activity,
            @Nullable String explanation) {}

    @Activate
    public AgentServlet(@Reference HostView host, ConsoleConfig config) {
        this(
                host,
                new Guard(config.remote() || !config.agentUrl().isBlank()),
                new AgentDoor(Clock.systemUTC()),
                config.agentUrl().strip());
    }

    AgentServlet(HostView host, Guard guard, AgentDoor door, String base) {
        this.host = host;
        this.guard = guard;
        this.door = door;
        this.base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!guard.admits(request, response)) {
            return;
        }
        response.setHeader("Cache-Control", "no-store");
        String path = path(request);
        switch (path) {
            case "/sign-in" -> signIn(request, response);
            case "/back" -> back(request, response);
            case "/me" -> me(request, response);
            default -> file(path, response);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!guard.admits(request, response)) {
            return;
        }
        // a form of another site cannot set a header
        if (!"agent".equals(request.getHeader("X-Jackfield"))) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        switch (path(request)) {
            case "/state" -> change(request, response);
            case "/sign-out" -> {
                door.close(cookie(request, SESSION));
                keep(request, response, SESSION, "", 0);
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            default -> response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static String path(HttpServletRequest request) {
        String path = request.getRequestURI().substring("/agent".length());
        return path.equals("/") ? "" : path;
    }

    private void file(String path, HttpServletResponse response) throws IOException {
        String file = FILES.get(path);
        if (file == null) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        String[] parts = file.split(":", 2);
        response.setContentType(parts[1]);
        try (InputStream content = AgentServlet.class.getResourceAsStream("/page/" + parts[0])) {
            if (content == null) {
                throw new IOException("the bundle lacks /page/" + parts[0]);
            }
            content.transferTo(response.getOutputStream());
        }
    }

    private void signIn(HttpServletRequest request, HttpServletResponse response) {
        Optional<SignIn> provider = host.signIn(request.getParameter("tenant"));
        if (provider.isEmpty()) {
            refuse(response, "unavailable");
            return;
        }
        try {
            SignIn.Attempt attempt = provider.get().begin(URI.create(address(request) + "/agent/back"));
            keep(request, response, ATTEMPT, door.begin(provider.get(), attempt), AgentDoor.ATTEMPT.toSeconds());
            redirect(response, attempt.address().toString());
        } catch (IllegalStateException e) {
            LOG.warn("nobody can sign in: {}", e.getMessage());
            refuse(response, "unavailable");
        }
    }

    /** The page's own address as browsers see it. */
    private String address(HttpServletRequest request) {
        if (!base.isEmpty()) {
            return base;
        }
        return request.getScheme() + "://" + request.getServerName() + ":" + request.getServerPort();
    }

    private void back(HttpServletRequest request, HttpServletResponse response) {
        AgentDoor.Returned returned = door.returned(request.getParameter("state"), cookie(request, ATTEMPT));
        String code = request.getParameter("code");
        keep(request, response, ATTEMPT, "", 0);
        if (returned == null || code == null) {
            refuse(response, "failed");
            return;
        }
        SignIn.Person person = person(returned, code);
        if (person == null) {
            refuse(response, "failed");
        } else if (!person.roles().contains(ROLE)) {
            LOG.info("{} was not let in: the app role {} is missing", person.name(), ROLE);
            refuse(response, "role");
        } else if (host.agent(person).isEmpty()) {
            LOG.info("{} was not let in: no line in the agent dictionary has user {}", person.name(), person.user());
            refuse(response, "agent");
        } else {
            keep(request, response, SESSION, door.open(person), AgentDoor.SESSION.toSeconds());
            redirect(response, "/agent");
        }
    }

    private static SignIn.@Nullable Person person(AgentDoor.Returned returned, String code) {
        try {
            return returned.provider()
                    .finish(returned.attempt(), code)
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("a sign-in failed: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private void me(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SignIn.Person person = door.who(cookie(request, SESSION));
        Optional<Agent> agent = person == null ? Optional.empty() : host.agent(person);
        if (person == null || agent.isEmpty()) {
            answer(response, HttpServletResponse.SC_UNAUTHORIZED, Map.of("tenants", host.signInTenants()));
            return;
        }
        Overview.AgentNow now = host.now(agent.get()).orElse(null);
        answer(
                response,
                HttpServletResponse.SC_OK,
                new Me(
                        agent.get().id(),
                        person.name(),
                        now == null ? null : now.state(),
                        now == null ? null : now.pending(),
                        now == null ? null : now.reason(),
                        now == null ? null : now.since(),
                        now == null ? null : now.availability(),
                        now == null ? null : now.activity(),
                        now == null ? null : now.explanation()));
    }

    private void change(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SignIn.Person person = door.who(cookie(request, SESSION));
        Agent agent = person == null ? null : host.agent(person).orElse(null);
        if (agent == null) {
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            return;
        }
        AgentState state;
        String reason;
        try {
            JsonNode body = json.readTree(request.getInputStream());
            state = wanted(body.path("state").asText());
            String text = body.path("reason").asText("").strip();
            reason = text.isEmpty() ? null : text.substring(0, Math.min(text.length(), LONGEST_REASON));
        } catch (IOException | IllegalArgumentException e) {
            answer(response, HttpServletResponse.SC_BAD_REQUEST, Map.of("error", "state: ready or notReady"));
            return;
        }
        Link link = host.acd(agent).orElse(null);
        if (link == null) {
            answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, Map.of("error", "the ACD is not linked"));
            return;
        }
        order(response, agent, link, state, reason);
    }

    private static AgentState wanted(String state) {
        return switch (state) {
            case "ready" -> AgentState.READY;
            case "notReady" -> AgentState.NOT_READY;
            default -> throw new IllegalArgumentException("state: " + state);
        };
    }

    /** The agent's own choice counts like an operator's: it is later than what was chosen in Teams. */
    private void order(HttpServletResponse response, Agent agent, Link link, AgentState state, @Nullable String reason)
            throws IOException {
        Event asked = host.bus()
                .publish(EventDraft.of(
                        agent.tenant(),
                        "/console/agent",
                        Origin.OPERATOR,
                        Instant.now(),
                        new AgentEvents.StateRequested(agent.id(), state, reason)));
        var command = new Command<>(Acd.SET_AGENT_STATE, new Acd.SetAgentState(agent.id(), state, reason), asked, ACD);
        try {
            Acd.SetAgentStateAnswer answer =
                    link.execute(command).toCompletableFuture().get(ACD.toSeconds() + 1, TimeUnit.SECONDS);
            String pending =
                    answer.pending() == null ? "" : answer.pending().name().toLowerCase(Locale.ROOT);
            answer(response, HttpServletResponse.SC_OK, Map.of("outcome", answer.outcome(), "pending", pending));
        } catch (ExecutionException e) {
            String code = e.getCause() instanceof CommandException refusal ? refusal.code() : "failed";
            answer(response, HttpServletResponse.SC_CONFLICT, Map.of("error", "the ACD did not do it: " + code));
        } catch (TimeoutException e) {
            answer(response, HttpServletResponse.SC_CONFLICT, Map.of("error", "the ACD did not answer"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpServletResponse response, int status, Object body) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json;charset=utf-8");
        json.writeValue(response.getOutputStream(), body);
    }

    private static void refuse(HttpServletResponse response, String why) {
        redirect(response, "/agent?refused=" + why);
    }

    private static void redirect(HttpServletResponse response, String to) {
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader("Location", to);
    }

    private static @Nullable String cookie(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(name)) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }

    private void keep(
            HttpServletRequest request, HttpServletResponse response, String name, String value, long seconds) {
        boolean secure = request.isSecure() || base.startsWith("https:");
        response.addHeader(
                "Set-Cookie",
                name + "=" + value + "; Path=/agent; Max-Age=" + seconds + "; HttpOnly; SameSite=Lax"
                        + (secure ? "; Secure" : ""));
    }
}
