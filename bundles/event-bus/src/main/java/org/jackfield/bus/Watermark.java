package org.jackfield.bus;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;

/**
 * Remembers, across the death of the process, up to which position everything has reached the bus.
 * Safe for any thread.
 */
final class Watermark {
    private final MappedByteBuffer map;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private volatile long value;

    Watermark(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            map = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
        value = map.getLong(0);
    }

    /** A position on its way. */
    static final class Pending {
        private final long position;
        private boolean done;

        private Pending(long position) {
            this.position = position;
        }
    }

    /** Everything up to here has arrived. */
    long value() {
        return value;
    }

    synchronized int pending() {
        return pending.size();
    }

    /** Notes that {@code position} is on its way; positions come in order. */
    synchronized Pending sent(long position) {
        var sent = new Pending(position);
        pending.addLast(sent);
        return sent;
    }

    synchronized void arrived(Pending sent) {
        sent.done = true;
        for (Pending head = pending.peekFirst(); head != null && head.done; head = pending.peekFirst()) {
            value = head.position;
            pending.removeFirst();
        }
        map.putLong(0, value);
    }

    /** Forgets what is on its way, because it will be sent again. */
    synchronized void forget() {
        pending.clear();
    }
}
