package org.jackfield.protocol.sip;

import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user agent's SIP core: sockets, parser, transactions.
 * Everything happens on one thread, without locks; methods are for that thread (see {@link #execute}) unless they say
 * otherwise. The listener is called there and must not block.
 */
public final class SipStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SipStack.class);

    private final SipConfig config;
    private final SipListener listener;
    private final NioEventLoopGroup group;
    private final NioEventLoop loop;
    private final NettyTransport transport;
    private final TimerWheel wheel = new TimerWheel(SipStack::now, this::wakeIn);
    private final TransactionLayer layer;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable ScheduledFuture<?> wake;

    private SipStack(SipConfig config, Function<SipStack, SipListener> user) {
        this.config = config;
        this.group = new NioEventLoopGroup(1, new DefaultThreadFactory(config.threadName(), true));
        this.loop = (NioEventLoop) group.next();
        this.transport = new NettyTransport(config, loop, new Intake());
        this.listener = user.apply(this);
        this.layer = new TransactionLayer(config.timers(), wheel, transport, listener, config.datagramsOrStreams());
    }

    /**
     * Binds and starts; blocks until bound, and may be called from any thread.
     *
     * @throws IOException when a port is taken or the address is not here; nothing is left open
     */
    public static SipStack start(SipConfig config, SipListener listener) throws IOException {
        return startWith(config, stack -> listener);
    }

    /** As above for a listener that needs the stack: it is made before anything can come in, and may not use it yet. */
    public static SipStack startWith(SipConfig config, Function<SipStack, SipListener> user) throws IOException {
        SipStack stack = new SipStack(config, user);
        try {
            stack.transport.bind();
        } catch (IOException e) {
            stack.close();
            throw e;
        }
        return stack;
    }

    /** A stack that has nothing to wait for does not wake. */
    private void wakeIn(long millis) {
        if (wake != null) {
            wake.cancel(false);
        }
        wake = loop.schedule(this::turn, millis, TimeUnit.MILLISECONDS);
    }

    private void turn() {
        wake = null;
        try {
            wheel.advance(now());
        } catch (RuntimeException e) {
            LOG.error("a SIP timer failed; its transaction may be left over", e);
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** The bound port; for any thread. */
    public int port() {
        return transport.port();
    }

    /** Runs {@code task} on the stack's thread, at once when called there; for any thread. */
    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** The stack's thread as a scheduler, for deadlines that others keep; for any thread. */
    public ScheduledExecutorService scheduler() {
        return loop;
    }

    /** Runs {@code task} on the stack's thread after {@code millis}, precise to 10 ms. */
    public TimerWheel.Timer schedule(long millis, Runnable task) {
        return wheel.schedule(millis, task);
    }

    /** Takes a timer back; null and one that has run are left alone. */
    public void cancel(TimerWheel.@Nullable Timer timer) {
        wheel.cancel(timer);
    }

    /** A request with start line and Via, for {@link #send}; all other headers are the caller's. */
    public SipWriter request(String method, String uri, Protocol protocol) {
        return layer.request(method, uri, protocol);
    }

    /** Sends a request that {@link #request} began, as a client transaction; the handler is called later, never now. */
    public ClientTransaction send(SipMessage request, Hop hop, ResponseHandler handler) {
        return layer.send(request, hop, handler);
    }

    /**
     * As above; when the peer challenges the request, it goes again with credentials before the handler hears of it (RFC
     * 3261 section 22.2), and with them at once when the peer has asked before.
     *
     * @param dialog whose request it is, null outside of one
     */
    public ClientTransaction send(
            SipMessage request, Hop hop, ResponseHandler handler, Login login, @Nullable Dialog dialog) {
        return layer.send(request, hop, handler, login, dialog);
    }

    /** Sends the ACK for a 2xx whose transaction is gone (RFC 3261 section 13.2.2.4); nothing answers an ACK. */
    public void sendAck(SipMessage ack, Hop hop) {
        layer.sendAck(ack, hop);
    }

    /** This stack's address as a URI without user, for example {@code sip:127.0.0.1:5060;transport=tcp}. */
    public String uri(Protocol protocol) {
        return "sip:" + transport.sentBy(protocol) + (protocol == Protocol.TCP ? ";transport=tcp" : "");
    }

    /** A Contact value for a dialog over {@code protocol}. */
    public String contact(Protocol protocol) {
        return "<" + uri(protocol) + ">";
    }

    public String newCallId() {
        return layer.newCallId();
    }

    public String newTag() {
        return layer.newTag();
    }

    public SipConfig config() {
        return config;
    }

    /** How many transactions wait for something. */
    public int transactions() {
        return layer.size();
    }

    /** Closes all sockets; transactions end without a word. Safe for any thread but the stack's own. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            transport.close();
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        }
    }

    private final class Intake implements NettyTransport.Receiver {
        @Override
        public void received(byte[] bytes, Flow flow) {
            SipMessage message;
            try {
                message = SipParser.parse(bytes, config.limits());
            } catch (SipParseException e) {
                refused(e, bytes, flow);
                return;
            }
            try {
                layer.receive(message, flow);
            } catch (RuntimeException e) {
                LOG.error("handling \"{}\" from {} failed; the message is lost", message, flow.remote(), e);
            }
        }

        @Override
        public void unread(Flow flow) {
            listener.onUnread(flow, NettyTransport.MOST_UNREAD);
        }

        @Override
        public void refused(SipParseException reason, byte[] bytes, Flow flow) {
            SipMessage partial = reason.answerable();
            if (partial != null) {
                InetSocketAddress source = flow.remote();
                flow.send(
                        ServerTransaction.prepare(
                                        partial,
                                        source,
                                        reason.refusal() == Refusal.VERSION ? 505 : 400,
                                        "Bad " + reason.refusal().text(),
                                        layer.newTag())
                                .build(),
                        null);
            }
            listener.onRefused(reason.refusal(), reason.offset(), flow.remote(), flow.protocol(), head(bytes));
        }

        private String head(byte[] bytes) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < Math.min(bytes.length, 60); i++) {
                text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
            }
            return text.toString();
        }
    }
}
