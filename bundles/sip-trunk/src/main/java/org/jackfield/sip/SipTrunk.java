package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.SipStack;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of kind {@code sip}: one listener, one SBC, one ACD.
 * Safe for any thread; nothing blocks but {@link #close}. While the port is taken it tries again every five seconds.
 */
final class SipTrunk implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(SipTrunk.class);
    private static final long BIND_AGAIN_SECONDS = 5;
    private static final long LAST_WORDS_MS = 200;

    private final TrunkSettings settings;
    private final EventBus bus;
    private final Clock clock;
    private final ScheduledExecutorService scheduler;
    private final OfferPoint<Trunk.InviteQuestion, Trunk.InviteAnswer> invites;
    private final TrunkEngine engine;
    private final Map<String, Boolean> targets = new TreeMap<>();
    private final Map<String, String> refusals = new TreeMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable SipStack stack;
    private volatile Status status;

    SipTrunk(
            TrunkSettings settings,
            EventBus bus,
            MeterRegistry meters,
            Clock clock,
            Supplier<@Nullable AgentDirectory> directory) {
        this.settings = settings;
        this.bus = bus;
        this.clock = clock;
        this.status = Status.starting(clock.instant());
        var executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "sip-" + settings.id().name() + "-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        this.scheduler = executor;
        this.invites =
                OfferPoint.create("invite", Trunk.InviteQuestion.class, Trunk.InviteAnswer.class, this::deadlines);
        this.engine = new TrunkEngine(
                settings, bus, meters, clock, invites, directory, this::targetChanged, this::credentialsChanged);
    }

    /** The stack's own thread, where offers are made and answers end up. */
    private ScheduledExecutorService deadlines() {
        SipStack bound = stack;
        return bound == null ? scheduler : bound.scheduler();
    }

    /** Binds now if the port is free, otherwise as soon as it is. */
    void start() {
        bind();
    }

    private void bind() {
        if (closed.get()) {
            return;
        }
        try {
            SipStack bound = SipStack.startWith(settings.sip(), engine::on);
            stack = bound;
            engine.start();
            LOG.info("{} listens on {}:{}", settings.id(), settings.sip().host(), bound.port());
            change(Status.up("listening on " + settings.sip().host() + ":" + bound.port(), clock.instant()));
        } catch (IOException e) {
            LOG.warn("{} cannot listen: {}; next try in {} s", settings.id(), e.getMessage(), BIND_AGAIN_SECONDS);
            change(Status.down(Status.Detail.CONNECTION, String.valueOf(e.getMessage()), clock.instant()));
            try {
                var again = scheduler.schedule(this::bind, BIND_AGAIN_SECONDS, TimeUnit.SECONDS);
                if (again.isCancelled()) {
                    return;
                }
            } catch (RejectedExecutionException closing) {
                LOG.debug("{} is closing", settings.id());
            }
        }
    }

    private void targetChanged(String target, boolean up) {
        targets.put(target, up);
        LOG.info("{}: {} {}", settings.id(), target, up ? "answers" : "does not answer");
        look();
    }

    private void credentialsChanged(String target, @Nullable String fault) {
        if (fault == null) {
            refusals.remove(target);
        } else {
            refusals.put(target, fault);
        }
        look();
    }

    private void look() {
        boolean allUp = targets.values().stream().allMatch(Boolean::booleanValue);
        if (!allUp) {
            change(Status.degraded(Status.Detail.CONNECTION, targetsText(), clock.instant()));
        } else if (!refusals.isEmpty()) {
            change(Status.degraded(
                    Status.Detail.AUTHENTICATION, String.join("; ", refusals.values()), clock.instant()));
        } else {
            change(Status.up("listening; " + targetsText(), clock.instant()));
        }
    }

    private String targetsText() {
        StringBuilder text = new StringBuilder();
        targets.forEach((name, up) -> text.append(text.isEmpty() ? "" : ", ")
                .append(name)
                .append(up ? " answers" : " does not answer OPTIONS"));
        return text.toString();
    }

    private void change(Status next) {
        Status.State before = status.state();
        status = next;
        if (before == next.state()) {
            return;
        }
        String state = next.state() == Status.State.UP ? "up" : next.works() ? "degraded" : "down";
        try {
            bus.publish(EventDraft.of(
                    settings.id().tenant(),
                    settings.id().source(),
                    Origin.HOST,
                    clock.instant(),
                    new LinkEvents.Changed(settings.id().toString(), state, next.sentence())));
        } catch (SpoolFullException e) {
            LOG.warn("{}: the change to {} is not on the bus: {}", settings.id(), state, e.getMessage());
        }
    }

    /** The bound port, 0 while there is none. */
    int port() {
        SipStack bound = stack;
        return bound == null ? 0 : bound.port();
    }

    /** How many calls are being set up or up. */
    int calls() {
        return engine.calls().active();
    }

    /** How many transactions wait for something, 0 without a stack. */
    int transactions() {
        SipStack bound = stack;
        return bound == null ? 0 : bound.transactions();
    }

    /** How many tags lead to legs, asked of the stack's thread; 0 without a stack. */
    int legs() {
        SipStack bound = stack;
        if (bound == null) {
            return 0;
        }
        CompletableFuture<Integer> asked = new CompletableFuture<>();
        bound.execute(() -> asked.complete(engine.legs()));
        return asked.join();
    }

    @Override
    public LinkId id() {
        return settings.id();
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public Collection<Operation<?, ?>> operations() {
        return List.of(Trunk.TAKE_TRANSFER, Trunk.BRIDGE_TRANSFER);
    }

    @Override
    public Collection<OfferPoint<?, ?>> offers() {
        return List.of(invites);
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        SipStack bound = stack;
        if (bound == null || closed.get()) {
            answer.completeExceptionally(new CommandException("linkDown", "the trunk does not listen", true, null));
            return answer;
        }
        Class<A> type = command.operation().answer();
        bound.execute(() -> {
            if (command.argument() instanceof Trunk.TakeTransfer take) {
                answer.complete(
                        type.cast(new Trunk.TransferAnswer(engine.transfers().take(take.transfer()))));
            } else if (command.argument() instanceof Trunk.BridgeTransfer bridge) {
                answer.complete(type.cast(
                        new Trunk.TransferAnswer(engine.transfers().bridge(bridge.transfer(), bridge.reason()))));
            } else {
                answer.completeExceptionally(new CommandException(
                        "unknownOperation",
                        command.operation().name() + " (expected: takeTransfer or bridgeTransfer)",
                        false,
                        null));
            }
        });
        return answer;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        scheduler.shutdownNow();
        SipStack bound = stack;
        if (bound != null) {
            CountDownLatch said = new CountDownLatch(1);
            bound.execute(() -> {
                try {
                    engine.stop();
                } finally {
                    bound.schedule(LAST_WORDS_MS, said::countDown); // CANCELs and final answers leave first
                }
            });
            try {
                if (!said.await(2, TimeUnit.SECONDS)) {
                    LOG.warn("{}: some callers may not have got their final answer", settings.id());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            bound.close();
        }
        change(Status.stopped(clock.instant()));
    }
}
