package org.jackfield.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jackfield.plugin.Flows.Refusal;
import org.jackfield.plugin.Flows.State;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what runs: looks at changed files and at services that come and go, swaps versions, and never lets a bad file
 * change anything. Everything but the reading methods happens on the one thread of {@code admin}.
 */
final class FlowManager {
    private static final Logger LOG = LoggerFactory.getLogger(FlowManager.class);

    private final Lint lint;
    private final FlowBuilder builder;
    private final Services services;
    private final Function<String, ManagedFlow> maker;
    private final Announcer announcer;
    private final ScheduledExecutorService admin;
    private final Duration drainLimit;
    private final Map<String, ManagedFlow> flows = new ConcurrentSkipListMap<>();
    private final AtomicInteger stopping = new AtomicInteger();
    private volatile @Nullable Refusal defaultsRefusal;
    private @Nullable Source defaults;
    private @Nullable Source newestDefaults;

    /** @param maker makes an empty flow of a name */
    FlowManager(
            Lint lint,
            FlowBuilder builder,
            Services services,
            Function<String, ManagedFlow> maker,
            Announcer announcer,
            ScheduledExecutorService admin,
            Duration drainLimit) {
        this.lint = lint;
        this.builder = builder;
        this.services = services;
        this.maker = maker;
        this.announcer = announcer;
        this.admin = admin;
        this.drainLimit = drainLimit;
    }

    Collection<ManagedFlow> flows() {
        return flows.values();
    }

    @Nullable
    ManagedFlow flow(String name) {
        return flows.get(name);
    }

    @Nullable
    Refusal defaultsRefusal() {
        return defaultsRefusal;
    }

    /** A file came, changed or went. */
    void changed(RouteFolder.Change change) {
        Source source = change.source();
        String name = String.valueOf(Source.flowOf(change.file()));
        if (name.equals(Source.DEFAULTS)) {
            newestDefaults = source;
            considerDefaults();
        } else if (source == null) {
            removed(name, change.file());
        } else {
            ManagedFlow flow = flows.computeIfAbsent(name, maker);
            Source before = flow.newest();
            if (before != null && !before.file().equals(source.file())) {
                refuse(
                        flow,
                        source,
                        new Refused("rule", 0, "there is " + before.file() + " (expected: one file per flow)"));
                return;
            }
            flow.seen(source);
            consider(flow, source);
        }
    }

    private void removed(String name, String file) {
        ManagedFlow flow = flows.get(name);
        Source newest = flow == null ? null : flow.newest();
        if (flow == null || newest == null || !newest.file().equals(file)) {
            return;
        }
        flows.remove(name);
        FlowVersion version = flow.hold();
        retire(version, null, () -> end(flow));
        announcer.removed(flow, version);
        settle();
    }

    private static void end(ManagedFlow flow) {
        flow.intake().close();
        flow.meters().close();
    }

    /** Lints a file and, when all that it needs is there, lets it run instead of what runs now. */
    private void consider(ManagedFlow flow, Source source) {
        try {
            Plan plan = lint.check(source, defaults);
            checkPoints(flow, plan);
            List<Need> missing = plan.missing(services);
            boolean running = flow.intake().current() != null;
            if (missing.isEmpty()) {
                goLive(flow, builder.build(source, defaults, plan, flow.nextNumber()));
            } else if (running && !source.equals(flow.good())) {
                throw new Refused(
                        "missing",
                        source.lineOf(nameOf(missing.get(0))),
                        Plan.sentence(missing) + " is not there (expected: " + present(missing.get(0))
                                + "); this version goes live when it is");
            } else {
                await(flow, source, plan, missing);
            }
        } catch (Refused refused) {
            refuse(flow, source, refused);
        }
    }

    private static String nameOf(Need need) {
        return need instanceof Need.OfBean bean ? bean.name() : ((Need.OfLink) need).kind() + ":";
    }

    private String present(Need need) {
        Collection<String> names = need instanceof Need.OfBean
                ? services.beans()
                : services.links(((Need.OfLink) need).kind(), null).stream()
                        .map(link -> link.id().toString())
                        .toList();
        return names.isEmpty() ? "it; there is nothing of its kind" : "one of " + String.join(", ", names);
    }

    private void checkPoints(ManagedFlow flow, Plan plan) throws Refused {
        for (ManagedFlow other : flows.values()) {
            Plan theirs = other.plan();
            if (other == flow || theirs == null) {
                continue;
            }
            for (Plan.Point point : plan.points()) {
                if (theirs.points().stream().anyMatch(point::overlaps)) {
                    throw new Refused(
                            "offer",
                            0,
                            "offers of " + point + " are taken by flow " + other.name() + " (expected: one flow only)");
                }
            }
        }
    }

    private void goLive(ManagedFlow flow, FlowVersion next) {
        FlowVersion before = flow.intake().switchTo(next);
        flow.intake().read(next.plan().topics());
        flow.offers().take(next.plan().points());
        flow.live(next);
        retire(before, next, () -> {});
        announcer.live(flow, next, before);
    }

    private void await(ManagedFlow flow, Source source, Plan plan, List<Need> missing) {
        FlowVersion held = flow.hold();
        boolean news = flow.state() != State.WAITING || !source.equals(flow.good());
        flow.waiting(source, plan, Plan.sentence(missing));
        flow.intake().read(plan.topics()); // What comes while it waits, waits with it.
        retire(held, null, () -> {});
        if (news) {
            announcer.waiting(flow, source);
        }
    }

