package org.jackfield.twin.acd;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between host and ACD and cuts each connection after a random number of bytes, in the middle of frames too. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final Random random;
    private final int most;
    private final AtomicInteger cuts = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean harmless;

    CuttingProxy(int target, int mostBytes, long seed) throws IOException {
        this.target = target;
        this.most = mostBytes;
        this.random = new Random(seed);
        run(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int cuts() {
        return cuts.get();
    }

    /** Lets connections live, or cuts them again. */
    void harmless(boolean now) {
        harmless = now;
    }

    private static void run(Runnable task) {
        var thread = new Thread(task, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(near);
                sockets.add(far);
                var left = new AtomicLong(1 + random.nextInt(most));
                boolean hard = random.nextBoolean();
                run(() -> copy(near, far, left, hard));
                run(() -> copy(far, near, left, hard));
            } catch (IOException e) {
                // closed, or the ACD does not listen any more
            }
        }
    }

    private void copy(Socket from, Socket to, AtomicLong left, boolean hard) {
        byte[] buffer = new byte[2048];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                long before = harmless ? Long.MAX_VALUE : left.getAndAdd(-read);
                if (before <= 0) {
                    return;
                }
                to.getOutputStream().write(buffer, 0, (int) Math.min(read, before));
                if (before <= read) {
                    cuts.incrementAndGet();
                    from.setSoLinger(hard, 0);
                    to.setSoLinger(hard, 0);
                    return;
                }
            }
        } catch (IOException e) {
            // the other direction was cut
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
