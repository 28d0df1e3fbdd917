package org.jackfield.protocol.csta;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one connection: application session (ECMA-354), heartbeat, requests, events.
 * Lives from connect to disconnect and is not used again. {@link Listener} is called on the transport's input thread, in
 * the order of the wire; all other methods may be called from any thread and none blocks.
 */
public final class CstaSession implements WireListener, AutoCloseable {
    /**
     * How to behave.
     *
     * @param edition what is asked for; what the peer answers is spoken
     * @param applicationSession false where the peer has none: the first message is RequestSystemStatus then
     * @param duration of the application session, whole seconds
     * @param heartbeat how often SystemStatus is sent; zero for never
     * @param requestTimeout of requests that the session itself sends
     */
    public record Options(
            Edition edition,
            boolean applicationSession,
            String applicationId,
            SessionMessage.@Nullable Login login,
            Duration duration,
            Duration heartbeat,
            Duration requestTimeout) {
        /** An application session of 180 s with a heartbeat each 30 s. */
        public static Options of(Edition edition, String applicationId) {
            return new Options(
                    edition,
                    true,
                    applicationId,
                    null,
                    Duration.ofMinutes(3),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5));
        }
    }

    /** Who gets what the peer sends. Must not block. */
    public interface Listener {
        /** The session is open; requests may be sent. */
        void opened(CstaSession session);

        /** An event or a one-way message came. */
        void notice(CstaMessage message, Received received);

        /** The peer's status came; the session has answered it. */
        default void status(@Nullable String status) {}

        /** The peer has stopped a monitor; the session has answered. */
        default void monitorStopped(String crossRef) {}

        /** The connection ended, also when it never opened. Last call, once, on any thread. */
        void closed(CloseReason reason);
    }

    private static final int MISSED_HEARTBEATS = 2;

    private final Options options;
    private final CstaTimer timer;
    private final Listener listener;
    private final CstaCounters counters;
    private final Object lock = new Object();
    private @Nullable Peer peer;
    private boolean ended;
    private int missed;
    private volatile boolean open;
    private volatile String sessionId = "";
    private volatile Duration heartbeat;

    /** A session that counts into {@code counters}, which may be shared with the sessions before it. */
    public CstaSession(Options options, CstaTimer timer, CstaCounters counters, Listener listener) {
        this.options = options;
        this.timer = timer;
        this.counters = counters;
        this.listener = listener;
        this.heartbeat = options.heartbeat();
    }

    /** Sends SystemStatus each {@code interval} from the next one on, as a switch's systemStatusTimer asks for it. */
    public void heartbeat(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("heartbeat: " + interval + " (expected: more than 0 s)");
        }
        heartbeat = interval;
    }

    /** True while requests can be sent. */
    public boolean isOpen() {
        return open;
    }

    public String sessionId() {
        return sessionId;
    }

    /** The edition that is spoken. */
    public Edition edition() {
        Peer current = peer();
        return current == null ? options.edition() : current.edition();
    }

    /**
     * Asks the peer.
     *
     * @return completes with the answer, or exceptionally with {@link CstaErrorException} or {@link NoAnswerException},
     *     always within {@code timeout}
     */
    public <A extends CstaMessage> CompletableFuture<A> request(CstaRequest<A> request, Duration timeout) {
        Peer current = peer();
        return current == null
                ? Peer.failed(NoAnswerException.Why.NOT_CONNECTED, "not connected")
                : current.request(request, timeout);
    }

    /** Sends a message that is not answered, for example RouteSelect; false when the connection is closed. */
    public boolean send(CstaMessage message) {
        Peer current = peer();
        return current != null && current.send(message);
    }

    /** Stops the application session and closes the connection; a second call does nothing. */
    @Override
    public void close() {
        Peer current = peer();
        if (current == null) {
            synchronized (lock) {
                ended = true;
            }
            return;
        }
        var stop = open && options.applicationSession() ? new SessionMessage.Stop(sessionId, "normal") : null;
        current.close(CloseReason.of(CloseReason.Cause.LOCAL, "closed by this end"), stop);
    }

    private @Nullable Peer peer() {
        synchronized (lock) {
            return peer;
        }
    }

    @Override
    public void connected(Wire wire) {
        var made = new Peer(wire, timer, options.edition(), counters, new Inbox());
        synchronized (lock) {
            if (ended) {
                wire.close();
                return;
            }
            peer = made;
        }
        if (options.applicationSession()) {
            startSession(made);
        } else {
            made.ask(new SystemMessage.Request(), options.requestTimeout(), (answer, failure) -> {
                if (failure == null || cause(failure) instanceof CstaErrorException) {
                    up(made);
                } else {
                    refuse(made, "RequestSystemStatus: " + cause(failure).getMessage());
                }
            });
        }
    }

    private void startSession(Peer made) {
        var start = new SessionMessage.Start(
                options.applicationId(),
                options.login(),
                List.of(options.edition().namespace()),
                (int) options.duration().toSeconds());
        made.ask(start, options.requestTimeout(), (answer, failure) -> {
            if (failure != null) {
                refuse(made, "StartApplicationSession: " + cause(failure).getMessage());
            } else if (answer instanceof SessionMessage.StartRefused refused) {
                refuse(made, "StartApplicationSession: " + refused.error());
            } else if (answer instanceof SessionMessage.Started started) {
                Edition negotiated = Edition.of(started.version());
                if (negotiated != null) {
                    made.edition(negotiated);
                }
                sessionId = started.sessionId();
                scheduleReset(made, started.duration());
                up(made);
            }
        });
    }

    private static void refuse(Peer made, String sentence) {
        made.close(CloseReason.of(CloseReason.Cause.REFUSED, sentence));
    }

    private void up(Peer made) {
        open = true;
        if (!options.heartbeat().isZero()) {
            scheduleHeartbeat(made);
        }
        listener.opened(this);
    }

    /** Resets the timer well before half of it is over, as ECMA-354 leaves to the client. */
    private void scheduleReset(Peer made, int seconds) {
        if (seconds > 0) {
            timer.after(Duration.ofMillis(seconds * 450L), () -> reset(made));
        }
    }

    private void reset(Peer made) {
        if (made.isClosed()) {
            return;
        }
        var reset = new SessionMessage.ResetTimer(
                sessionId, (int) options.duration().toSeconds());
        made.ask(reset, options.requestTimeout(), (answer, failure) -> {
            if (failure != null) {
                terminated(
                        made, "ResetApplicationSessionTimer: " + cause(failure).getMessage());
            } else if (answer instanceof SessionMessage.ResetRefused refused) {
                terminated(made, "ResetApplicationSessionTimer: " + refused.error());
            } else if (answer instanceof SessionMessage.TimerReset again) {
                scheduleReset(made, again.duration());
            }
        });
    }

    private static void terminated(Peer made, String sentence) {
        made.close(CloseReason.of(CloseReason.Cause.TERMINATED, sentence));
    }

    private void scheduleHeartbeat(Peer made) {
        timer.after(heartbeat, () -> beat(made));
    }

    private void beat(Peer made) {
        if (made.isClosed()) {
            return;
        }
        made.ask(
                new SystemMessage.Status(SystemMessage.NORMAL),
                heartbeat,
                (answer, failure) -> heard(made, failure == null ? null : cause(failure)));
        scheduleHeartbeat(made);
    }

    private void heard(Peer made, @Nullable Throwable failure) {
        int inARow;
        synchronized (lock) {
            missed = failure == null || failure instanceof CstaErrorException ? 0 : missed + 1;
            inARow = missed;
        }
        if (inARow >= MISSED_HEARTBEATS) {
            made.close(CloseReason.of(
                    CloseReason.Cause.HEARTBEAT,
                    "SystemStatus: " + inARow + " not answered (expected: an answer within " + heartbeat.toMillis()
                            + " ms)"));
        }
    }

    @Override
    public void received(ByteBuffer bytes) {
        Peer current = peer();
        if (current != null) {
            current.received(bytes);
        }
    }

    @Override
    public void disconnected(CloseReason reason) {
        Peer current = peer();
        if (current != null) {
            current.close(reason);
        } else {
            listener.closed(reason);
        }
    }

    static Throwable cause(Throwable failure) {
        Throwable inner = failure instanceof CompletionException ? failure.getCause() : failure;
        return inner == null ? failure : inner;
    }

    private final class Inbox implements Peer.Inbox {
        @Override
        public void request(CstaRequest<?> request, Received received) {
            Peer current = peer();
            if (current == null) {
                return;
            }
            if (request instanceof SystemMessage.Status status) {
                current.write(received.invokeId(), new SystemMessage.StatusAnswer());
                listener.status(status.status());
            } else if (request instanceof SystemMessage.Request) {
                current.write(received.invokeId(), new SystemMessage.RequestAnswer(SystemMessage.NORMAL));
            } else if (request instanceof MonitorMessage.Stop stop) {
                current.write(received.invokeId(), new MonitorMessage.Stopped());
                listener.monitorStopped(stop.crossRef());
            } else {
                current.write(received.invokeId(), new CstaError(CstaError.OPERATION, "serviceNotSupported"));
            }
        }

        @Override
        public void notice(CstaMessage message, Received received) {
            if (message instanceof SessionMessage.Terminated end) {
                Peer current = peer();
                if (current != null) {
                    terminated(current, "ApplicationSessionTerminated: " + end.reason());
                }
            } else {
                listener.notice(message, received);
            }
        }

        @Override
        public void closed(CloseReason reason) {
            open = false;
            listener.closed(reason);
        }
    }
}