    private void refuse(ManagedFlow flow, Source source, Refused refused) {
        Refusal refusal = new Refusal("routes/" + source.file(), refused.line(), refused.code(), refused.reason());
        if (flow.refused(source, refusal)) {
            announcer.refused(flow.name(), source, refusal, flow.intake().current());
            flow.meters().refused(refused.code());
        }
    }

    /** Stops {@code old} when its last exchange has ended, at the drain limit at the latest. */
    private void retire(@Nullable FlowVersion old, @Nullable FlowVersion next, Runnable then) {
        Runnable after = () -> {
            if (next != null) {
                next.startForeignRoutes();
            }
            then.run();
        };
        if (old == null) {
            after.run();
            return;
        }
        stopping.incrementAndGet();
        var limit = admin.schedule(old::abandonAll, drainLimit.toMillis(), TimeUnit.MILLISECONDS);
        var hard = admin.schedule(() -> stop(old, after), drainLimit.toMillis() + 500, TimeUnit.MILLISECONDS);
        old.retire(() -> {
            limit.cancel(false);
            if (hard.cancel(false)) {
                admin.execute(() -> stop(old, after));
            }
        });
    }

    private void stop(FlowVersion old, Runnable after) {
        try {
            old.stop();
        } catch (RuntimeException e) {
            LOG.warn("flow {}: version {} did not stop cleanly", old.source().flow(), old.number(), e);
        } finally {
            try {
                after.run();
            } finally {
                stopping.decrementAndGet();
            }
        }
    }

    /** Versions that were replaced and have not stopped yet. */
    int stopping() {
        return stopping.get();
    }

    /** A service came, changed or went. Call it at once, on the thread that tells it. */
    void serviceChanged(Need changed) {
        for (ManagedFlow flow : flows.values()) {
            Plan plan = flow.plan();
            if (plan == null || !plan.concerned(changed)) {
                continue;
            }
            if (!plan.missing(services).isEmpty()) {
                FlowVersion held = flow.hold();
                if (held != null) {
                    admin.execute(() -> {
                        Source good = flow.good();
                        if (good != null) {
                            flow.waiting(good, plan, Plan.sentence(plan.missing(services)));
                            announcer.waiting(flow, good);
                        }
                        retire(held, null, () -> {});
                    });
                }
            } else if (changed instanceof Need.OfLink && flow.intake().current() != null) {
                flow.offers().refresh();
            }
        }
    }

    /** Looks again at flows whose needs have changed, and at all that were refused. */
    void settle() {
        for (ManagedFlow flow : List.copyOf(flows.values())) {
            settle(flow);
            Source newest = flow.newest();
            if (flow.refusal() != null && newest != null) {
                consider(flow, newest);
            }
        }
        if (defaultsRefusal != null) {
            considerDefaults();
        }
    }

    private void settle(ManagedFlow flow) {
        Source good = flow.good();
        Plan plan = flow.plan();
        if (good == null || plan == null) {
            return;
        }
        List<Need> missing = plan.missing(services);
        FlowVersion current = flow.intake().current();
        if (current == null && !missing.isEmpty()) {
            flow.waiting(good, plan, Plan.sentence(missing));
        } else if (current == null || !missing.isEmpty() || current.stale(services)) {
            consider(flow, good);
        }
    }

    /** The defaults are for all flows or for none. */
    private void considerDefaults() {
        Source next = newestDefaults;
        List<ManagedFlow> running = new ArrayList<>();
        try {
            if (next != null) {
                lint.check(next, null);
            }
            for (ManagedFlow flow : flows.values()) {
                Source good = flow.good();
                if (good != null) {
                    checkWith(next, good);
                    running.add(flow);
                }
            }
        } catch (Refused refused) {
            refuseDefaults(next, refused);
            return;
        }
        defaults = next;
        defaultsRefusal = null;
        LOG.info("flow defaults: {} for {} flows", next == null ? "none" : next.hash(), running.size());
        for (ManagedFlow flow : running) {
            Source good = flow.good();
            if (good != null) {
                consider(flow, good);
            }
        }
        flows.values().stream().filter(flow -> flow.refusal() != null).forEach(flow -> {
            Source newest = flow.newest();
            if (newest != null) {
                consider(flow, newest);
            }
        });
    }

    private void checkWith(@Nullable Source next, Source good) throws Refused {
        try {
            lint.check(good, next);
        } catch (Refused refused) {
            throw new Refused(refused.code(), 0, "flow " + good.flow() + " does not work with it: " + refused.reason());
        }
    }

    private void refuseDefaults(@Nullable Source source, Refused refused) {
        String file = source == null ? Source.DEFAULTS + " (deleted)" : source.file();
        Refusal refusal = new Refusal("routes/" + file, refused.line(), refused.code(), refused.reason());
        if (!refusal.equals(defaultsRefusal)) {
            defaultsRefusal = refusal;
            announcer.refused(Source.DEFAULTS, source, refusal, null);
        }
    }

    /** Ends all flows; what has not ended within the drain limit goes back to the bus. */
    void close() {
        for (ManagedFlow flow : flows.values()) {
            FlowVersion version = flow.hold();
            retire(version, null, () -> end(flow));
        }
    }
}
