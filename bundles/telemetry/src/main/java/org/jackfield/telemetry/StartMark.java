package org.jackfield.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves the file {@code started} in the bundle store once Karaf has installed all that boots. {@code bin/setenv} looks
 * for it: a store without it comes from a start that was cut short, and is made anew.
 */
@Component(
        immediate = true,
        service = {})
public final class StartMark {
    private static final Logger LOG = LoggerFactory.getLogger(StartMark.class);
    private static final String BOOT_FINISHED = "org.apache.karaf.features.BootFinished";

    private final ServiceTracker<Object, Object> finished;

    @Activate
    public StartMark(BundleContext context) {
        Path store = Path.of(String.valueOf(context.getProperty(Constants.FRAMEWORK_STORAGE)));
        finished = new ServiceTracker<>(context, BOOT_FINISHED, null) {
            @Override
            public Object addingService(ServiceReference<Object> reference) {
                mark(store);
                return reference;
            }
        };
        finished.open(true);
    }

    @Deactivate
    void close() {
        finished.close();
    }

    /** Sets the mark; a store that cannot be written is told once and made anew at the next start. */
    static void mark(Path store) {
        try {
            Files.writeString(store.resolve("started"), Instant.now() + "\n");
        } catch (IOException e) {
            LOG.warn("{} cannot be marked as complete; the next start installs all bundles again", store, e);
        }
    }
}
