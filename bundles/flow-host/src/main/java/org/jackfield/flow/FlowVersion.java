package org.jackfield.flow;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of a flow as it runs: its context, and a count of the exchanges that are in it (leases).
 * It is retired first, which refuses new leases, and stopped when the last lease is given back; Camel's own graceful stop
 * would lose messages. Safe for any thread.
 */
final class FlowVersion {
    private static final Logger LOG = LoggerFactory.getLogger(FlowVersion.class);
    /** What is added to the count of leases when the version is retired, so that it is below zero ever after. */
    private static final int RETIRED = Integer.MIN_VALUE;

    private final int number;
    private final Source source;
    private final Plan plan;
    private final CamelContext context;
    private final Inputs inputs;
    private final Map<String, Object> beans;
    private final List<String> foreignRoutes;
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    private volatile boolean orphaned;
    private final AtomicInteger leases = new AtomicInteger();
    private volatile @Nullable Runnable whenIdle;

    /** An exchange that can be taken away from this version when it does not end in time. */
    interface Attempt {
        /** The event goes back to the intake; what the exchange does from now on is ignored. */
        void abandon();
    }

    /**
     * @param beans the beans it was built with
     * @param foreignRoutes ids of the routes whose source is neither the bus nor an offer, not started yet
     */
    FlowVersion(
            int number,
            Source source,
            Plan plan,
            CamelContext context,
            Inputs inputs,
            Map<String, Object> beans,
            List<String> foreignRoutes) {
        this.number = number;
        this.source = source;
        this.plan = plan;
        this.context = context;
        this.inputs = inputs;
        this.beans = Map.copyOf(beans);
        this.foreignRoutes = List.copyOf(foreignRoutes);
    }

    /** True when a bean that it was built with has been replaced. */
    boolean stale(Services services) {
        return beans.entrySet().stream().anyMatch(bean -> services.bean(bean.getKey()) != bean.getValue());
    }

    int number() {
        return number;
    }

    Source source() {
        return source;
    }

    Plan plan() {
        return plan;
    }

    Inputs inputs() {
        return inputs;
    }

    /** False when it is retired; otherwise the caller gives the lease back by {@link #release}. Takes no lock. */
    boolean lease() {
        int held = leases.get();
        while (held >= 0 && !leases.compareAndSet(held, held + 1)) {
            held = leases.get();
        }
        return held >= 0;
    }

    void release() {
        if (leases.decrementAndGet() == RETIRED) {
            Runnable idle = whenIdle;
            if (idle != null) {
                idle.run();
            }
        }
    }

    /** No new leases from now on; {@code idle} runs once, when the last one is back, perhaps at once. */
    void retire(Runnable idle) {
        stopForeignRoutes();
        whenIdle = idle;
        if (leases.updateAndGet(held -> held < 0 ? held : held + RETIRED) == RETIRED) {
            idle.run();
        }
    }

    /** Something it needs is gone: what fails in it from now on is not its fault. */
    void orphan() {
        orphaned = true;
    }

    boolean orphaned() {
        return orphaned;
    }

    void add(Attempt attempt) {
        attempts.add(attempt);
    }

    void remove(Attempt attempt) {
        attempts.remove(attempt);
    }

    /** Takes back what has not ended within the drain limit. */
    void abandonAll() {
        int left = attempts.size();
        if (left > 0) {
            LOG.warn(
                    "flow {}: {} events did not leave version {} in time and go to the next one",
                    source.flow(),
                    left,
                    number);
        }
        List.copyOf(attempts).forEach(Attempt::abandon);
    }

    /** Lets timers, files and other foreign sources begin; to be called when the version before it has stopped. */
    void startForeignRoutes() {
        for (String route : foreignRoutes) {
            try {
                context.getRouteController().startRoute(route);
            } catch (Exception e) {
                LOG.error("flow {}: route {} did not start and takes nothing", source.flow(), route, e);
            }
        }
    }

    private void stopForeignRoutes() {
        for (String id : foreignRoutes) {
            Route route = context.getRoute(id);
            if (route != null) {
                ServiceHelper.stopService(route.getConsumer());
            }
        }
    }

    /** Ends it for good; blocks for at most about a second. */
    void stop() {
        context.stop();
    }
}
