package org.jackfield.flow;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The flow host as OSGi sees it: a component that gives the engine its services and its configuration. */
@Component(
        service = {Flows.class, Health.class},
        immediate = true,
        configurationPid = "org.jackfield.flow")
@Designate(ocd = FlowHost.Config.class)
public final class FlowHost implements Flows, Health {
    private static final Logger LOG = LoggerFactory.getLogger(FlowHost.class);

    private final BundleContext context;
    private final @Nullable FlowEngine engine;
    private final ServiceWatch watch;
    private final BundleListener bundles;
    private final Status refused;

    /** The flow host's configuration, {@code etc/org.jackfield.flow.cfg}. */
    @ObjectClassDefinition(name = "Jackfield flows")
    public @interface Config {
        @AttributeDefinition(description = "The folder of the route files; relative to the host's folder.")
        String directory() default "routes";

        @AttributeDefinition(description = "Milliseconds between two looks at the folder, 10-10000.")
        int pollMillis() default 250;

        @AttributeDefinition(description = "Milliseconds for which a file must not change before it is read, 0-10000.")
        int restMillis() default 200;

        @AttributeDefinition(
                description = "Milliseconds after which an event leaves a version that was replaced, 100-60000.")
        int drainLimitMillis() default 5000;

        @AttributeDefinition(description = "Threads that run flows, 1-256.")
        int workerThreads() default 8;

        @AttributeDefinition(description = "Threads that answer offers, 1-256.")
        int offerThreads() default 4;

        @AttributeDefinition(
                description = "Link kinds that are known before a link of theirs appears, separated by commas.")
        String linkKinds() default "csta,ami,sip,teams";

        @AttributeDefinition(description = "The tenant whose topics carry what is told about flows.")
        String tenant() default "host";

        @AttributeDefinition(description = "Whether the contexts of running flows show in JMX.")
        boolean jmx() default true;
    }

    @Activate
    public FlowHost(BundleContext context, @Reference EventBus bus, @Reference MeterRegistry meters, Config config) {
        this.context = context;
        Clock clock = Clock.systemUTC();
        Services services = new Services();
        watch = new ServiceWatch(context, services);
        FlowEngine made = null;
        Status fault = Status.stopped(clock.instant());
        try {
            Settings settings = Settings.of(config, base(context));
            services.know(settings.kinds());
            made = new FlowEngine(settings, () -> new OsgiDefaultCamelContext(context), bus, services, meters, clock);
            watch.open();
            made.start();
        } catch (IllegalArgumentException e) {
            fault = Status.down(Status.Detail.CONFIGURATION, String.valueOf(e.getMessage()), clock.instant());
            LOG.error("no flow runs: {}", e.getMessage());
            meters.counter("jackfield.input.refused", "place", "etc/org.jackfield.flow.cfg", "reason", "configuration")
                    .increment();
        }
        engine = made;
        refused = fault;
        bundles = this::bundleChanged;
        context.addBundleListener(bundles);
    }

    private static Path base(BundleContext context) {
        String base = context.getProperty("karaf.base");
        return Path.of(base == null ? "" : base);
    }

    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED && engine != null) {
            engine.environmentChanged();
        }
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(bundles);
        if (engine != null) {
            engine.close();
        }
        watch.close();
    }

    @Override
    public List<Flow> flows() {
        return engine == null ? List.of() : engine.flows();
    }

    @Override
    public @Nullable Flow flow(String name) {
        return engine == null ? null : engine.flow(name);
    }

    @Override
    public @Nullable Refusal defaultsRefused() {
        return engine == null ? null : engine.defaultsRefused();
    }

    @Override
    public void reload() {
        if (engine != null) {
            engine.reload();
        }
    }

    @Override
    public String name() {
        return "flows";
    }

    @Override
    public boolean required() {
        return true;
    }

    @Override
    public Status status() {
        return engine == null ? refused : engine.status();
    }
}
