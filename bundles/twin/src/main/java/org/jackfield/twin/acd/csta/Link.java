package org.jackfield.twin.acd.csta;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jspecify.annotations.Nullable;

/**
 * One CSTA connection: reads frames on a thread of its own, writes them on another. Thread-safe.
 * The wire's faults (split frames, wrong length, ...) strike here.
 */
public final class Link implements AutoCloseable {
    private static final String SIDE = "acd";
    private static final Frame END = new Frame("0000", "");

    private final Socket socket;
    private final Faults faults;
    private final TwinLog log;
    private final LinkedBlockingQueue<Frame> outgoing = new LinkedBlockingQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Frame held;

    /** What the owner of a link does with it. Called on the link's reading thread. */
    public interface Owner {
        void received(Frame frame, Element message);

        void closed(String reason);
    }

    public Link(Socket socket, Faults faults, TwinLog log) {
        this.socket = socket;
        this.faults = faults;
        this.log = log;
    }

    public void start(Owner owner, Consumer<Thread> threads) {
        threads.accept(new Thread(() -> read(owner), "twin-csta-in"));
        threads.accept(new Thread(this::write, "twin-csta-out"));
    }

    public void send(Frame frame) {
        outgoing.add(frame);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            outgoing.add(END);
            try {
                socket.close();
            } catch (IOException e) {
                log.note(SIDE, "csta close: " + e.getMessage());
            }
        }
    }

    private void read(Owner owner) {
        String reason = "the peer closed";
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
                awaitWhile("acd.half-open");
                Element message = Element.parse(frame.xml());
                log.in(SIDE, message.name(), "invokeId", frame.invokeId(), "xml", frame.xml());
                owner.received(frame, message);
            }
        } catch (IOException e) {
            reason = String.valueOf(e.getMessage());
        } finally {
            close();
            owner.closed(reason);
        }
    }

    private void write() {
        try (OutputStream out = socket.getOutputStream()) {
            for (Frame frame = outgoing.take(); !frame.equals(END); frame = outgoing.take()) {
                awaitWhile("acd.half-open");
                pass(out, frame);
            }
        } catch (IOException e) {
            log.note(SIDE, "csta write: " + e.getMessage());
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets a frame through the faults that order and double frames. */
    private void pass(OutputStream out, Frame frame) throws IOException {
        boolean event = frame.invokeId().equals(Frame.EVENT);
        Frame waiting = held;
        if (event && waiting == null && faults.strikes("acd.out-of-order")) {
            held = frame;
            return;
        }
        put(out, frame);
        if (event && faults.strikes("acd.duplicate-events")) {
            put(out, frame);
        }
        if (waiting != null) {
            held = null;
            put(out, waiting);
        }
    }

    private void put(OutputStream out, Frame frame) throws IOException {
        byte[] bytes = frame.bytes();
        log.out(SIDE, name(frame.xml()), "invokeId", frame.invokeId(), "xml", frame.xml());
        OptionalDouble wrong = faults.take("acd.wrong-length");
        if (wrong.isPresent()) {
            int length = wrong.getAsDouble() > 0 ? bytes.length - (int) wrong.getAsDouble() : 4;
            bytes[2] = (byte) (length >>> 8);
            bytes[3] = (byte) length;
        }
        if (faults.strikes("acd.bad-format")) {
            bytes[1] = 1;
        }
        if (faults.strikes("acd.malformed-xml")) {
            bytes = Arrays.copyOf(bytes, bytes.length - 5);
            bytes[2] = (byte) (bytes.length >>> 8);
            bytes[3] = (byte) bytes.length;
        }
        if (faults.strikes("acd.split-frames")) {
            for (byte b : bytes) {
                out.write(b);
                out.flush();
            }
        } else {
            out.write(bytes);
            out.flush();
        }
    }

    private void awaitWhile(String fault) {
        while (faults.isOn(fault) && !closed.get()) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String name(String xml) {
        int start = xml.indexOf('<', xml.indexOf("?>")) + 1;
        int end = start;
        while (end < xml.length() && Character.isLetterOrDigit(xml.charAt(end))) {
            end++;
        }
        return xml.substring(start, end);
    }
}
