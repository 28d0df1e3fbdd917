package org.jackfield.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Camel contexts of flows: empty, named before their start, with the host's own schemes.
 * Called by one thread at a time.
 */
final class Contexts {
    private final Supplier<CamelContext> blank;
    private final boolean jmx;

    /**
     * @param blank a new context that nobody has touched
     * @param jmx whether running contexts show in JMX
     */
    Contexts(Supplier<CamelContext> blank, boolean jmx) {
        this.blank = blank;
        this.jmx = jmx;
    }

    /** A context with the routes of {@code source} in it, not started. The caller closes it, also after an exception. */
    CamelContext load(CamelContext context, Source source, @Nullable Source defaults) throws Exception {
        List<Resource> resources = new ArrayList<>();
        if (defaults != null) {
            resources.add(ResourceHelper.fromString(defaults.file(), defaults.text()));
        }
        resources.add(ResourceHelper.fromString(source.file(), source.text()));
        PluginHelper.getRoutesLoader(context).loadRoutes(resources);
        return context;
    }

    /** An empty context; {@code scratch} ones never show anywhere. */
    CamelContext create(String name, Wiring wiring, FlowBeans beans, boolean scratch) {
        CamelContext context = blank.get();
        var extension = context.getCamelContextExtension();
        extension.setName(name);
        context.setManagementName(name);
        if (scratch || !jmx) {
            context.disableJMX();
        }
        Registry registry = new DefaultRegistry(beans);
        extension.setRegistry(registry);
        context.setSourceLocationEnabled(true);
        context.setStreamCaching(false);
        context.setAllowUseOriginalMessage(false);
        context.setAutowiredEnabled(false);
        context.setStartupSummaryLevel(StartupSummaryLevel.Off);
        // A version is stopped when its leases are back; what is left then, a wire tap perhaps, gets this long.
        context.getShutdownStrategy().setTimeout(500);
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setSuppressLoggingOnTimeout(true);
        context.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
        context.build();
        // OSGi's context is built by its constructor, before it could be named, and its threads with it.
        context.getExecutorServiceManager().setThreadNamePattern("flow " + name + " #counter# #name#");
        ComponentResolver others = PluginHelper.getComponentResolver(extension);
        extension.addContextPlugin(
                ComponentResolver.class, (scheme, asking) -> resolve(scheme, asking, wiring, others));
        return context;
    }

    private static @Nullable Component resolve(
            String scheme, CamelContext context, Wiring wiring, ComponentResolver others) throws Exception {
        if (scheme.equals(BusComponent.SCHEME)) {
            return new BusComponent(wiring);
        }
        if (wiring.services().isKind(scheme)) {
            return new LinkComponent(scheme, wiring);
        }
        return others.resolveComponent(scheme, context);
    }
}
