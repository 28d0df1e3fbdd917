package org.jackfield.flow;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flow host without OSGi: watches the folder and the services, and runs the flows.
 * Its threads: one that decides, some that run flows, some that answer offers. Closing waits for what is running, for the
 * drain limit at most.
 */
final class FlowEngine implements Flows, Health, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowEngine.class);
    private static final Duration SETTLE = Duration.ofMillis(50);
    private static final int WAITING_OFFERS = 1024;

    private final Settings settings;
    private final Services services;
    private final Clock clock;
    private final RouteFolder folder;
    private final FlowManager manager;
    private final WarmUp warmUp;
    private final ScheduledExecutorService admin;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor offers;
    private final AtomicBoolean settling = new AtomicBoolean();
    private final Instant started;
    private volatile boolean looked;
    private volatile boolean closed;
    private @Nullable String folderTrouble;

    FlowEngine(
            Settings settings,
            Supplier<CamelContext> contexts,
            EventBus bus,
            Services services,
            MeterRegistry meters,
            Clock clock) {
        this.settings = settings;
        this.services = services;
        this.clock = clock;
        started = clock.instant();
        folder = new RouteFolder(settings.folder(), settings.rest(), clock);
        admin = Executors.newSingleThreadScheduledExecutor(threads("flow-admin"));
        workers = new ThreadPoolExecutor(
                settings.workerThreads(),
                settings.workerThreads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("flow-worker"),
                // Only after the end: what still runs there ends on the thread of whoever answers it.
                (work, pool) -> work.run());
        offers = new ThreadPoolExecutor(
                settings.offerThreads(),
                settings.offerThreads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_OFFERS),
                threads("flow-offer"));
        offers.prestartAllCoreThreads();
        Contexts factory = new Contexts(contexts, settings.jmx());
        warmUp = new WarmUp(factory, bus);
        manager = new FlowManager(
                new Lint(factory, services, bus),
                new FlowBuilder(factory, services, bus, workers, clock),
                services,
                name -> flow(name, bus, meters),
                new Announcer(bus, settings.tenant(), clock),
                admin,
                settings.drainLimit());
    }

    private ManagedFlow flow(String name, EventBus bus, MeterRegistry meters) {
        FlowMeters counts = new FlowMeters(meters, name);
        Intake intake = new Intake(name, bus, workers, counts);
        OfferIntake points = new OfferIntake(name, services, intake, offers, counts, clock);
        return new ManagedFlow(name, intake, points, counts, clock);
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Begins to watch; returns at once. */
    void start() {
        services.watch(this::serviceChanged);
        if (Files.isDirectory(settings.folder())) {
            LOG.info("flows are read from {}", settings.folder().toAbsolutePath());
        } else {
            LOG.warn(
                    "no flow runs until the folder {} is there",
                    settings.folder().toAbsolutePath());
        }
        admin.execute(warmUp::run);
        ScheduledFuture<?> unused =
                admin.scheduleWithFixedDelay(this::look, 0, settings.poll().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (RouteFolder.Change change : folder.look()) {
                safely("route file " + change.file(), () -> manager.changed(change));
            }
            folderTrouble = null;
            looked = looked
                    || Duration.between(started, clock.instant())
                                    .compareTo(
                                            settings.rest().plus(settings.poll().multipliedBy(2)))
                            > 0;
        } catch (IOException e) {
            if (folderTrouble == null) {
                folderTrouble = String.valueOf(e.getMessage());
                LOG.error("the folder {} cannot be read, flows stay as they are", settings.folder(), e);
            }
        } catch (RuntimeException e) {
            LOG.error("looking at the route files failed and is tried again", e);
        }
    }

    private void serviceChanged(Need need) {
        manager.serviceChanged(need);
        settleSoon();
    }

    /** Something else changed that a refused file may have been waiting for: a bundle with a Camel component. */
    void environmentChanged() {
        settleSoon();
    }

    /** Services come and go in bursts; one look is enough for a burst. */
    private void settleSoon() {
        if (!settling.compareAndSet(false, true)) {
            return;
        }
        try {
            ScheduledFuture<?> unused = admin.schedule(this::settle, SETTLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing", e);
        }
    }

    private void settle() {
        settling.set(false);
        safely("services", manager::settle);
    }

    private static void safely(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("{}: an unexpected fault, nothing else is affected", what, e);
        }
    }

    @Override
    public List<Flows.Flow> flows() {
        return manager.flows().stream().map(ManagedFlow::view).toList();
    }

    @Override
    public Flows.@Nullable Flow flow(String name) {
        ManagedFlow flow = manager.flow(name);
        return flow == null ? null : flow.view();
    }

    @Override
    public @Nullable Refusal defaultsRefused() {
        return manager.defaultsRefusal();
    }

    @Override
    public void reload() {
        admin.execute(() -> {
            folder.forget();
            look();
        });
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
        if (closed) {
            return Status.stopped(clock.instant());
        }
        if (!looked) {
            return Status.starting(started);
        }
        long running = count(State.RUNNING);
        List<String> trouble = new ArrayList<>();
        for (Flows.Flow flow : flows()) {
            if (flow.state() != State.RUNNING || flow.refusal() != null) {
                trouble.add(flow.name() + " " + flow.sentence());
            }
        }
        Refusal refused = defaultsRefused();
        if (refused != null) {
            trouble.add(refused.toString());
        }
        String sentence = running + " of " + flows().size() + " flows run";
        return trouble.isEmpty()
                ? Status.up(sentence, started)
                : Status.degraded(Status.Detail.CONFIGURATION, sentence + "; " + String.join("; ", trouble), started);
    }

    private long count(State state) {
        return flows().stream().filter(flow -> flow.state() == state).count();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            admin.submit(manager::close).get(5, TimeUnit.SECONDS);
            long end = System.nanoTime() + settings.drainLimit().plusSeconds(2).toNanos();
            while (manager.stopping() > 0 && System.nanoTime() < end) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("flows did not end cleanly", e);
        }
        admin.shutdownNow();
        workers.shutdown();
        offers.shutdownNow();
    }
}
