package org.jackfield.teams;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.SignIn;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Teams link with a good configuration: its threads, its HTTP client, and the parts that use them.
 * It starts by itself as soon as its tables are whole.
 */
final class LiveLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveLink.class);

    private static final Backoff PATIENCE = Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Settings settings;
    private final EventBus bus;
    private final Timer timer;
    private final ScheduledExecutorService scheduler;
    private final ThreadPoolExecutor workers;
    private final OkHttpClient http;
    private final TeamsMeters meters;
    private final LinkHealth health;
    private final Gate gate;
    private final EntraApp entra;
    private final SignIn signIn;
    private final Tokens tokens;
    private final PresenceWriter writer;
    private final PresenceSweep sweep;
    private final Onboarding onboarding;
    private final AgentDirectory directory;
    private final Instant started;

    LiveLink(Settings settings, EventBus bus, AgentDirectory directory, MeterRegistry registry, Budgets budgets) {
        this.settings = settings;
        this.bus = bus;
        ThreadFactory threads = threads("teams-" + settings.id().name());
        this.scheduler = Executors.newSingleThreadScheduledExecutor(threads);
        this.workers = new ThreadPoolExecutor(
                settings.concurrency(),
                settings.concurrency(),
                60,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads);
        workers.allowCoreThreadTimeOut(true);
        this.timer = Timer.of(scheduler, Clock.systemUTC());
        this.started = timer.now();
        this.http = http();
        this.meters = new TeamsMeters(registry, settings.id());
        String good = "presence through " + settings.graph().getHost() + ", "
                + settings.mode().name().toLowerCase(Locale.ROOT);
        this.health = new LinkHealth(settings.id(), timer, good, this::tell);
        this.gate = budgets.of(settings.clientId(), settings.share())
                .gate(settings.directoryId(), "presence", settings.presenceLimit(), settings.feel());
        this.entra = new EntraApp(settings, http, workers, timer);
        this.signIn = new EntraSignIn(settings, entra, timer);
        this.tokens = new EntraTokens(entra, timer, PATIENCE, failure -> {
            meters.tokenFailed();
            health.tokenFailed(failure);
        });
        var api = new GraphPresence(settings, http, tokens, workers, timer, meters);
        var desk = new GraphDesk(tokens, gate, health);
        this.writer = new PresenceWriter(settings, timer, bus, directory, desk, api, health, meters, PATIENCE);
        this.sweep = new PresenceSweep(settings, timer, bus, directory, desk, api, health, meters, this::askForToken);
        desk.whenBack(writer::retryNow);
        this.onboarding = new Onboarding(settings, timer, directory, tokens, desk, api, sweep);
        this.directory = directory;
        gauges();
        workers.execute(api::warmUp);
        askForToken();
        startWhenReady();
    }

    Status status() {
        return health.status();
    }

    CompletionStage<PresenceEvents.Applied> presence(
            PresenceEvents.Intent intent, @Nullable Event cause, Duration timeout) {
        return writer.submit(intent, cause, timeout);
    }

    CompletionStage<Teams.KillSwitchAnswer> turn(Teams.KillSwitch order, Duration timeout) {
        return writer.turn(order, timeout);
    }

    /** How the budget stands. */
    Teams.Budget budget() {
        Budget.Standing now = gate.standing();
        return new Teams.Budget(
                settings.clientId(),
                now.tenant(),
                now.kind(),
                now.limit().requests(),
                now.limit().window(),
                now.limit().allowed(),
                now.used(),
                now.most(),
                words(now.usedBy()),
                words(now.waitingBy()),
                now.paused());
    }

    private static Map<String, Integer> words(Map<Priority, Integer> counts) {
        Map<String, Integer> words = new LinkedHashMap<>();
        counts.forEach((priority, count) -> words.put(priority.word(), count));
        return words;
    }

    CompletionStage<Teams.Onboarding> onboard(Duration timeout) {
        return onboarding.run(timeout.minus(timeout.dividedBy(10)));
    }

    /** All that is known about the presence of one agent; null for one that is not in the dictionary or has no user. */
    Teams.@Nullable Diagnosis diagnose(String id) {
        Agent agent = directory.byId(settings.id().tenant(), id);
        String user = agent == null ? null : agent.user();
        if (user == null) {
            return null;
        }
        Instant now = timer.now();
        PresenceWriter.Told told = writer.told(user);
        Reading reading = sweep.reading(user);
        SessionPair held = told == null ? null : told.held();
        Slot.Tried tried = told == null ? null : told.tried();
        String cause = held == null || tried == null ? null : Visibility.cause(held, tried.at(), reading, now);
        return new Teams.Diagnosis(
                id,
                user,
                settings.clientId(),
                held == null ? null : held.toString(),
                held == null || told == null ? null : told.until(),
                told != null && told.waiting(),
                tried == null ? null : written(tried),
                reading == null
                        ? null
                        : new Teams.Read(
                                reading.seen().availability(),
                                reading.seen().activity(),
                                reading.seen().sequenceNumber(),
                                "poll",
                                reading.at(),
                                Duration.between(reading.at(), now)),
                cause);
    }

    private static Teams.Write written(Slot.Tried tried) {
        return new Teams.Write(
                tried.pair() == null ? "clear" : tried.pair().toString(),
                tried.expiry(),
                tried.at(),
                tried.status(),
                tried.requestId(),
                tried.error());
    }

    SignIn signIn() {
        return signIn;
    }

    @Override
    public void close() {
        sweep.close();
        writer.close();
        gate.close();
        meters.close();
        health.closed();
        scheduler.shutdownNow();
        workers.shutdownNow();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private void startWhenReady() {
        boolean late = Duration.between(started, timer.now()).compareTo(LONGEST_WAIT) > 0;
        if (!late && !(writer.ready() && sweep.ready())) {
            timer.after(LOOK_AGAIN, this::startWhenReady);
            return;
        }
        if (late) {
            LOG.warn(
                    "{}: tables are not whole after {} s; it starts without them",
                    settings.id(),
                    LONGEST_WAIT.toSeconds());
        }
        writer.load();
        sweep.start();
    }

    /** Proves the credentials when there is no request that would. */
    private void askForToken() {
        tokens.token().whenComplete((token, error) -> {
            if (error == null && health.status().state() == Status.State.STARTING) {
                LOG.debug("{}: Entra gave a token", settings.id());
                health.answered(false);
            }
        });
    }

    private void tell(Status status) {
        String state = switch (status.state()) {
            case UP -> "up";
            case DEGRADED -> "degraded";
            case STARTING, DOWN, STOPPED -> "down";
        };
        try {
            bus.publish(EventDraft.of(
                    settings.id().tenant(),
                    settings.id().source(),
                    Origin.HOST,
                    timer.now(),
                    new LinkEvents.Changed(settings.id().toString(), state, status.sentence())));
        } catch (SpoolFullException e) {
            LOG.warn("{}: its state {} is not on the bus: {}", settings.id(), state, e.getMessage());
        }
    }

    private void gauges() {
        meters.gauge("jackfield.teams.budget.available", "Requests that could go at once", gate::available);
        meters.gauge("jackfield.teams.budget.used", "Requests in the last window", gate::used);
        meters.gauge(
                "jackfield.teams.budget.allowed",
                "Requests that a window may hold",
                () -> settings.presenceLimit().allowed());
        for (Priority priority : Priority.values()) {
            meters.gauge(
                    "jackfield.teams.budget.waiting",
                    "Requests that wait for budget",
                    "priority",
                    priority.word(),
                    () -> gate.waiting(priority));
        }
        meters.gauge("jackfield.teams.sessions", "Presence sessions that Graph holds for the host", writer::held);
        meters.gauge("jackfield.teams.unfinished", "Writes that wait or are under way", writer::unfinished);
        meters.gauge("jackfield.teams.left.out", "Users whom Graph refuses to read", sweep::leftOut);
        if (settings.mode() == Mode.OBSERVE) {
            LOG.info("{} {}: observes only, nothing is written", settings.id().tenant(), settings.id());
        }
    }

    private OkHttpClient http() {
        var dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(settings.concurrency());
        dispatcher.setMaxRequestsPerHost(settings.concurrency());
        var builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(settings.concurrency(), 5, TimeUnit.MINUTES))
                .followRedirects(false)
                .callTimeout(settings.timeout())
                .connectTimeout(settings.timeout())
                .readTimeout(settings.timeout())
                .writeTimeout(settings.timeout());
        if (settings.proxy() != null) {
            builder.proxy(new Proxy(Proxy.Type.HTTP, settings.proxy()));
        }
        return builder.build();
    }

    private static ThreadFactory threads(String name) {
        var number = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
