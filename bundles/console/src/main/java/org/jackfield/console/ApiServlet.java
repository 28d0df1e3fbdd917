package org.jackfield.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.servlet.Servlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jackfield.event.Event;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Overview;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** What the status page shows, as JSON: {@code /api/overview} and {@code /api/events?after=ID}. Reads only. */
@Component(service = Servlet.class, configurationPid = ConsoleConfig.PID, immediate = true)
@HttpWhiteboardServletName("jackfield-api")
@HttpWhiteboardServletPattern({"/api/overview", "/api/events"})
public final class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient HostView host;
    private final transient Guard guard;
    private final transient ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(
                    SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);

    /** A link or a part, with its status. */
    record StatusLine(
            @Nullable String tenant,
            String name,
            Status.State state,
            Status.Detail detail,
            String sentence,
            Instant since) {}

    /** The whole page but the events. */
    record Page(
            String node,
            double spool,
            List<StatusLine> links,
            List<StatusLine> parts,
            List<Flows.Flow> flows,
            List<Overview.AgentNow> agents,
            List<Overview.CallNow> calls) {}

    @Activate
    public ApiServlet(@Reference HostView host, ConsoleConfig config) {
        this(host, new Guard(config.remote()));
    }

    ApiServlet(HostView host, Guard guard) {
        this.host = host;
        this.guard = guard;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!guard.admits(request, response)) {
            return;
        }
        response.setContentType("application/json;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        Object body = request.getServletPath().endsWith("/events")
                ? host.recent(request.getParameter("after")).stream()
                        .map(ApiServlet::line)
                        .toList()
                : page();
        json.writeValue(response.getOutputStream(), body);
    }

    private Page page() {
        return new Page(
                host.bus().node(),
                host.bus().fill(),
                host.links().stream()
                        .map(l -> line(l.id().tenant(), l.id().toString(), l.status()))
                        .toList(),
                host.parts().stream().map(p -> line(null, p.name(), p.status())).toList(),
                host.flows().map(Flows::flows).orElse(List.of()),
                host.agents(),
                host.calls());
    }

    private static StatusLine line(@Nullable String tenant, String name, Status s) {
        return new StatusLine(tenant, name, s.state(), s.detail(), s.sentence(), s.since());
    }

    private static Map<String, @Nullable Object> line(Event event) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("id", event.id());
        line.put("type", event.data().type());
        line.put("tenant", event.tenant());
        line.put("subject", event.subject());
        line.put("origin", event.origin().text());
        line.put("time", event.time());
        line.put("recorded", event.recorded());
        line.put("correlationId", event.correlationId());
        line.put("causationId", event.causationId());
        line.put("data", event.data());
        return line;
    }
}
