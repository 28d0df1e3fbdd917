package org.jackfield.console;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** How often each bundle was started while this one watched, so that an operator sees what a refresh restarted. */
@Component(service = BundleStarts.class, immediate = true)
public final class BundleStarts implements AutoCloseable {
    private final BundleContext context;
    private final Map<Long, AtomicLong> starts = new ConcurrentHashMap<>();
    private final SynchronousBundleListener listener = this::changed;

    @Activate
    public BundleStarts(BundleContext context) {
        this.context = context;
        context.addBundleListener(listener);
    }

    private void changed(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED) {
            starts.computeIfAbsent(event.getBundle().getBundleId(), id -> new AtomicLong())
                    .incrementAndGet();
        } else if (event.getType() == BundleEvent.UNINSTALLED) {
            starts.remove(event.getBundle().getBundleId());
        }
    }

    public long of(long bundle) {
        AtomicLong counted = starts.get(bundle);
        return counted == null ? 0 : counted.get();
    }

    @Deactivate
    @Override
    public void close() {
        context.removeBundleListener(listener);
    }
}
