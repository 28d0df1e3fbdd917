package org.jackfield.protocol.sip;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** UDP and TCP on one event loop of Netty; everything but {@link #bind} happens there. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told by listeners, or shows as a closed channel
final class NettyTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    private static final int SOCKET_BUFFER = 4 * 1024 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 4_000;
    private static final int ANY_PORT_ATTEMPTS = 20;
    /** What one connection may hold that its peer does not read, in bytes; then it is closed and its requests have failed. */
    static final int MOST_UNREAD = 4 * 1024 * 1024;

    private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(MOST_UNREAD / 2, MOST_UNREAD);
    private static final int SOURCES_OF_MANY = 10;
    private static final int RECENT = 64;
    private static final String ANY_ADDRESS = "0.0.0.0";

    /** Takes what comes in, on the event loop. */
    interface Receiver {
        void received(byte[] message, Flow flow);

        void refused(SipParseException reason, byte[] head, Flow flow);

        void unread(Flow flow);
    }

    private final SipConfig config;
    private final NioEventLoop loop;
    private final Receiver receiver;
    private final Map<InetSocketAddress, TcpFlow> outgoing = new HashMap<>();
    /** By the last bits of their addresses' hashes: a trunk has few peers, and each message would make a new one. */
    private final UdpFlow[] recent = new UdpFlow[RECENT];

    private final Map<InetAddress, int[]> accepted = new HashMap<>();
    private int allAccepted;
    private boolean closing;
    private final List<Channel> bound = new CopyOnWriteArrayList<>();
    private final boolean fourOnly;
    private volatile @Nullable UdpSocket udp;
    private volatile int port;

    NettyTransport(SipConfig config, NioEventLoop loop, Receiver receiver) {
        this.config = config;
        this.loop = loop;
        this.receiver = receiver;
        this.port = config.port();
        this.fourOnly =
                NetUtil.isValidIpV4Address(config.host()) && !config.host().equals(ANY_ADDRESS);
    }

    /** Binds all transports to one port; blocks, so not on the event loop. */
    void bind() throws IOException {
        int attempts = config.port() == 0 ? ANY_PORT_ATTEMPTS : 1;
        while (true) {
            try {
                bindAll();
                return;
            } catch (IOException e) {
                attempts--;
                if (attempts == 0) {
                    throw e;
                }
                port = 0; // the port that was free for UDP is taken for TCP
                bound.clear();
            }
        }
    }

    private void bindAll() throws IOException {
        if (config.protocols().contains(Protocol.UDP)) {
            bindUdp();
        }
        if (config.protocols().contains(Protocol.TCP)) {
            await(tcpBootstrap().bind(config.host(), port), Protocol.TCP);
        }
    }

    private void await(ChannelFuture future, Protocol protocol) throws IOException {
        future.awaitUninterruptibly();
        if (!future.isSuccess()) {
            close();
            throw refusal(protocol, future.cause());
        }
        bound.add(future.channel());
        port = ((InetSocketAddress) future.channel().localAddress()).getPort();
    }

    /** A socket of the address' own family spares the kernel mapped addresses; the one for any address takes both. */
    private void bindUdp() throws IOException {
        try {
            UdpSocket.bind(
                    loop,
                    new InetSocketAddress(config.host(), port),
                    fourOnly ? StandardProtocolFamily.INET : null,
                    SOCKET_BUFFER,
                    this::onDatagram,
                    socket -> { // before the first datagram can ask for it
                        udp = socket;
                        port = socket.port();
                    });
        } catch (IOException | UnresolvedAddressException e) {
            close();
            throw refusal(Protocol.UDP, e);
        }
    }

    private IOException refusal(Protocol protocol, Throwable cause) {
        return new IOException(
                "bind " + config.host() + ":" + port + ";" + protocol.text() + ": " + cause.getMessage(), cause);
    }

    private void onDatagram(byte[] bytes, InetSocketAddress source) {
        if (!isKeepAlive(bytes)) {
            receiver.received(bytes, datagramsTo(source));
        }
    }

    private UdpFlow datagramsTo(InetSocketAddress remote) {
        int at = remote.hashCode() & (RECENT - 1);
        UdpFlow flow = recent[at];
        if (flow == null || !flow.remote.equals(remote)) {
            flow = new UdpFlow(remote);
            recent[at] = flow;
        }
        return flow;
    }

    /** Nothing but line ends or, as some phones do, NULs. */
    private static boolean isKeepAlive(byte[] bytes) {
        if (bytes.length > 4) {
            return false;
        }
        for (byte b : bytes) {
            if (b != '\r' && b != '\n' && b != 0) {
                return false;
            }
        }
        return true;
    }

    private ServerBootstrap tcpBootstrap() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        port = ((InetSocketAddress) context.channel().localAddress()).getPort();
                    }
                })
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
                        int[] open = accepted.computeIfAbsent(remote.getAddress(), source -> new int[1]);
                        int most = config.limits().connections();
                        if (open[0] >= most || allAccepted >= SOURCES_OF_MANY * most) {
                            forgetIfNone(remote.getAddress(), open);
                            channel.close();
                            return;
                        }
                        open[0]++;
                        allAccepted++;
                        channel.closeFuture().addListener(closed -> {
                            allAccepted--;
                            open[0]--;
                            forgetIfNone(remote.getAddress(), open);
                        });
                        channel.pipeline().addLast(new TcpFlow(remote, channel));
                        bound.add(channel);
                        channel.closeFuture().addListener(closed -> bound.remove(channel));
                    }
                });
    }

    private void forgetIfNone(InetAddress source, int[] open) {
        if (open[0] <= 0) {
            accepted.remove(source, open);
        }
    }

    @Override
    public Flow flow(Hop hop) {
        if (hop.protocol() == Protocol.UDP) {
            return datagramsTo(hop.address());
        }
        TcpFlow known = outgoing.get(hop.address());
        if (known != null) {
            return known;
        }
        TcpFlow flow = new TcpFlow(hop.address(), null);
        outgoing.put(hop.address(), flow);
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
                .handler(flow)
                .connect(hop.address())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        flow.fail();
                    }
                });
        return flow;
    }

    @Override
    public String sentBy(Protocol protocol) {
        return config.advertisedHost() + ":" + port;
    }

    int port() {
        return port;
    }

    /** Closes all sockets; may be called from any thread. */
    void close() {
        Runnable task = () -> {
            closing = true;
            UdpSocket datagrams = udp;
            if (datagrams != null) {
                datagrams.close();
            }
            outgoing.values().forEach(TcpFlow::close);
            new ArrayList<>(bound).forEach(Channel::close);
        };
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.submit(task).awaitUninterruptibly();
            new ArrayList<>(bound).forEach(channel -> channel.close().awaitUninterruptibly());
        }
    }

    private final class UdpFlow implements Flow {
        private final InetSocketAddress remote;

        UdpFlow(InetSocketAddress remote) {
            this.remote = remote;
        }

        @Override
        public Protocol protocol() {
            return Protocol.UDP;
        }

        @Override
        public InetSocketAddress remote() {
            return remote;
        }

        @Override
        public void send(SipMessage message, @Nullable Runnable failed) {
            UdpSocket socket = udp;
            boolean possible = socket != null
                    && !(fourOnly && !(remote.getAddress() instanceof Inet4Address))
                    && socket.send(message.raw(), message.length(), remote);
            if (!possible && failed != null) {
                loop.execute(failed);
            }
        }
    }

    /** One TCP connection; what is sent before it is up waits. */
    private final class TcpFlow extends ChannelInboundHandlerAdapter implements Flow {
        private record Waiting(SipMessage message, @Nullable Runnable failed) {}

        private final InetSocketAddress remote;
        private final boolean opened;
        private final TcpFramer framer = new TcpFramer(config.limits());
        private final List<Waiting> waiting = new ArrayList<>();
        private final Set<Runnable> watching = new LinkedHashSet<>(0);
        private @Nullable Channel channel;
        private int waitingBytes;
        private boolean closed;
        private boolean unread;

        TcpFlow(InetSocketAddress remote, @Nullable Channel channel) {
            this.remote = remote;
            this.channel = channel;
            this.opened = channel == null;
        }

        @Override
        public boolean opened() {
            return opened;
        }

        @Override
        public boolean renewable() {
            return opened && channel != null && !unread && !closing;
        }

        @Override
        public void watch(Runnable ended) {
            watching.add(ended);
        }

        @Override
        public void unwatch(Runnable ended) {
            watching.remove(ended);
        }

        @Override
        public Protocol protocol() {
            return Protocol.TCP;
        }

        @Override
        public InetSocketAddress remote() {
            return remote;
        }

        @Override
        public void send(SipMessage message, @Nullable Runnable failed) {
            Channel open = channel;
            if (closed || waitingBytes > MOST_UNREAD) {
                if (failed != null) {
                    loop.execute(failed);
                }
            } else if (open == null) {
                waiting.add(new Waiting(message, failed));
                waitingBytes += message.length();
            } else {
                write(open, message, failed);
            }
        }

        private void write(Channel open, SipMessage message, @Nullable Runnable failed) {
            ByteBuf buffer = open.alloc().directBuffer(message.length()).writeBytes(message.raw(), 0, message.length());
            ChannelFuture written = open.writeAndFlush(buffer);
            if (!open.isWritable() && open.isActive()) {
                unread = true;
                receiver.unread(this);
                open.close();
            }
            if (failed != null) {
                written.addListener(done -> {
                    if (!done.isSuccess()) {
                        fail(); // before it is taken for one that can be used
                        loop.execute(failed);
                    }
                });
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            Channel open = context.channel();
            channel = open;
            if (opened) {
                context.pipeline()
                        .addBefore(
                                context.name(),
                                null,
                                new IdleStateHandler(0, 0, config.timers().idle(), TimeUnit.MILLISECONDS));
            }
            waiting.forEach(one -> write(open, one.message(), one.failed()));
            waiting.clear();
            waitingBytes = 0;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                int count = buffer.readableBytes();
                byte[] room = framer.room(count);
                buffer.readBytes(room, framer.offset(), count);
                framer.added(count);
            } finally {
                buffer.release();
            }
            cut(context);
        }

        private void cut(ChannelHandlerContext context) {
            try {
                byte[] next = framer.next();
                while (next != null) {
                    receiver.received(next, this);
                    next = framer.next();
                }
                int pings = framer.takePings();
                if (pings > 0) {
                    context.writeAndFlush(
                            context.alloc().buffer(2).writeByte('\r').writeByte('\n'));
                }
            } catch (SipParseException e) {
                receiver.refused(e, new byte[0], this);
                context.close(); // what follows cannot be cut any more
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof IdleStateEvent) {
                fail(); // before the next request can ask for it
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) {
                LOG.error("reading from {} failed; the connection is closed", remote, cause);
            }
            context.close();
        }

        private void fail() {
            closed = true;
            outgoing.remove(remote, this);
            waiting.forEach(one -> {
                Runnable failed = one.failed();
                if (failed != null) {
                    loop.execute(failed);
                }
            });
            waiting.clear();
            waitingBytes = 0;
            if (!closing) {
                watching.forEach(loop::execute);
            }
            watching.clear();
        }

        private void close() {
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }
    }
}
