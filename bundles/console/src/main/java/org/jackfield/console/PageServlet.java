package org.jackfield.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import javax.servlet.Servlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.osgi.service.metatype.annotations.Designate;

/** The status page, three files of this bundle. It asks {@link ApiServlet} for what it shows. */
@Component(service = Servlet.class, configurationPid = ConsoleConfig.PID, immediate = true)
@Designate(ocd = ConsoleConfig.class)
@HttpWhiteboardContextSelect("(osgi.http.whiteboard.context.name=" + PageContext.NAME + ")")
@HttpWhiteboardServletName("jackfield-page")
@HttpWhiteboardServletPattern({"/", "/console.js", "/console.css"})
public final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Map<String, String> TYPES = Map.of(
            "/index.html", "text/html;charset=utf-8",
            "/console.js", "text/javascript;charset=utf-8",
            "/console.css", "text/css;charset=utf-8");

    private final transient Guard guard;

    @Activate
    public PageServlet(ConsoleConfig config) {
        guard = new Guard(config.remote());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!guard.admits(request, response)) {
            return;
        }
        String uri = request.getRequestURI();
        String file = uri.equals("/") ? "/index.html" : uri;
        String type = TYPES.get(file);
        if (type == null) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setContentType(type);
        response.setHeader("Cache-Control", "no-cache");
        try (InputStream content = PageServlet.class.getResourceAsStream("/page" + file)) {
            if (content == null) {
                throw new IOException("the bundle lacks /page" + file);
            }
            content.transferTo(response.getOutputStream());
        }
    }
}
