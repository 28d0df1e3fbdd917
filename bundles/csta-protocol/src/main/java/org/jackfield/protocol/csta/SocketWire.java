package org.jackfield.protocol.csta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection with one thread for each direction; what waits to go out is bounded.
 * While the peer sends more often than each millisecond, input is gathered for two: that spares most of the waking, and
 * the peer's window bounds what waits meanwhile. Input on a quiet connection is read at once.
 */
public final class SocketWire implements Wire {
    /** What may wait for a slow peer, in bytes. */
    private static final int MAX_QUEUED = 4 << 20;
    /** How long the last bytes may take once the connection is to close. */
    private static final int LINGER_MS = 1000;

    /** Input that comes sooner than this after the last is followed by more. */
    private static final long BUSY_NANOS = 1_000_000;
    /** How long what follows may wait for company. */
    private static final long GATHER_NANOS = 2_000_000;

    private final Socket socket;
    private final WireListener listener;
    private final Object lock = new Object();
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private int queued;
    private boolean closing;

    private SocketWire(Socket socket, WireListener listener) {
        this.socket = socket;
        this.listener = listener;
    }

    /** Connects on a thread of its own and tells {@code listener}; returns at once. */
    public static void connect(String host, int port, Duration timeout, String name, WireListener listener) {
        connect(host, port, timeout, name, null, listener);
    }

    /**
     * The same over TLS when there is a context: TLS 1.2 or later, and the certificate must name {@code host}.
     *
     * @param timeout of the connection, and once more of the handshake
     */
    public static void connect(
            String host, int port, Duration timeout, String name, @Nullable SSLContext tls, WireListener listener) {
        var plain = new Socket();
        start(name + "-in", () -> {
            Socket socket;
            try {
                plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
                socket = tls == null ? plain : secured(plain, host, port, tls, (int) timeout.toMillis());
            } catch (IOException | RuntimeException e) {
                quietly(plain);
                listener.disconnected(CloseReason.of(
                        CloseReason.Cause.CONNECT, "connect " + host + ":" + port + ": " + e.getMessage()));
                return;
            }
            new SocketWire(socket, listener).run(name);
        });
    }

    private static Socket secured(Socket plain, String host, int port, SSLContext tls, int timeout) throws IOException {
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(timeout);
        socket.startHandshake();
        socket.setSoTimeout(0);
        return socket;
    }

    /** Serves an accepted socket on threads of its own; returns at once. */
    static void serve(Socket socket, String name, WireListener listener) {
        start(name + "-in", () -> new SocketWire(socket, listener).run(name));
    }

    private static void start(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(String name) {
        CloseReason reason;
        try (socket) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            start(name + "-out", () -> write(out));
            listener.connected(this);
            reason = read(socket.getInputStream());
        } catch (IOException e) {
            reason = CloseReason.of(CloseReason.Cause.IO, "socket: " + e.getMessage());
        }
        close();
        listener.disconnected(reason);
    }

    private CloseReason read(InputStream in) throws IOException {
        byte[] buffer = new byte[16 << 10];
        while (true) {
            long asked = System.nanoTime();
            int read = in.read(buffer);
            boolean busy = System.nanoTime() - asked < BUSY_NANOS;
            if (read < 0) {
                break;
            }
            listener.received(ByteBuffer.wrap(buffer, 0, read));
            if (busy && read < buffer.length) {
                LockSupport.parkNanos(GATHER_NANOS);
            }
        }
        return CloseReason.of(CloseReason.Cause.PEER, "the peer closed the connection");
    }

    private void write(OutputStream out) {
        try {
            for (byte[] bytes = take(); bytes != null; bytes = take()) {
                out.write(bytes);
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            quietly(socket); // the reading side sees it too and tells why
        }
    }

    private byte @Nullable [] take() {
        synchronized (lock) {
            while (queue.isEmpty()) {
                if (closing) {
                    return null;
                }
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    return null;
                }
            }
            if (queue.size() == 1) {
                byte[] only = queue.remove();
                queued = 0;
                return only;
            }
            return merged();
        }
    }

    private byte[] merged() {
        byte[] all = new byte[queued];
        int at = 0;
        for (byte[] one : queue) {
            System.arraycopy(one, 0, all, at, one.length);
            at += one.length;
        }
        queue.clear();
        queued = 0;
        return all;
    }

    @Override
    public boolean send(byte[] bytes) {
        synchronized (lock) {
            if (closing || queued + bytes.length > MAX_QUEUED) {
                return false;
            }
            queue.add(bytes);
            queued += bytes.length;
            lock.notifyAll();
            return true;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (closing) {
                return;
            }
            closing = true;
            lock.notifyAll();
        }
        start("csta-linger", this::linger);
    }

    /** Ends a connection whose peer does not read or does not close. */
    private void linger() {
        try {
            Thread.sleep(LINGER_MS);
        } catch (InterruptedException e) {
            // then at once
        }
        quietly(socket);
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed is what was wanted
        }
    }
}
