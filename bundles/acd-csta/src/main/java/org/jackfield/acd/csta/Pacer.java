package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.CstaSession;
import org.jackfield.protocol.csta.NoAnswerException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests within the link's budget: so many per second, so many unanswered. Used on the lane only.
 * Orders of flows go before the link's own monitors and snapshots.
 */
final class Pacer {
    private static final int MAX_OPEN = 200;
    private static final long NEVER = 0;

    private final Lane lane;
    private final Duration answerWithin;
    private final LongSupplier nanos;
    private final double perNano;
    private final double most;
    private final ArrayDeque<Waiting<?>> urgent = new ArrayDeque<>();
    private final ArrayDeque<Waiting<?>> normal = new ArrayDeque<>();
    private @Nullable CstaSession session;
    private double tokens;
    private long refilled;
    private int open;
    private int generation;
    private boolean waking;

    /**
     * @param answerWithin how long an answer to one of the link's own requests may take, once it has been sent
     */
    Pacer(Lane lane, int perSecond, Duration answerWithin, LongSupplier nanos) {
        this.lane = lane;
        this.answerWithin = answerWithin;
        this.nanos = nanos;
        this.perNano = perSecond / 1e9;
        this.most = Math.max(1, perSecond / 10.0);
        this.tokens = most;
        this.refilled = nanos.getAsLong();
    }

    private record Waiting<A extends CstaMessage>(
            CstaRequest<A> request, long deadline, BiConsumer<@Nullable A, @Nullable Throwable> then) {
        void fail(NoAnswerException.Why why, String message) {
            then.accept(null, new NoAnswerException(why, message));
        }
    }

    /** Sends through {@code newSession} from now on; what waits for another is failed. */
    void session(@Nullable CstaSession newSession) {
        session = newSession;
        open = 0;
        generation++;
        if (newSession == null) {
            fail(urgent);
            fail(normal);
        }
    }

    private static void fail(ArrayDeque<Waiting<?>> queue) {
        while (!queue.isEmpty()) {
            queue.removeFirst().fail(NoAnswerException.Why.NOT_CONNECTED, "not connected");
        }
    }

    /** Asks before anything that waits; {@code then} is called on the lane, within {@code timeout}. */
    <A extends CstaMessage> void order(
            CstaRequest<A> request, Duration timeout, BiConsumer<@Nullable A, @Nullable Throwable> then) {
        var waiting = new Waiting<>(request, nanos.getAsLong() + timeout.toNanos(), then);
        add(urgent, waiting);
        if (urgent.contains(waiting)) {
            lane.after(timeout, () -> {
                if (urgent.remove(waiting)) {
                    waiting.fail(NoAnswerException.Why.NO_INVOKE_ID, "not sent: the request budget was used up");
                }
            });
        }
    }

    /** Asks when the budget allows, however long that takes; {@code then} is called on the lane. */
    <A extends CstaMessage> void ask(CstaRequest<A> request, BiConsumer<@Nullable A, @Nullable Throwable> then) {
        add(normal, new Waiting<>(request, NEVER, then));
    }

    private void add(ArrayDeque<Waiting<?>> queue, Waiting<?> waiting) {
        if (session == null) {
            waiting.fail(NoAnswerException.Why.NOT_CONNECTED, "not connected");
            return;
        }
        queue.add(waiting);
        pump();
    }

    private void pump() {
        refill();
        while (session != null && open < MAX_OPEN && !(urgent.isEmpty() && normal.isEmpty())) {
            if (tokens < 1) {
                wake();
                return;
            }
            Waiting<?> next = urgent.isEmpty() ? normal.removeFirst() : urgent.removeFirst();
            send(next);
        }
    }

    private void refill() {
        long now = nanos.getAsLong();
        tokens = Math.min(most, tokens + (now - refilled) * perNano);
        refilled = now;
    }

    private void wake() {
        if (!waking) {
            waking = true;
            lane.after(Duration.ofNanos((long) ((1 - tokens) / perNano) + 1), () -> {
                waking = false;
                pump();
            });
        }
    }

    private <A extends CstaMessage> void send(Waiting<A> waiting) {
        CstaSession current = session;
        long left = waiting.deadline() == NEVER ? answerWithin.toNanos() : waiting.deadline() - nanos.getAsLong();
        if (current == null || left <= 0) {
            waiting.fail(NoAnswerException.Why.NO_INVOKE_ID, "not sent: the request budget was used up");
            return;
        }
        tokens--;
        open++;
        int mine = generation;
        CompletableFuture<A> unused = current.request(waiting.request(), Duration.ofNanos(left))
                .whenComplete((answer, failure) -> lane.execute(() -> {
                    if (mine == generation) {
                        open--;
                    }
                    waiting.then().accept(answer, failure);
                    pump();
                }));
    }
}
