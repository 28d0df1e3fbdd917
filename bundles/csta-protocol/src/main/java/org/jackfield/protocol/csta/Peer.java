package org.jackfield.protocol.csta;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a connection do: frames, invoke ids, answers matched to requests, time limits.
 * Input comes on one thread and is delivered on it in order; everything else may be called from any thread.
 */
final class Peer {
    /** How long a begun frame may take. */
    private static final Duration FRAME_TIME = Duration.ofSeconds(10);

    /** Who gets what comes in. */
    interface Inbox {
        void request(CstaRequest<?> request, Received received);

        void notice(CstaMessage message, Received received);

        /** Once, on any thread. */
        void closed(CloseReason reason);
    }

    private record Open<A extends CstaMessage>(Class<A> type, CompletableFuture<A> answer, CstaTimer.Cancel timeout) {
        void complete(CstaMessage message) {
            timeout.cancel();
            if (type.isInstance(message)) {
                answer.complete(type.cast(message));
            } else if (message instanceof CstaError error) {
                answer.completeExceptionally(new CstaErrorException(error));
            } else {
                answer.completeExceptionally(new NoAnswerException(
                        NoAnswerException.Why.UNEXPECTED,
                        "answer: " + message.getClass().getSimpleName() + " (expected: " + type.getSimpleName() + ")"));
            }
        }

        void fail(NoAnswerException e) {
            timeout.cancel();
            answer.completeExceptionally(e);
        }
    }

    private final Wire wire;
    private final CstaTimer timer;
    private final Inbox inbox;
    private final CstaCounters counters;
    private final FrameDecoder frames = new FrameDecoder();
    private final MessageDecoder decoder = new MessageDecoder();
    private final Object lock = new Object();
    private final Map<Integer, Open<?>> open = new HashMap<>();
    private int lastInvokeId;
    private @Nullable CloseReason closed;
    private CstaTimer.@Nullable Cancel frameTimeout;
    private volatile Edition edition;

    Peer(Wire wire, CstaTimer timer, Edition edition, CstaCounters counters, Inbox inbox) {
        this.wire = wire;
        this.timer = timer;
        this.edition = edition;
        this.counters = counters;
        this.inbox = inbox;
    }

    Edition edition() {
        return edition;
    }

    void edition(Edition negotiated) {
        edition = negotiated;
    }

