package org.jackfield.console;

import java.util.Map;
import javax.servlet.Servlet;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.http.whiteboard.HttpWhiteboardConstants;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Offers the status page to the web container.
 *
 * <p>It takes the root alone (the empty pattern, Servlet 4.0 section 12.2) and not every path that nobody else has. The
 * web container remembers per path who answered; a request for a page that is only just being registered could be
 * remembered for the status page, and {@code /health/ready} be answered 404 until the next restart. The empty pattern
 * cannot be said in the annotations of a component, which drop empty lines.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = ConsoleConfig.PID)
@Designate(ocd = ConsoleConfig.class)
public final class StatusPage {
    private final ServiceRegistration<Servlet> page;

    @Activate
    public StatusPage(BundleContext context, ConsoleConfig config) {
        page = context.registerService(
                Servlet.class,
                new PageServlet(new Guard(config.remote())),
                FrameworkUtil.asDictionary(Map.of(
                        HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_NAME,
                        "jackfield-page",
                        HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN,
                        new String[] {"", "/console.js", "/console.css"})));
    }

    @Deactivate
    void close() {
        page.unregister();
    }
}
