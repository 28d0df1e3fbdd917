package org.jackfield.teams;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jackfield.plugin.Backoff;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The budgets of all applications, so that links of one application share what Graph allows it. Safe for any thread. */
@Component(service = Budgets.class)
public final class Budgets implements AutoCloseable {
    /** How often one request feels whether a Graph that failed is back: often enough to be back within a sweep. */
    private static final Backoff PATIENCE = Backoff.exponential(Duration.ofMillis(250), Duration.ofSeconds(1), 0.2);

    private final ScheduledExecutorService scheduler;
    private final Timer timer;
    private final Map<String, Budget> byApplication = new ConcurrentHashMap<>();

    @Activate
    public Budgets() {
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "teams-budget");
            thread.setDaemon(true);
            return thread;
        });
        this.timer = Timer.of(scheduler, Clock.systemUTC());
    }

    /** @param share of what Graph allows the application over all tenants; the first link's counts */
    Budget of(String application, double share) {
        return byApplication.computeIfAbsent(application, key -> new Budget(timer, PATIENCE, Limit.whole(share)));
    }

    @Override
    @Deactivate
    public void close() {
        scheduler.shutdownNow();
    }
}
