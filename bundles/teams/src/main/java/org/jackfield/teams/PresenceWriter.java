package org.jackfield.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the host's presence sessions: writes what flows want, the newest per agent and one at a time, renews what is held,
 * and repeats what failed until it is overtaken or too old.
 * Nothing blocks; safe for any thread. Effects (requests, events, answers) happen outside the lock.
 */
final class PresenceWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceWriter.class);

    private final Settings settings;
    private final Timer timer;
    private final EventBus bus;
    private final AgentDirectory directory;
    private final GraphDesk desk;
    private final PresenceApi api;
    private final LinkHealth health;
    private final TeamsMeters meters;
    private final Backoff backoff;
    private final SessionTable table;
    private final Object lock = new Object();
    private final Map<String, Slot> slots = new HashMap<>();
    private final List<SwitchWaiter> switchWaiters = new ArrayList<>();
    private boolean loaded;
    private boolean closed;
    private @Nullable String stopped;

    private record SwitchWaiter(int total, CompletableFuture<Teams.KillSwitchAnswer> done) {}

    /** What is to be done once the lock is free. */
    private static final class Effects {
        private final List<Runnable> list = new ArrayList<>(4);

        void add(Runnable effect) {
            list.add(effect);
        }

        void run() {
            list.forEach(Runnable::run);
        }
    }

    PresenceWriter(
            Settings settings,
            Timer timer,
            EventBus bus,
            AgentDirectory directory,
            GraphDesk desk,
            PresenceApi api,
            LinkHealth health,
            TeamsMeters meters,
            Backoff backoff) {
        this.settings = settings;
        this.timer = timer;
        this.bus = bus;
        this.directory = directory;
        this.desk = desk;
        this.api = api;
        this.health = health;
        this.meters = meters;
        this.backoff = backoff;
        this.table = new SessionTable(bus, settings.id().tenant(), settings.clientId());
    }

    /** True once the tables can be read, and so {@link #load} makes sense. */
    boolean ready() {
        return table.complete();
    }

    /** Takes up what an earlier life of the host has set or was about to; until then nothing is sent. */
    void load() {
        var effects = new Effects();
        synchronized (lock) {
            loaded = true;
            stopped = table.stopped();
            table.each(row -> effects.add(() -> takeUp(row)));
            String reason = stopped;
            effects.add(() -> health.writing(reason));
            for (Slot slot : slots.values()) {
                next(slot, effects);
            }
        }
        effects.run();
    }

    /**
     * Takes an intent.
     *
     * @return completes with the outcome, or {@code pending} at the timeout; exceptionally when it is refused
     */
    CompletionStage<PresenceEvents.Applied> submit(
            PresenceEvents.Intent intent, @Nullable Event cause, Duration timeout) {
        Wanted wanted;
        try {
            wanted = checked(intent, cause);
        } catch (CommandException e) {
            meters.intent("refused");
            return CompletableFuture.failedFuture(e);
        }
        var effects = new Effects();
        synchronized (lock) {
            accept(wanted, effects);
        }
        effects.run();
        CompletionStage<PresenceEvents.Applied> done = wanted.done();
        if (!wanted.done().isDone()) {
            var limit = timer.after(timeout, () -> wanted.done().complete(wanted.outcome("pending", 0, null)));
            done.whenComplete((applied, error) -> limit.close());
        }
        return done;
    }

    /** Stops writing and withdraws what is set, or allows it again. */
    CompletionStage<Teams.KillSwitchAnswer> turn(Teams.KillSwitch order, Duration timeout) {
        CompletableFuture<Teams.KillSwitchAnswer> done = new CompletableFuture<>();
        var effects = new Effects();
        synchronized (lock) {
            table.stop(order.on(), order.reason());
            stopped = order.on() ? order.reason() : null;
            effects.add(() -> health.writing(order.on() ? order.reason() : null));
            if (order.on()) {
                slots.values().forEach(slot -> withdraw(slot, effects));
                var waiter = new SwitchWaiter(left(), done);
                switchWaiters.add(waiter);
                checkSwitch(effects);
                effects.add(() -> timer.after(timeout, () -> giveUp(waiter)));
            } else {
                done.complete(new Teams.KillSwitchAnswer(false, 0, 0));
            }
        }
        LOG.info(
                "{} {}: kill switch {}: {}",
                settings.id().tenant(),
                settings.id(),
                order.on() ? "on" : "off",
                order.reason());
        effects.run();
        return done;
    }

    /** How many sessions Graph holds for the host, as far as known. */
    int held() {
        synchronized (lock) {
            return (int) slots.values().stream().filter(s -> s.held != null).count();
        }
    }

    /** What the writer knows of a user, null when it never wrote. */
    @Nullable
    Told told(String user) {
        synchronized (lock) {
            Slot slot = slots.get(user);
            return slot == null
                    ? null
                    : new Told(
                            slot.held, slot.heldUntil, !slot.idle(), slot.tried, slot.heldPreferred, slot.heldMessage);
        }
    }

    /** A slot as it was. */
    record Told(
            @Nullable SessionPair held,
            Instant until,
            boolean waiting,
            Slot.@Nullable Tried tried,
            @Nullable PreferredPair preferred,
            @Nullable String message) {}

    /** How many writes wait or are under way. */
    int unfinished() {
        synchronized (lock) {
            return (int) slots.values().stream().filter(s -> !s.idle()).count();
        }
    }

    /** Ends all waiting; what was not written is taken up by the next life of the link, what is held expires by itself. */
    @Override
    public void close() {
        List<Wanted> open = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            for (Slot slot : slots.values()) {
                slot.cancelRenewal();
                slot.cancelPause();
                if (slot.wanted != null) {
                    open.add(slot.wanted);
                }
                if (slot.flying != null) {
                    open.add(slot.flying);
                }
            }
        }
        open.forEach(w -> w.done().complete(w.outcome("pending", 0, null)));
    }

    private Wanted checked(PresenceEvents.Intent intent, @Nullable Event cause) throws CommandException {
        SessionPair pair = intent.clears() ? null : SessionPair.of(intent.availability(), intent.activity());
        if (pair == null && !intent.clears()) {
            throw refusal(
                    "invalidPair",
                    "pair: " + intent.availability() + "/" + intent.activity() + " (expected: " + SessionPair.EXPECTED
                            + ")");
        }
        Duration expiry = intent.expiry() == null ? settings.expiry() : intent.expiry();
        if (expiry.compareTo(SessionPair.SHORTEST) < 0 || expiry.compareTo(SessionPair.LONGEST) > 0) {
            throw refusal("invalidExpiry", "expiry: " + expiry + " (expected: PT5M to PT4H)");
        }
        PreferredPair preferred = PreferredPair.of(intent.preferred());
        boolean leave = intent.preferred() != null && intent.preferred().isEmpty();
        if (intent.preferred() != null && preferred == null && !leave) {
            throw refusal(
                    "invalidPreferred",
                    "preferred: " + intent.preferred() + " (expected: " + PreferredPair.EXPECTED + ")");
        }
        if (pair != null && !isAgent(intent.user())) {
            throw refusal("notAnAgent", "user: " + intent.user() + " (expected: a user of the agent dictionary)");
        }
        return new Wanted(
                intent.agent(),
                intent.user(),
                pair,
                expiry,
                new Wanted.Extras(preferred, leave, intent.message()),
                Wanted.Cause.of(cause),
                Wanted.Kind.INTENT,
                timer.now(),
                new CompletableFuture<>());
    }

    private static CommandException refusal(String code, String message) {
        return new CommandException(code, message, false, null);
    }

    private boolean isAgent(String user) {
        Agent agent = directory.byUser(settings.id().tenant(), user);
        return agent != null;
    }

    private void accept(Wanted wanted, Effects effects) {
        Slot slot = slots.computeIfAbsent(wanted.user(), Slot::new);
        if (wanted.origin().before(slot.newest)) {
            end(wanted, "superseded", 0, "a newer intent came first", effects);
            return;
        }
        if (wanted.origin().event() != null) {
            slot.newest = wanted.origin();
        }
        if (settings.mode() == Mode.OBSERVE) {
            end(wanted, "observed", 0, null, effects);
            return;
        }
        if (stopped != null) {
            end(wanted, "observed", 0, "the kill switch is on: " + stopped, effects);
            return;
        }
        if (wanted.pair() == null && loaded && neverSet(slot)) {
            supersede(slot, effects);
            table.remove(slot.user);
            end(wanted, "applied", 0, null, effects);
            return;
        }
        supersede(slot, effects);
        want(slot, wanted, effects);
    }

    /** True when Graph holds nothing of the host's: a write that failed may have been done. */
    private static boolean neverSet(Slot slot) {
        return slot.held == null
                && slot.heldPreferred == null
                && slot.heldMessage == null
                && slot.flying == null
                && slot.failures == 0;
    }

    private void supersede(Slot slot, Effects effects) {
        Wanted old = slot.wanted;
        slot.wanted = null;
        if (old != null) {
            end(old, "superseded", 0, null, effects);
        }
    }

    private void want(Slot slot, Wanted wanted, Effects effects) {
        slot.agent = wanted.agent();
        slot.wanted = wanted;
        slot.cancelRenewal();
        Instant forgotten = wanted.accepted().plus(wanted.pair() == null ? SessionPair.LONGEST : wanted.expiry());
        remember(slot, wanted, slot.heldUntil.isAfter(forgotten) ? slot.heldUntil : forgotten, false);
        next(slot, effects);
    }

    /** Lines the slot up at the gate if it has something to send and may. */
    private void next(Slot slot, Effects effects) {
        Wanted wanted = slot.wanted;
        if (wanted == null || slot.flying != null || slot.pause != null || !loaded || closed) {
            return;
        }
        Priority priority = wanted.priority();
        if (slot.queued == null || priority.compareTo(slot.queued) < 0) {
            slot.queued = priority;
            effects.add(() -> desk.call(
                    priority, "setPresence", () -> start(slot), (receipt, failure) -> landed(slot, receipt, failure)));
        }
    }

    private @Nullable CompletionStage<PresenceApi.Receipt> start(Slot slot) {
        var effects = new Effects();
        Wanted wanted;
        boolean expired;
        synchronized (lock) {
            slot.queued = null;
            wanted = slot.wanted;
            if (wanted == null || slot.flying != null || closed) {
                return null;
            }
            slot.wanted = null;
            expired = wanted.expired(timer.now());
            if (expired) {
                slot.forget();
                table.remove(slot.user);
                end(wanted, "expired", 0, "not written within " + wanted.expiry(), effects);
            } else {
                slot.flying = wanted;
            }
        }
        effects.run();
        return expired ? null : send(wanted);
    }

    private @Nullable CompletionStage<PresenceApi.Receipt> send(Wanted wanted) {
        SessionPair pair = wanted.pair();
        Instant from = wanted.kind() == Wanted.Kind.INTENT ? wanted.origin().from() : null;
        return pair == null ? api.clear(wanted.user(), from) : api.set(wanted.user(), pair, wanted.expiry(), from);
    }

    private void landed(Slot slot, PresenceApi.@Nullable Receipt receipt, @Nullable GraphFailure failure) {
        landed(slot, receipt, failure, Part.SESSION);
    }

    /** What a write consists of; each part is a request of its own, in this order. */
    private enum Part {
        SESSION,
        PREFERRED,
        MESSAGE
    }

    private void landed(Slot slot, PresenceApi.@Nullable Receipt receipt, @Nullable GraphFailure failure, Part part) {
        var effects = new Effects();
        synchronized (lock) {
            Wanted wanted = slot.flying;
            boolean unsent = failure != null && failure.kind() == GraphFailure.Kind.NO_TOKEN;
            if (wanted == null || (unsent && part == Part.SESSION)) {
                slot.queued = null;
                later(slot);
                return;
            }
            if (part == Part.SESSION) {
                slot.tried = tried(wanted, receipt, failure);
            }
            if (failure == null && goesOn(slot, wanted, part, effects)) {
                meters.intent("parts");
            } else {
                slot.flying = null;
                ended(slot, wanted, receipt, failure, effects);
                if (stopped != null) {
                    withdraw(slot, effects);
                    checkSwitch(effects);
                }
                next(slot, effects);
            }
        }
        effects.run();
    }

    private Slot.Tried tried(Wanted wanted, PresenceApi.@Nullable Receipt receipt, @Nullable GraphFailure failure) {
        return new Slot.Tried(
                wanted.pair(),
                wanted.expiry(),
                timer.now(),
                failure != null ? failure.status() : receipt == null ? 0 : receipt.status(),
                failure != null ? failure.requestId() : receipt == null ? null : receipt.requestId(),
                failure == null ? null : failure.sentence());
    }

    private void ended(
            Slot slot,
            Wanted wanted,
            PresenceApi.@Nullable Receipt receipt,
            @Nullable GraphFailure failure,
            Effects effects) {
        if (failure == null) {
            written(slot, wanted, receipt == null ? 0 : receipt.status(), effects);
        } else if (failure.retryable()) {
            failed(slot, wanted, failure, effects);
        } else {
            refused(slot, wanted, failure, effects);
        }
    }

    /** Sends the next part if there is one that changes something. */
    private boolean goesOn(Slot slot, Wanted wanted, Part done, Effects effects) {
        if (closed) {
            return false;
        }
        Wanted.Extras extras = wanted.extras();
        boolean renewal = wanted.kind() == Wanted.Kind.RENEWAL;
        if (done == Part.PREFERRED) {
            slot.heldPreferred = extras.preferred();
            slot.preferredUntil = timer.now().plus(wanted.expiry());
        } else if (done == Part.MESSAGE) {
            slot.heldMessage = extras.message();
            slot.messageUntil = timer.now().plus(wanted.expiry());
        }
        slot.letGo(timer.now());
        if (extras.leave()) {
            slot.heldPreferred = null;
        }
        if (done == Part.SESSION && !renewal && !extras.leave() && extras.preferred() != slot.heldPreferred) {
            part(slot, wanted, Part.PREFERRED, "setUserPreferredPresence", effects);
            return true;
        }
        boolean says = !java.util.Objects.equals(extras.message(), slot.heldMessage);
        if (done != Part.MESSAGE && !renewal && says) {
            part(slot, wanted, Part.MESSAGE, "setStatusMessage", effects);
            return true;
        }
        return false;
    }

    private void part(Slot slot, Wanted wanted, Part part, String operation, Effects effects) {
        effects.add(() -> desk.call(
                wanted.priority(),
                operation,
                () -> part == Part.PREFERRED ? prefer(wanted) : say(wanted),
                (receipt, failure) -> landed(slot, receipt, failure, part)));
    }

    private CompletionStage<PresenceApi.Receipt> prefer(Wanted wanted) {
        return api.prefer(wanted.user(), wanted.extras().preferred(), wanted.expiry(), null);
    }

    private CompletionStage<PresenceApi.Receipt> say(Wanted wanted) {
        String message = wanted.extras().message();
        return api.say(
                wanted.user(), message == null ? "" : message, timer.now().plus(wanted.expiry()), null);
    }

    private void written(Slot slot, Wanted wanted, int status, Effects effects) {
        slot.failures = 0;
        if (wanted.pair() == null) {
            slot.forget();
            if (slot.wanted == null) {
                table.remove(slot.user);
            }
        } else {
            hold(slot, wanted, timer.now().plus(wanted.expiry()));
        }
        if (wanted.kind() == Wanted.Kind.RENEWAL) {
            meters.renewed();
        }
        end(wanted, "applied", status, null, effects);
    }

    private void hold(Slot slot, Wanted wanted, Instant until) {
        slot.agent = wanted.agent();
        slot.held = wanted.pair();
        slot.heldExpiry = wanted.expiry();
        slot.heldUntil = until;
        if (slot.wanted != null) {
            return;
        }
        remember(slot, wanted, until, true);
        slot.cancelRenewal();
        Duration left =
                Duration.between(timer.now(), until).minus(wanted.expiry().dividedBy(4));
        slot.renewal = timer.after(left.isNegative() ? Duration.ZERO : left, () -> renew(slot, wanted));
    }

    private void renew(Slot slot, Wanted last) {
        var effects = new Effects();
        boolean agent = isAgent(slot.user);
        synchronized (lock) {
            slot.renewal = null;
            if (closed || stopped != null || slot.held == null || !slot.idle()) {
                return;
            }
            if (!agent) {
                slot.forget();
                table.remove(slot.user);
                return;
            }
            slot.wanted = new Wanted(
                    last.agent(),
                    slot.user,
                    slot.held,
                    slot.heldExpiry,
                    last.extras(),
                    last.origin(),
                    Wanted.Kind.RENEWAL,
                    timer.now(),
                    new CompletableFuture<>());
            next(slot, effects);
        }
        effects.run();
    }

    private void failed(Slot slot, Wanted wanted, GraphFailure failure, Effects effects) {
        LOG.debug("agent {}: {} is repeated: {}", wanted.agent(), wanted.pair(), failure.sentence());
        if (slot.wanted == null) {
            slot.wanted = wanted;
        } else {
            end(wanted, "superseded", failure.status(), failure.sentence(), effects);
        }
        if (failure.kind() != GraphFailure.Kind.THROTTLED) {
            later(slot);
        }
    }

    private void later(Slot slot) {
        if (slot.wanted == null || slot.pause != null || closed) {
            return;
        }
        slot.failures++;
        slot.pause = timer.after(backoff.delay(slot.failures), () -> {
            var effects = new Effects();
            synchronized (lock) {
                slot.pause = null;
                next(slot, effects);
            }
            effects.run();
        });
    }

    /** Graph is back: nobody waits for a time that was reckoned while it was away. */
    void retryNow() {
        var effects = new Effects();
        synchronized (lock) {
            for (Slot slot : slots.values()) {
                if (slot.pause != null) {
                    slot.cancelPause();
                    next(slot, effects);
                }
            }
        }
        effects.run();
    }

    private void refused(Slot slot, Wanted wanted, GraphFailure failure, Effects effects) {
        LOG.warn("agent {}: Graph refused {}: {}", wanted.agent(), wanted.pair(), failure.sentence());
        slot.failures = 0;
        slot.forget();
        if (slot.wanted == null) {
            table.remove(slot.user);
        }
        PresenceEvents.Applied applied = wanted.outcome("failed", failure.status(), failure.sentence());
        effects.add(() -> {
            publish(wanted, applied);
            wanted.done()
                    .completeExceptionally(new CommandException(failure.code(), failure.sentence(), false, failure));
        });
    }

    private void end(Wanted wanted, String outcome, int status, @Nullable String error, Effects effects) {
        PresenceEvents.Applied applied = wanted.outcome(outcome, status, error);
        effects.add(() -> {
            if (wanted.kind() == Wanted.Kind.INTENT) {
                publish(wanted, applied);
            }
            wanted.done().complete(applied);
        });
    }

    private void publish(Wanted wanted, PresenceEvents.Applied applied) {
        meters.intent(applied.outcome());
        Wanted.Cause cause = wanted.origin();
        try {
            bus.publish(new EventDraft(
                    settings.id().tenant(),
                    settings.id().source(),
                    Origin.HOST,
                    timer.now(),
                    cause.correlation(),
                    cause.event(),
                    applied));
        } catch (SpoolFullException e) {
            LOG.warn("agent {}: outcome {} is not on the bus: {}", applied.agent(), applied.outcome(), e.getMessage());
        }
    }

    private void remember(Slot slot, Wanted wanted, Instant until, boolean written) {
        if (wanted.kind() == Wanted.Kind.WITHDRAWAL) {
            return;
        }
        SessionPair pair = wanted.pair();
        table.put(new HeldSession(
                wanted.agent(),
                slot.user,
                table.app(),
                pair == null ? null : pair.availability(),
                pair == null ? null : pair.activity(),
                wanted.expiry().toSeconds(),
                until.toEpochMilli(),
                written,
                wanted.origin().event(),
                wanted.origin().correlation(),
                wanted.extras().preferred() == null
                        ? null
                        : wanted.extras().preferred().availability(),
                wanted.extras().message()));
    }

    /** Continues with what an earlier life left behind; anything that came meanwhile is newer. */
    private void takeUp(HeldSession row) {
        var effects = new Effects();
        boolean agent = isAgent(row.user());
        synchronized (lock) {
            Slot slot = slots.computeIfAbsent(row.user(), Slot::new);
            Instant until = Instant.ofEpochMilli(row.until());
            SessionPair pair = SessionPair.of(row.availability(), row.activity());
            boolean over = !until.isAfter(timer.now()) || settings.mode() == Mode.OBSERVE;
            if (!slot.idle() || slot.held != null) {
                return;
            }
            if (over || (pair != null && !agent)) {
                table.remove(row.user());
                return;
            }
            slot.heldUntil = until;
            var wanted = new Wanted(
                    row.agent(),
                    row.user(),
                    pair,
                    Duration.ofSeconds(row.expirySeconds()),
                    new Wanted.Extras(PreferredPair.of(row.preferred()), false, row.message()),
                    new Wanted.Cause(row.cause(), row.correlation(), null),
                    Wanted.Kind.INTENT,
                    timer.now(),
                    new CompletableFuture<>());
            if (row.written()) {
                slot.heldPreferred = wanted.extras().preferred();
                slot.heldMessage = wanted.extras().message();
                slot.preferredUntil = until;
                slot.messageUntil = until;
                hold(slot, wanted, until);
            } else {
                slot.newest = wanted.origin();
                want(slot, wanted, effects);
            }
            if (stopped != null) {
                withdraw(slot, effects);
            }
        }
        effects.run();
    }

    private void withdraw(Slot slot, Effects effects) {
        Wanted waiting = slot.wanted;
        if (waiting != null && waiting.kind() != Wanted.Kind.WITHDRAWAL) {
            slot.wanted = null;
            end(waiting, "observed", 0, "the kill switch is on", effects);
        }
        if (slot.idle() && !neverSet(slot)) {
            slot.cancelRenewal();
            tellWithdrawn(slot, effects);
            slot.wanted = new Wanted(
                    slot.agent,
                    slot.user,
                    null,
                    SessionPair.LONGEST,
                    Wanted.Extras.NONE,
                    Wanted.Cause.NONE,
                    Wanted.Kind.WITHDRAWAL,
                    timer.now(),
                    new CompletableFuture<>());
            next(slot, effects);
        } else if (slot.idle()) {
            table.remove(slot.user);
        }
    }

    /** What was applied is so no more; whoever decided it may want it again when writing is allowed. */
    private void tellWithdrawn(Slot slot, Effects effects) {
        SessionPair held = slot.held;
        if (held != null) {
            var taken = new Wanted(
                    slot.agent,
                    slot.user,
                    held,
                    slot.heldExpiry,
                    Wanted.Extras.NONE,
                    Wanted.Cause.NONE,
                    Wanted.Kind.WITHDRAWAL,
                    timer.now(),
                    new CompletableFuture<>());
            PresenceEvents.Applied applied = taken.outcome("observed", 0, "the kill switch withdrew it");
            effects.add(() -> publish(taken, applied));
        }
    }

    private int left() {
        return (int)
                slots.values().stream().filter(s -> s.held != null || !s.idle()).count();
    }

    private void checkSwitch(Effects effects) {
        if (left() > 0) {
            return;
        }
        for (SwitchWaiter waiter : switchWaiters) {
            effects.add(() -> waiter.done().complete(new Teams.KillSwitchAnswer(true, waiter.total(), 0)));
        }
        switchWaiters.clear();
    }

    private void giveUp(SwitchWaiter waiter) {
        int left;
        synchronized (lock) {
            switchWaiters.remove(waiter);
            left = left();
        }
        waiter.done().complete(new Teams.KillSwitchAnswer(true, Math.max(0, waiter.total() - left), left));
    }
}
