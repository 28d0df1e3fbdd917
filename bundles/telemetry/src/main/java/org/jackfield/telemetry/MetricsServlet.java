package org.jackfield.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.servlet.Servlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** The page {@code /metrics}: all meters in the Prometheus text format. Reads the meters when asked. */
@Component(service = Servlet.class, immediate = true)
@HttpWhiteboardServletName("jackfield-metrics")
@HttpWhiteboardServletPattern("/metrics")
public final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient HostMeters meters;

    @Activate
    public MetricsServlet(@Reference HostMeters meters) {
        this.meters = meters;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;version=0.0.4;charset=utf-8");
        response.getOutputStream().write(meters.text().getBytes(StandardCharsets.UTF_8));
    }
}
