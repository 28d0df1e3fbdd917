package org.jackfield.plugin;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

final class DefaultOfferPoint<Q, A> implements OfferPoint<Q, A> {
    private final String name;
    private final Class<Q> question;
    private final Class<A> answer;
    private final Supplier<? extends ScheduledExecutorService> scheduler;
    private final AtomicReference<@Nullable Consumer<Offer<Q, A>>> handler = new AtomicReference<>();

    DefaultOfferPoint(
            String name, Class<Q> question, Class<A> answer, Supplier<? extends ScheduledExecutorService> scheduler) {
        this.name = name;
        this.question = question;
        this.answer = answer;
        this.scheduler = scheduler;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Class<Q> question() {
        return question;
    }

    @Override
    public Class<A> answer() {
        return answer;
    }

    @Override
    public Registration attach(Consumer<Offer<Q, A>> newHandler) {
        if (!handler.compareAndSet(null, newHandler)) {
            throw new IllegalStateException(
                    "offer point " + name + ": a handler is attached (expected: none; one flow only takes offers)");
        }
        return () -> handler.compareAndSet(newHandler, null);
    }

    @Override
    public boolean attached() {
        return handler.get() != null;
    }

    @Override
    public void offer(Q asked, Duration within, Function<Q, A> otherwise, Consumer<Answered<A>> done) {
        Consumer<Offer<Q, A>> current = handler.get();
        if (current == null) {
            done.accept(new Answered<>(otherwise.apply(asked), "nobody"));
            return;
        }
        var pending = new Pending(asked, Instant.now().plus(within), otherwise, done);
        pending.timeout =
                scheduler.get().schedule(() -> pending.giveUp("deadline"), within.toNanos(), TimeUnit.NANOSECONDS);
        try {
            current.accept(pending);
        } catch (RuntimeException e) {
            pending.giveUp("error: " + e);
        }
        pending.cancelTimeoutIfAnswered();
    }

    private final class Pending implements Offer<Q, A> {
        private final Q asked;
        private final Instant deadline;
        private final Function<Q, A> otherwise;
        private final Consumer<Answered<A>> done;
        private final AtomicBoolean answered = new AtomicBoolean();
        private volatile @Nullable ScheduledFuture<?> timeout;

        Pending(Q asked, Instant deadline, Function<Q, A> otherwise, Consumer<Answered<A>> done) {
            this.asked = asked;
            this.deadline = deadline;
            this.otherwise = otherwise;
            this.done = done;
        }

        @Override
        public Q question() {
            return asked;
        }

        @Override
        public Instant deadline() {
            return deadline;
        }

        @Override
        public boolean answer(A given) {
            return finish(given, "flow");
        }

        @Override
        public boolean decline(String reason) {
            return giveUp("error: " + reason);
        }

        private boolean giveUp(String by) {
            return !answered.get() && finish(otherwise.apply(asked), by);
        }

        private boolean finish(A given, String by) {
            if (!answered.compareAndSet(false, true)) {
                return false;
            }
            cancelTimeoutIfAnswered();
            done.accept(new Answered<>(given, by));
            return true;
        }

        private void cancelTimeoutIfAnswered() {
            ScheduledFuture<?> running = timeout;
            if (running != null && answered.get()) {
                running.cancel(false);
            }
        }
    }
}
