package org.jackfield.bus;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jackfield.plugin.DeadLetters;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the bus in the host: the embedded broker first, then the bus, which is a service before the broker is there.
 * With a configuration that cannot be, only its health is registered, and says why.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = BusConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.OPTIONAL)
@Designate(ocd = BusConfiguration.class)
public final class BusComponent {
    private static final Logger LOG = LoggerFactory.getLogger(BusComponent.class);
    private static final Duration SPOOL_RETRY = Duration.ofSeconds(1);

    private final BundleContext context;
    private final MeterRegistry meters;
    private final Clock clock = Clock.systemUTC();
    private final BusHealth health = new BusHealth(clock);
    private final List<ServiceRegistration<?>> services = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> parts = Collections.synchronizedList(new ArrayList<>());
    private @Nullable Thread starter;
    private volatile boolean stopped;

    @Activate
    public BusComponent(BundleContext context, Map<String, Object> properties, @Reference MeterRegistry meters) {
        this.context = context;
        this.meters = meters;
        services.add(context.registerService(Health.class, health, null));
        BusOptions options = BusOptions.of(properties);
        if (options.faults().isEmpty()) {
            start(options);
        } else {
            refuse(options.faults());
        }
    }

    private void refuse(List<String> faults) {
        meters.counter("jackfield.input.refused", "place", BusOptions.FILE, "reason", "configuration")
                .increment(faults.size());
        String sentence = String.join("; ", faults);
        LOG.error("the bus does not start, nothing works without it: {}", sentence);
        health.without(Status.down(Status.Detail.CONFIGURATION, sentence, clock.instant()));
    }

    private void start(BusOptions options) {
        Path data = dataDir(options);
        EmbeddedBroker.Command command = options.embedded() ? command(options, data) : null;
        EmbeddedBroker broker = command == null ? null : broker(command);
        BusSettings settings = settings(options, data, command == null ? BusSettings.Cluster.ANY : command::fault);
        if (!open(settings, broker)) {
            starter = new Thread(() -> retry(settings, broker), "bus-start");
            starter.setDaemon(true);
            starter.start();
        }
    }

    /** Another host may still be ending on the same spool. */
    private void retry(BusSettings settings, @Nullable EmbeddedBroker broker) {
        try {
            do {
                Thread.sleep(SPOOL_RETRY.toMillis());
            } while (!stopped && !open(settings, broker));
        } catch (InterruptedException e) {
            LOG.debug("start given up", e);
        }
    }

    private boolean open(BusSettings settings, @Nullable EmbeddedBroker broker) {
        try {
            var bus = new KafkaEventBus(settings, meters, clock);
            parts.add(bus);
            bus.start();
            var desk = new DeadLetterDesk(bus);
            parts.add(desk);
            health.bus(bus, broker);
            services.add(context.registerService(EventBus.class, bus, null));
            services.add(context.registerService(DeadLetters.class, desk, null));
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "the spool in {} cannot be opened, again in {} s: {}",
                    settings.dataDir(),
                    SPOOL_RETRY.toSeconds(),
                    e.toString());
            health.without(Status.down(Status.Detail.INTERNAL, e.toString(), clock.instant()));
            return false;
        }
    }

    private EmbeddedBroker.Command command(BusOptions options, Path data) {
        Path home = Path.of(property("karaf.home", "."));
        Path log = Path.of(property("karaf.log", data.toString())).resolve("broker.log");
        return new EmbeddedBroker.Command(
                home.resolve("broker").resolve("lib"),
                data.resolve("broker"),
                options.brokerPort(),
                options.brokerHeapMb(),
                log);
    }

    private EmbeddedBroker broker(EmbeddedBroker.Command command) {
        var broker = new EmbeddedBroker(command);
        parts.add(broker);
        broker.start();
        return broker;
    }

    private Path dataDir(BusOptions options) {
        Path configured = options.dataDir();
        return configured != null ? configured : Path.of(property("karaf.data", "data"));
    }

    private static BusSettings settings(BusOptions options, Path data, BusSettings.Cluster cluster) {
        String servers = options.embedded() ? "127.0.0.1:" + options.brokerPort() : options.bootstrapServers();
        return BusSettings.of(options.node(), servers, data.resolve("spool"), options.tenants())
                .limited(options.spoolLimitMb() * 1024L * 1024L)
                .topics(options.partitions(), (short) options.replication())
                .only(cluster);
    }

    private String property(String name, String otherwise) {
        return Optional.ofNullable(context.getProperty(name)).orElse(otherwise);
    }

    @Deactivate
    void deactivate() {
        stopped = true;
        Thread starting = starter;
        if (starting != null) {
            starting.interrupt();
        }
        services.forEach(BusComponent::unregister);
        List<AutoCloseable> reversed = new ArrayList<>(parts);
        Collections.reverse(reversed);
        for (AutoCloseable part : reversed) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} could not be closed in order", part.getClass().getSimpleName(), e);
            }
        }
    }

    private static void unregister(ServiceRegistration<?> service) {
        try {
            service.unregister();
        } catch (IllegalStateException e) {
            LOG.debug("a service was gone already", e);
        }
    }
}
