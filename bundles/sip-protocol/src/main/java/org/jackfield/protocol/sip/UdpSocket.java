package org.jackfield.protocol.sip;

import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioTask;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP socket on an event loop, without a pipeline, a promise or a buffer of its own for each datagram: most of what a
 * trunk does passes here. A datagram that the kernel has no room for waits; when {@value #MOST_WAITING} wait, the next is
 * dropped, which the log says once until there is room again, and SIP's timers repeat it. All methods but {@link #bind}
 * are for the loop's thread.
 */
final class UdpSocket implements NioTask<DatagramChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);
    private static final int LARGEST = 65_535;
    static final int MOST_WAITING = 1_000;

    /** Takes what comes in. */
    @FunctionalInterface
    interface Taker {
        void taken(byte[] datagram, InetSocketAddress source);
    }

    /** Takes a datagram, or returns 0 when it has no room. */
    @FunctionalInterface
    interface Kernel {
        int send(ByteBuffer datagram, SocketAddress remote) throws IOException;
    }

    private record Waiting(ByteBuffer message, InetSocketAddress remote) {}

    private final DatagramChannel channel;
    private final Kernel kernel;
    private final Taker taker;
    private final int port;
    private final ByteBuffer in = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST);
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable SelectionKey key;
    private boolean dropping;

    private UdpSocket(DatagramChannel channel, Kernel kernel, Taker taker) throws IOException {
        this.channel = channel;
        this.kernel = kernel;
        this.taker = taker;
        port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    /**
     * Binds and begins to read; blocks, so not on the event loop.
     *
     * @param family of the socket; null for one that takes both where the machine has both
     * @param buffers of the kernel for either direction, in bytes
     * @param bound called before the first datagram is read
     * @throws IOException when the address is taken or not here; nothing is left open
     */
    static void bind(
            NioEventLoop loop,
            InetSocketAddress local,
            @Nullable ProtocolFamily family,
            int buffers,
            Taker taker,
            Consumer<UdpSocket> bound)
            throws IOException {
        bind(loop, local, family, buffers, channel -> channel::send, taker, bound);
    }

    static void bind(
            NioEventLoop loop,
            InetSocketAddress local,
            @Nullable ProtocolFamily family,
            int buffers,
            Function<DatagramChannel, Kernel> kernel,
            Taker taker,
            Consumer<UdpSocket> bound)
            throws IOException {
        DatagramChannel channel = family == null ? DatagramChannel.open() : DatagramChannel.open(family);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, buffers);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, buffers);
            channel.bind(local);
            UdpSocket socket = new UdpSocket(channel, kernel.apply(channel), taker);
            bound.accept(socket);
            loop.register(channel, SelectionKey.OP_READ, socket);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /**
     * Sends the first {@code length} of {@code bytes}, which must not change afterwards. What the network does to it shows by
     * the absence of an answer.
     *
     * @return false when no datagram can go to {@code remote} from here
     */
    boolean send(byte[] bytes, int length, InetSocketAddress remote) {
        if (length > LARGEST) {
            LOG.warn("message of {} bytes to {} (expected: at most {} for a datagram)", length, remote, LARGEST);
            return false;
        }
        if (!waiting.isEmpty()) {
            return await(bytes, length, remote);
        }
        try {
            return write(bytes, length, remote) || await(bytes, length, remote);
        } catch (IOException e) {
            LOG.debug("a datagram to {} was not sent", remote, e);
            return channel.isOpen();
        } catch (IllegalArgumentException e) { // unresolved, or of another family than the socket
            LOG.debug("no datagram goes to {} from {}", remote, this, e);
            return false;
        }
    }

    private boolean write(byte[] bytes, int length, InetSocketAddress remote) throws IOException {
        out.clear().put(bytes, 0, length).flip();
        return kernel.send(out, remote) > 0;
    }

    private boolean await(byte[] bytes, int length, InetSocketAddress remote) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid() && waiting.size() < MOST_WAITING) {
            waiting.add(new Waiting(ByteBuffer.wrap(bytes, 0, length), remote));
            registered.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } else if (!dropping) {
            dropping = true;
            LOG.warn("{} has no room and {} datagrams wait: more are dropped until it has", this, waiting.size());
        }
        return true;
    }

    /** One datagram each time: the loop's tasks and the other sockets have their turn in between. */
    @Override
    public void channelReady(DatagramChannel ready, SelectionKey registered) {
        key = registered;
        try {
            if (registered.isWritable()) {
                sendWaiting(registered);
            }
            if (registered.isReadable()) {
                read();
            }
        } catch (IOException e) {
            LOG.debug("{} was not read", this, e); // what a peer answered to an earlier datagram, for example
        } catch (RuntimeException e) {
            LOG.error("taking a datagram failed; it is lost", e);
        }
    }

    private void read() throws IOException {
        in.clear();
        if (channel.receive(in) instanceof InetSocketAddress source) {
            byte[] datagram = new byte[in.flip().remaining()];
            in.get(datagram);
            taker.taken(datagram, source);
        }
    }

    private void sendWaiting(SelectionKey registered) {
        for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
            try {
                if (!write(next.message().array(), next.message().limit(), next.remote())) {
                    return;
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.debug("a datagram to {} was not sent", next.remote(), e);
            }
            waiting.remove();
        }
        registered.interestOps(SelectionKey.OP_READ);
        dropping = false;
    }

    /** The loop ended. */
    @Override
    public void channelUnregistered(DatagramChannel gone, @Nullable Throwable cause) {
        if (cause != null) {
            LOG.error("{} is no longer read", this, cause);
        }
        close();
    }

    void close() {
        waiting.clear();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing {}", this, e);
        }
    }

    @Override
    public String toString() {
        return "UDP socket " + channel;
    }
}