    /** Takes bytes from the wire; on a fault the connection is closed and nothing more is delivered. */
    void received(ByteBuffer bytes) {
        try {
            if (isClosed()) {
                return;
            }
            frames.feed(bytes);
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                counters.framesIn.increment();
                deliver(decoder.decode(frame));
                if (isClosed()) {
                    return;
                }
            }
            watchFrame();
        } catch (CstaFormatException e) {
            counters.refused.increment();
            close(CloseReason.format(e));
        }
    }

    private void watchFrame() {
        CstaTimer.Cancel running = frameTimeout;
        if (running != null) {
            running.cancel();
            frameTimeout = null;
        }
        if (frames.midFrame()) {
            frameTimeout = timer.after(FRAME_TIME, () -> {
                counters.refused.increment();
                close(new CloseReason(
                        CloseReason.Cause.FORMAT,
                        Fault.INCOMPLETE,
                        "frame: begun and not finished (expected: within " + FRAME_TIME.toSeconds() + " s)"));
            });
        }
    }

    private void deliver(Received received) {
        CstaMessage message = received.message();
        if (message instanceof CstaRequest<?> request) {
            inbox.request(request, received);
        } else if (isAnswer(message)) {
            answer(received.invokeId(), message);
        } else if (message instanceof UnknownMessage && received.invokeId() != Frame.EVENT) {
            Open<?> waiting = take(received.invokeId());
            if (waiting != null) {
                waiting.complete(message);
            } else {
                inbox.notice(message, received);
            }
        } else {
            inbox.notice(message, received);
        }
    }

    private static boolean isAnswer(CstaMessage message) {
        return (message instanceof SessionMessage && !(message instanceof SessionMessage.Terminated))
                || message instanceof SystemMessage
                || message instanceof MonitorMessage
                || message instanceof AgentMessage
                || message instanceof CallMessage
                || (message instanceof CapabilityMessage && !(message instanceof CapabilityMessage.DeviceList))
                || message instanceof CstaError
                || message instanceof RouteMessage.Registered
                || message instanceof RouteMessage.RegisterCancelled;
    }

    private void answer(int invokeId, CstaMessage message) {
        Open<?> waiting = take(invokeId);
        if (waiting == null) {
            counters.late.increment();
        } else {
            waiting.complete(message);
        }
    }

    private @Nullable Open<?> take(int invokeId) {
        synchronized (lock) {
            return open.remove(invokeId);
        }
    }

    /** Sends a request; the future completes on the input thread, or on the timer's with {@link NoAnswerException}. */
    <A extends CstaMessage> CompletableFuture<A> request(CstaRequest<A> request, Duration timeout) {
        var answer = new CompletableFuture<A>();
        int id;
        synchronized (lock) {
            if (closed != null) {
                return failed(NoAnswerException.Why.NOT_CONNECTED, "not connected: " + closed.sentence());
            }
            if (open.size() >= Frame.MAX_INVOKE_ID) {
                return failed(
                        NoAnswerException.Why.NO_INVOKE_ID,
                        "invoke ids: " + open.size() + " open (expected: less than " + Frame.MAX_INVOKE_ID + ")");
            }
            id = nextInvokeId();
            open.put(id, new Open<>(request.answer(), answer, timer.after(timeout, () -> expire(id, timeout))));
        }
        write(id, request);
        return answer;
    }

    /** As {@link #request}, with a callback for the answer or for what went wrong. */
    <A extends CstaMessage> void ask(
            CstaRequest<A> request,
            Duration timeout,
            BiConsumer<? super @Nullable A, ? super @Nullable Throwable> then) {
        CompletableFuture<A> unused = request(request, timeout).whenComplete(then);
    }

    private void expire(int id, Duration timeout) {
        Open<?> waiting = take(id);
        if (waiting != null) {
            counters.timeouts.increment();
            waiting.fail(new NoAnswerException(
                    NoAnswerException.Why.TIMEOUT, "no answer within " + timeout.toMillis() + " ms"));
        }
    }

    private int nextInvokeId() {
        do {
            lastInvokeId = lastInvokeId % Frame.MAX_INVOKE_ID + 1;
        } while (open.containsKey(lastInvokeId));
        return lastInvokeId;
    }

    /** Sends a message that nobody answers under an invoke id of its own; false when the connection is closed. */
    boolean send(CstaMessage message) {
        int id;
        synchronized (lock) {
            id = nextInvokeId();
        }
        return write(id, message);
    }

    /** Sends an answer to {@code invokeId}, or an event with {@link Frame#EVENT}; false when closed. */
    boolean write(int invokeId, CstaMessage message) {
        byte[] bytes = new Frame(invokeId, MessageEncoder.encode(message, edition)).encode();
        if (isClosed()) {
            return false;
        }
        if (!wire.send(bytes)) {
            close(CloseReason.of(CloseReason.Cause.SLOW_PEER, "the peer does not read what it is sent"));
            return false;
        }
        counters.framesOut.increment();
        return true;
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed != null;
        }
    }

    /** Ends the connection and fails what waits; only the first reason counts. */
    void close(CloseReason reason) {
        close(reason, null);
    }

    /** As above, with a last word to the peer, whose answer nobody waits for. */
    void close(CloseReason reason, @Nullable CstaMessage last) {
        List<Open<?>> waiting;
        synchronized (lock) {
            if (closed != null) {
                return;
            }
            closed = reason;
            waiting = List.copyOf(open.values());
            open.clear();
            if (last != null) {
                wire.send(new Frame(nextInvokeId(), MessageEncoder.encode(last, edition)).encode());
            }
        }
        wire.close();
        waiting.forEach(one -> one.fail(
                new NoAnswerException(NoAnswerException.Why.DISCONNECTED, "disconnected: " + reason.sentence())));
        inbox.closed(reason);
    }

    static <A> CompletableFuture<A> failed(NoAnswerException.Why why, String message) {
        return CompletableFuture.failedFuture(new NoAnswerException(why, message));
    }
}
