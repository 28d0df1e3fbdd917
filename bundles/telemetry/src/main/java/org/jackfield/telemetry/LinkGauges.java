package org.jackfield.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.plugin.Link;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Keeps the gauge {@code jackfield.link.up}, 1 while a link works and 0 otherwise, for every link service. */
@Component(
        service = {},
        immediate = true)
public final class LinkGauges {
    private final MeterRegistry meters;
    private final Map<Link, Gauge> gauges = new ConcurrentHashMap<>();

    @Activate
    public LinkGauges(@Reference MeterRegistry meters) {
        this.meters = meters;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLink(Link link) {
        gauges.computeIfAbsent(link, this::gauge);
    }

    void removeLink(Link link) {
        Gauge gauge = gauges.remove(link);
        if (gauge != null) {
            meters.remove(gauge);
        }
    }

    private Gauge gauge(Link link) {
        return Gauge.builder("jackfield.link.up", link, l -> l.status().works() ? 1 : 0)
                .tags(
                        "kind", link.id().kind(),
                        "name", link.id().name(),
                        "tenant", link.id().tenant())
                .description("1 while the link works, well or badly")
                .register(meters);
    }
}
