package org.jackfield.protocol.csta;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The switch's end of one connection. All methods may be called from any thread and none blocks. */
public final class SwitchSession implements WireListener, AutoCloseable {
    private final CstaServer.Options options;
    private final CstaTimer timer;
    private final CstaCounters counters;
    private final CstaServer.Switch handler;
    private final String sessionId;
    private final Consumer<SwitchSession> gone;
    private final Object lock = new Object();
    private volatile @Nullable Peer peer;
    private volatile @Nullable Wire wire;
    private volatile String applicationId = "";
    private volatile boolean open;
    private volatile boolean mute;
    private CstaTimer.@Nullable Cancel expiry;

    /** A session that is not on a socket yet; whoever owns the transport calls {@link #connected}. */
    public SwitchSession(
            CstaServer.Options options,
            CstaTimer timer,
            CstaCounters counters,
            CstaServer.Switch handler,
            String sessionId,
            Consumer<SwitchSession> gone) {
        this.options = options;
        this.timer = timer;
        this.counters = counters;
        this.handler = handler;
        this.sessionId = sessionId;
        this.gone = gone;
    }

    public String sessionId() {
        return sessionId;
    }

    /** The applicationID that the client gave. */
    public String applicationId() {
        return applicationId;
    }

    /** True between the session's start and its end. */
    public boolean isOpen() {
        return open;
    }

    /** Sends an event under invoke id 9999; false when the connection is closed. */
    public boolean event(CstaMessage event) {
        Peer current = peer;
        return current != null && !mute && current.write(Frame.EVENT, event);
    }

    /** Sends RouteRequest, RouteUsed, RouteEnd or the like, which nobody answers; false when closed. */
    public boolean send(CstaMessage message) {
        Peer current = peer;
        return current != null && !mute && current.send(message);
    }

    /** Asks the client, for example SystemStatus. */
    public <A extends CstaMessage> CompletableFuture<A> request(CstaRequest<A> request, Duration timeout) {
        Peer current = peer;
        return current == null
                ? Peer.failed(NoAnswerException.Why.NOT_CONNECTED, "not connected")
                : current.request(request, timeout);
    }

    /** Sends bytes as they are, for faults on purpose; false when closed. */
    public boolean raw(byte[] bytes) {
        Wire current = wire;
        return current != null && current.send(bytes);
    }

    /** Says nothing any more although the connection stays up, or speaks again: a fault on purpose. */
    public void mute(boolean silent) {
        mute = silent;
    }

    /** Ends the application session from this side and closes the connection. */
    public void terminate(String reason) {
        Peer current = peer;
        if (current != null) {
            current.write(Frame.EVENT, new SessionMessage.Terminated(sessionId, reason));
            current.close(CloseReason.of(CloseReason.Cause.LOCAL, reason));
        }
    }

    /** Closes the connection without a word; a second call does nothing. */
    @Override
    public void close() {
        Peer current = peer;
        if (current != null) {
            current.close(CloseReason.of(CloseReason.Cause.LOCAL, "closed by this end"));
        }
    }

    @Override
    public void connected(Wire newWire) {
        wire = newWire;
        peer = new Peer(newWire, timer, options.edition(), counters, new Inbox());
        if (!options.heartbeat().isZero()) {
            timer.after(options.heartbeat(), this::heartbeat);
        }
    }

    private void heartbeat() {
        Peer current = peer;
        if (current == null || current.isClosed()) {
            return;
        }
        if (open && !mute) {
            CompletableFuture<?> unused =
                    current.request(new SystemMessage.Status(SystemMessage.NORMAL), options.heartbeat());
        }
        timer.after(options.heartbeat(), this::heartbeat);
    }

    @Override
    public void received(ByteBuffer bytes) {
        Peer current = peer;
        if (current != null) {
            current.received(bytes);
        }
    }

    @Override
    public void disconnected(CloseReason reason) {
        Peer current = peer;
        if (current != null) {
            current.close(reason);
        } else {
            gone.accept(this);
        }
    }

    private void renew(int seconds) {
        synchronized (lock) {
            if (expiry != null) {
                expiry.cancel();
            }
            expiry = timer.after(Duration.ofSeconds(seconds), () -> terminate("sessionTimerExpired"));
        }
    }

    private int granted(int wanted) {
        int most = (int) options.maxDuration().toSeconds();
        return wanted <= 0 ? most : Math.min(wanted, most);
    }

    private final class Inbox implements Peer.Inbox {
        @Override
        public void request(CstaRequest<?> request, Received received) {
            Peer current = peer;
            if (current == null || mute) {
                return;
            }
            int id = received.invokeId();
            if (request instanceof SessionMessage.Start start) {
                start(current, id, start);
            } else if (request instanceof SessionMessage.ResetTimer reset) {
                reset(current, id, reset);
            } else if (request instanceof SessionMessage.Stop) {
                current.write(id, new SessionMessage.Stopped());
                current.close(CloseReason.of(CloseReason.Cause.PEER, "the client stopped the session"));
            } else if (request instanceof SystemMessage.Status) {
                current.write(id, new SystemMessage.StatusAnswer());
            } else if (request instanceof SystemMessage.Request) {
                current.write(id, new SystemMessage.RequestAnswer(SystemMessage.NORMAL));
                opened();
            } else {
                ask(current, id, request);
            }
        }

        private void start(Peer current, int id, SessionMessage.Start start) {
            if (!handler.admit(start)) {
                current.write(id, new SessionMessage.StartRefused("invalidApplicationInfo"));
                return;
            }
            Edition edition = start.versions().stream()
                    .map(Edition::of)
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElse(null);
            if (edition == null) {
                current.write(id, new SessionMessage.StartRefused("requestedProtocolVersionNotSupported"));
                return;
            }
            applicationId = start.applicationId();
            int seconds = granted(start.duration());
            current.edition(edition);
            current.write(id, new SessionMessage.Started(sessionId, edition.namespace(), seconds));
            renew(seconds);
            opened();
        }

        private void opened() {
            if (!open) {
                open = true;
                handler.opened(SwitchSession.this);
            }
        }

        private void reset(Peer current, int id, SessionMessage.ResetTimer reset) {
            if (!open || !reset.sessionId().equals(sessionId)) {
                current.write(id, new SessionMessage.ResetRefused("invalidSessionID"));
                return;
            }
            int seconds = granted(reset.duration());
            renew(seconds);
            current.write(id, new SessionMessage.TimerReset(seconds));
        }

        private void ask(Peer current, int id, CstaRequest<?> request) {
            if (!open) {
                current.write(id, new CstaError(CstaError.SECURITY, "noSession"));
                return;
            }
            CompletionStage<? extends CstaMessage> answer = handler.request(SwitchSession.this, request);
            answer.whenComplete((message, failure) -> {
                if (mute) {
                    return;
                }
                current.write(id, failure == null ? message : new CstaError(CstaError.OPERATION, "generic"));
            });
        }

        @Override
        public void notice(CstaMessage message, Received received) {
            if (!mute) {
                handler.notice(SwitchSession.this, message);
            }
        }

        @Override
        public void closed(CloseReason reason) {
            open = false;
            synchronized (lock) {
                if (expiry != null) {
                    expiry.cancel();
                }
            }
            gone.accept(SwitchSession.this);
            handler.closed(SwitchSession.this, reason);
        }
    }
}
