package org.jackfield.plugin;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a link hands out its offers of one kind.
 * The link makes it with {@link #create} and calls {@link #offer}; a flow attaches. All methods are safe for any thread
 * and none blocks.
 */
@ProviderType
public interface OfferPoint<Q, A> {
    /** The name that routes use, for example {@code invite} in {@code from: sip:invite}. */
    String name();

    Class<Q> question();

    Class<A> answer();

    /**
     * Takes all offers from now on. The handler must not block; it may answer at once or from another thread.
     *
     * @throws IllegalStateException when somebody is attached already
     */
    Registration attach(Consumer<Offer<Q, A>> handler);

    /** True while a handler is attached. */
    boolean attached();

    /**
     * Asks. {@code done} is called exactly once: with the handler's answer, or with the default when nobody is attached
     * (at once, on the caller's thread), when the handler throws, or at the deadline (on the scheduler's thread).
     *
     * @param within from now to the deadline, more than zero
     * @param otherwise the answer when nobody gives one
     */
    void offer(Q question, Duration within, Function<Q, A> otherwise, Consumer<Answered<A>> done);

    /**
     * An answer and how it came about.
     *
     * @param by {@code flow}, {@code nobody}, {@code deadline} or {@code error}
     */
    record Answered<A>(A answer, String by) {}

    /** A point without anybody attached; {@code scheduler} runs the deadlines. */
    static <Q, A> OfferPoint<Q, A> create(
            String name, Class<Q> question, Class<A> answer, ScheduledExecutorService scheduler) {
        return create(name, question, answer, () -> scheduler);
    }

    /**
     * As above for a link whose own thread keeps the deadlines, which spares the waking of another one for each offer.
     *
     * @param scheduler asked at each offer
     */
    static <Q, A> OfferPoint<Q, A> create(
            String name, Class<Q> question, Class<A> answer, Supplier<? extends ScheduledExecutorService> scheduler) {
        return new DefaultOfferPoint<>(name, question, answer, scheduler);
    }
}
