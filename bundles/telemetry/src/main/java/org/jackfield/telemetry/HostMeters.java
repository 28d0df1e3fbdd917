package org.jackfield.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The one meter registry of the host, an OSGi service from the moment this bundle starts.
 * Safe for any thread; no method waits.
 */
@Component(
        service = {MeterRegistry.class, HostMeters.class},
        immediate = true)
public final class HostMeters extends PrometheusMeterRegistry {
    private final JvmGcMetrics gc = new JvmGcMetrics();

    @Activate
    public HostMeters() {
        super(PrometheusConfig.DEFAULT);
        // The binders look for services by the context class loader, which in OSGi knows none of ours.
        withOwnClassLoader(() -> {
            new JvmMemoryMetrics().bindTo(this);
            new JvmThreadMetrics().bindTo(this);
            new ClassLoaderMetrics().bindTo(this);
            new ProcessorMetrics().bindTo(this);
            new UptimeMetrics().bindTo(this);
            gc.bindTo(this);
            return "";
        });
    }

    /** All meters in the Prometheus text format 0.0.4. */
    String text() {
        return withOwnClassLoader(this::scrape);
    }

    @Deactivate
    void deactivate() {
        gc.close();
        close();
    }

    private static String withOwnClassLoader(Supplier<String> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(HostMeters.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
