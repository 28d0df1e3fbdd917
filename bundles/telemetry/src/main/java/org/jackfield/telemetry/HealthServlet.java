package org.jackfield.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.servlet.Servlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Link;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The pages {@code /health/live} (200 while the process answers) and {@code /health/ready} (200 or 503, with one line per
 * link and part). Asks each part when it is asked; nothing is cached.
 */
@Component(service = Servlet.class, configurationPid = "org.jackfield.telemetry", immediate = true)
@Designate(ocd = HealthServlet.Config.class)
@HttpWhiteboardServletName("jackfield-health")
@HttpWhiteboardServletPattern({"/health/live", "/health/ready"})
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Collection<Link> links = new CopyOnWriteArrayList<>();
    private final transient Collection<Health> parts = new CopyOnWriteArrayList<>();
    private final transient Readiness readiness;
    private final transient Supplier<List<String>> missingServices;

    /** What makes the host ready. */
    @ObjectClassDefinition(name = "Jackfield telemetry")
    @interface Config {
        @AttributeDefinition(
                description = "Seconds for which a link that is still starting keeps the host unready, 0-600.")
        int startGraceSeconds() default 10;

        @AttributeDefinition(description = "Names of parts that must be there and work before the host is ready.")
        String[] requiredParts() default {"bus", "flows"};

        @AttributeDefinition(
                description = "Links (kind:name) that must work before the host is ready; none by default.")
        String[] requiredLinks() default {};

        @AttributeDefinition(description = "Service types that must be registered before the host is ready.")
        String[] awaitServices() default {"org.apache.karaf.features.BootFinished"};
    }

    @Activate
    public HealthServlet(BundleContext context, Config config) {
        this(
                new Readiness(
                        Clock.systemUTC(),
                        grace(config.startGraceSeconds()),
                        names(config.requiredParts()),
                        names(config.requiredLinks())),
                () -> missing(context, names(config.awaitServices())));
    }

    HealthServlet(Readiness readiness, Supplier<List<String>> missingServices) {
        this.readiness = readiness;
        this.missingServices = missingServices;
    }

    /** A {@code .cfg} file gives one text for an array: names apart by commas, or nothing at all. */
    private static Set<String> names(String... given) {
        return Stream.of(given)
                .flatMap(text -> Stream.of(text.split(",", -1)))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Duration grace(int seconds) {
        if (seconds < 0 || seconds > 600) {
            throw new IllegalArgumentException(
                    "startGraceSeconds: " + seconds + " (expected: 0-600) in etc/org.jackfield.telemetry.cfg");
        }
        return Duration.ofSeconds(seconds);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLink(Link link) {
        links.add(link);
    }

    void removeLink(Link link) {
        links.remove(link);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPart(Health part) {
        parts.add(part);
    }

    void removePart(Health part) {
        parts.remove(part);
    }

    private static List<String> missing(BundleContext context, Set<String> types) {
        List<String> missing = new ArrayList<>();
        for (String type : types) {
            if (!registered(context, type)) {
                missing.add("service " + type);
            }
        }
        return missing;
    }

    private static boolean registered(BundleContext context, String type) {
        try {
            return context.getAllServiceReferences(type, null) != null;
        } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new IllegalStateException("a null filter has no syntax", e);
        }
    }

    Readiness.Report report() {
        return readiness.report(parts, links, missingServices.get());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getServletPath().endsWith("/live")) {
            write(response, HttpServletResponse.SC_OK, "{\"status\": \"live\"}\n");
            return;
        }
        Readiness.Report report = report();
        int status = report.ready() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        write(response, status, HealthJson.of(report));
    }

    private static void write(HttpServletResponse response, int status, String body) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
}
