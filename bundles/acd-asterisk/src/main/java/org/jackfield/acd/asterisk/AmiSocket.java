package org.jackfield.acd.asterisk;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection to the manager, with a thread that reads and one that writes. Sending never blocks: an Asterisk that
 * reads too slowly loses the connection. The ear is told the end exactly once.
 */
final class AmiSocket implements AutoCloseable {
    private static final int MAX_WAITING = 5_000;
    private static final byte[] END = new byte[0];

    private final Socket socket = new Socket();
    private final BlockingQueue<byte[]> outgoing = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
    private final Ear ear;
    private final String name;

    /** Called on the reading thread; must not block. */
    interface Ear {
        void greeted(String version);

        void message(AmiMessage message);

        /** One block was left out. */
        void refused(String reason);

        /**
         * @param reason one word: {@code connect}, {@code peer}, {@code io}, {@code slow}, {@code local}, or the named
         *     fault of the bytes
         * @param fault true when the bytes were at fault
         */
        void closed(String reason, String sentence, boolean fault);
    }

    private AmiSocket(String name, Ear ear) {
        this.name = name;
        this.ear = ear;
    }

    /** Connects in the background. */
    static AmiSocket connect(String host, int port, Duration within, String name, Ear ear) {
        var made = new AmiSocket(name, ear);
        made.start(name + "-in", () -> made.run(host, port, within));
        return made;
    }

    private Thread start(String threadName, Runnable work) {
        var thread = new Thread(work, threadName);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void run(String host, int port, Duration within) {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), (int) within.toMillis());
        } catch (IOException | IllegalArgumentException e) {
            end("connect", "no connection to " + host + ":" + port + ": " + e.getMessage(), false);
            return;
        }
        writer.set(start(name + "-out", this::write));
        try {
            read(socket.getInputStream());
            end("peer", "closed by Asterisk", false);
        } catch (AmiDecoder.Fault e) {
            end(e.reason(), String.valueOf(e.getMessage()), true);
        } catch (IOException e) {
            end("io", "connection lost: " + e.getMessage(), false);
        }
    }

    private void read(InputStream in) throws IOException, AmiDecoder.Fault {
        var decoder = new AmiDecoder(ear::greeted, ear::message, ear::refused);
        var buffer = new byte[16 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            decoder.feed(buffer, count);
        }
    }

    private void write() {
        try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024)) {
            for (byte[] next = outgoing.take(); next != END; next = outgoing.take()) {
                out.write(next);
                if (outgoing.isEmpty()) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            end("io", "connection lost: " + e.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void send(byte[] bytes) {
        if (!outgoing.offer(bytes)) {
            end("slow", MAX_WAITING + " actions wait to be sent", false);
        }
    }

    private void end(String reason, String sentence, boolean fault) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            sentence = sentence + " (" + e.getMessage() + ")";
        }
        Thread writing = writer.get();
        if (writing != null) {
            writing.interrupt();
        }
        ear.closed(reason, sentence, fault);
    }

    /** Ends it for the given reason; a second call does nothing. */
    void close(String reason, String sentence) {
        end(reason, sentence, false);
    }

    @Override
    public void close() {
        close("local", "closed");
    }
}
