package org.jackfield.protocol.csta;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * The switch's end: accepts connections and answers what belongs to the session; the rest goes to a {@link Switch}.
 * Each connection has threads of its own.
 */
public final class CstaServer implements AutoCloseable {
    /**
     * How to behave.
     *
     * @param edition what is spoken with clients that ask for none that is known
     * @param maxDuration the longest application session granted
     * @param heartbeat how often SystemStatus is sent; zero for never
     */
    public record Options(Edition edition, Duration maxDuration, Duration heartbeat) {
        public static Options of(Edition edition) {
            return new Options(edition, Duration.ofMinutes(10), Duration.ZERO);
        }
    }

    /** What a switch does with its clients. Calls come on the connection's input thread and must not block. */
    public interface Switch {
        /** An application session is open (or the first RequestSystemStatus came, where there is none). */
        default void opened(SwitchSession session) {}

        /** Answers a request: with the kind that belongs to it, or with {@link CstaError}; it may take its time. */
        CompletionStage<? extends CstaMessage> request(SwitchSession session, CstaRequest<?> request);

        /** A message that is not answered: RouteSelect, RouteReject, RouteEnd. */
        default void notice(SwitchSession session, CstaMessage message) {}

        /** True to grant an application session; otherwise it is refused with {@code invalidApplicationInfo}. */
        default boolean admit(SessionMessage.Start start) {
            return true;
        }

        /** The connection ended; last call. */
        default void closed(SwitchSession session, CloseReason reason) {}
    }

    private final ServerSocket listening;
    private final Options options;
    private final CstaTimer timer;
    private final Switch handler;
    private final CstaCounters counters = new CstaCounters();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<SwitchSession> sessions = ConcurrentHashMap.newKeySet();

    private CstaServer(ServerSocket listening, Options options, CstaTimer timer, Switch handler) {
        this.listening = listening;
        this.options = options;
        this.timer = timer;
        this.handler = handler;
    }

    /** Listens on loopback; port 0 takes a free one. */
    public static CstaServer listen(int port, Options options, CstaTimer timer, Switch handler) throws IOException {
        return listen(new ServerSocket(), port, options, timer, handler);
    }

    /** The same over TLS. */
    public static CstaServer listen(int port, Options options, CstaTimer timer, Switch handler, SSLContext tls)
            throws IOException {
        return listen(tls.getServerSocketFactory().createServerSocket(), port, options, timer, handler);
    }

    private static CstaServer listen(ServerSocket socket, int port, Options options, CstaTimer timer, Switch handler)
            throws IOException {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        var server = new CstaServer(socket, options, timer, handler);
        var thread = new Thread(server::accept, "csta-server-" + socket.getLocalPort());
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The connections that are up, with or without an application session. */
    public Set<SwitchSession> sessions() {
        return Set.copyOf(sessions);
    }

    public CstaCounters counters() {
        return counters;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                int number = accepted.incrementAndGet();
                var session = new SwitchSession(
                        options, timer, counters, handler, String.format("%09d", number), sessions::remove);
                sessions.add(session);
                SocketWire.serve(socket, "csta-" + port() + "-" + number, session);
            } catch (IOException e) {
                // closed, or a client that was gone before it was accepted
            }
        }
    }

    /** Stops listening and closes all connections; a second call does nothing. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            // nothing more to be done about it
        }
        sessions().forEach(SwitchSession::close);
    }
}
