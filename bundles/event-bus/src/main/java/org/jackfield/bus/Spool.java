package org.jackfield.bus;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jackfield.plugin.SpoolFullException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local append-only record, in memory-mapped segments: what is appended survives the death of this process.
 * Appending is safe for any thread and takes microseconds, for the next segment is made at its side, while the one before
 * fills; {@link Cursor} and {@link #release} belong to one thread.
 */
final class Spool implements AutoCloseable {
    /** The largest payload, so that a record always fits Kafka's default message size with its headers. */
    static final int MAX_PAYLOAD = 768 * 1024;

    /** How far positions jump when the machine went down and the last ones may not have reached the disk. */
    static final long JUMP = 1L << 20;

    /** Segments that are kept for use: a snapshot of the tables gives back what was appended since the last at once. */
    private static final int MOST_SPARES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final Path dir;
    private final String node;
    private final int segmentSize;
    private final int maxSegments;
    private final Clock clock;
    private final Executor side;
    private final FileChannel lockChannel;
    private final FileLock fileLock;
    private final ReentrantLock lock = new ReentrantLock();
    private final CRC32C appendCrc = new CRC32C();
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final Deque<Segment> spares = new ArrayDeque<>();
    /** Held while a spare is made. */
    private final ReentrantLock making = new ReentrantLock();

    private final AtomicInteger spareNumber = new AtomicInteger();
    /** One is being made, or could not be made in the time of this segment. */
    private boolean asked;

    private Segment active;
    private Instant recorded = Instant.EPOCH;
    private volatile long last;
    private volatile boolean open = true;

    private Spool(
            Path dir,
            String node,
            long limit,
            int segmentSize,
            Clock clock,
            Executor side,
            boolean crashed,
            FileLock fileLock)
            throws IOException {
        this.dir = dir;
        this.node = node;
        this.segmentSize = segmentSize;
        this.maxSegments = (int) Math.max(2, limit / segmentSize);
        this.clock = clock;
        this.side = side;
        this.lockChannel = (FileChannel) fileLock.acquiredBy();
        this.fileLock = fileLock;
        this.active = recover(crashed);
    }

    /**
     * Opens or makes the spool in {@code dir} and cuts a record that was being written when its process died.
     *
     * @param name the first part of the node id when the directory is new
     * @param limit bytes, at least two segments
     * @param segmentSize bytes
     * @param side where the next segment is made, which takes as long as the disk needs
     */
    static Spool open(Path dir, String name, long limit, int segmentSize, Clock clock, Executor side)
            throws IOException {
        Files.createDirectories(dir);
        FileLock lock = lock(dir.resolve("lock"));
        try {
            SpoolIdentity identity = SpoolIdentity.open(dir, name);
            return new Spool(dir, identity.node(), limit, segmentSize, clock, side, identity.crashed(), lock);
        } catch (IOException | RuntimeException e) {
            lock.acquiredBy().close();
            throw e;
        }
    }

    private static FileLock lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("spool {} is open in this very process", file, e);
        }
        channel.close();
        throw new IOException(
                "spool " + file.getParent() + ": in use by another host (expected: one host per directory)");
    }

    private Segment recover(boolean crashed) throws IOException {
        long expected = 1;
        try (Stream<Path> files = Files.list(dir)) {
            List<Path> sorted = files.sorted().toList();
            for (Path file : sorted) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(Segment.SPARE)) {
                    Files.delete(file);
                }
                if (!name.endsWith(Segment.SUFFIX)) {
                    continue;
                }
                Segment segment = Segment.open(file);
                if (segment == null) {
                    LOG.warn("spool {}: no segment header, set aside", file);
                    Files.move(file, file.resolveSibling(name + ".bad"));
                    continue;
                }
                Segment before =
                        segments.isEmpty() ? null : segments.lastEntry().getValue();
                if (before != null) {
                    before.roll();
                }
                expected = scan(segment);
                segments.put(segment.base(), segment);
            }
        }
        last = expected - 1;
        if (segments.isEmpty()) {
            return add(Segment.create(dir, segmentSize, expected));
        }
        Segment newest = segments.lastEntry().getValue();
        if (!crashed) {
            return newest;
        }
        long next = expected + JUMP;
        LOG.warn("spool {}: the machine went down under it; positions go on at {}", dir, next);
        newest.roll();
        last = next - 1;
        return add(Segment.create(dir, segmentSize, next));
    }

    private Segment add(Segment segment) {
        segments.put(segment.base(), segment);
        return segment;
    }

    /** Finds the end of a segment; returns the position behind its last record. */
    private long scan(Segment segment) {
        var crc = new CRC32C();
        long expected = segment.base();
        int offset = segment.first();
        for (Segment.Entry entry = segment.read(offset, crc);
                entry != null && entry.position() == expected;
                entry = segment.read(offset, crc)) {
            offset = entry.next();
            expected++;
            recorded = entry.recorded();
        }
        if (!segment.rolledAt(offset) && segment.cut(offset)) {
            LOG.warn("spool {}: a record at {} was not whole and is cut off", segment, expected);
        } else if (segment.rolledAt(offset)) {
            segment.cut(offset);
        }
        return expected;
    }

    /** What an append gave: the position and the time of recording, which never goes back. */
    record Appended(long position, Instant recorded) {}

    /** The lock that orders appends; held while what must see them in order is told. */
    ReentrantLock lock() {
        return lock;
    }

    /** @throws SpoolFullException when the bound is reached or the disk is full; nothing was appended */
    Appended append(Encoder record) {
        int payload = record.end() - Segment.RECORD_HEADER;
        if (payload > MAX_PAYLOAD || !Segment.couldFit(payload, segmentSize)) {
            throw new IllegalArgumentException(
                    "event: " + payload + " bytes (expected: at most " + Math.min(MAX_PAYLOAD, segmentSize / 2) + ")");
        }
        lock.lock();
        try {
            if (!open) {
                throw new IllegalStateException("spool " + dir + ": closed (expected: open)");
            }
            if (!active.fits(payload)) {
                roll();
            }
            Instant now = clock.instant();
            if (now.isAfter(recorded)) {
                recorded = now;
            }
            long position = last + 1;
            active.append(record.bytes(), record.end(), position, recorded, appendCrc);
            last = position;
            if (!asked && spares.isEmpty() && active.used() > segmentSize / 4) {
                askForSpare();
            }
            return new Appended(position, recorded);
        } finally {
            lock.unlock();
        }
    }

    private void askForSpare() {
        asked = true;
        try {
            if (segments.size() < maxSegments) {
                side.execute(this::prepare);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("spool {}: closing, no segment is made at its side", dir, e);
        }
    }

    private void prepare() {
        making.lock();
        try {
            if (!open) {
                return;
            }
            Segment made = Segment.spare(dir, segmentSize, spareNumber.getAndIncrement());
            lock.lock();
            try {
                spares.add(made);
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            LOG.warn("spool {}: the next segment could not be made yet: {}", dir, e.toString());
        } finally {
            making.unlock();
        }
    }

    private void roll() {
        if (segments.size() >= maxSegments) {
            throw new SpoolFullException("spool: " + segments.size() + " segments of " + segmentSize
                    + " bytes (expected: less than " + maxSegments + "); it empties when the broker is back");
        }
        try {
            Segment next = spares.poll();
            if (next == null) {
                next = Segment.create(dir, segmentSize, last + 1);
            } else {
                next.use(last + 1);
            }
            active.roll();
            active = add(next);
            asked = false;
        } catch (IOException e) {
            throw new SpoolFullException("spool " + dir + ": no new segment (expected: room on the disk): " + e);
        }
    }

    /** The time that an append now would be given. */
    Instant now() {
        lock.lock();
        try {
            Instant now = clock.instant();
            return now.isAfter(recorded) ? now : recorded;
        } finally {
            lock.unlock();
        }
    }

    /** The last position that was appended, 0 when there is none. */
    long last() {
        return last;
    }

    /** The first position that may still be here. */
    long first() {
        return segments.firstKey();
    }

    String node() {
        return node;
    }

    Path dir() {
        return dir;
    }

    /** From 0.0 to 1.0. */
    double fill() {
        double bytes = (double) (segments.size() - 1) * segmentSize + active.used();
        return Math.min(1, bytes / ((double) maxSegments * segmentSize));
    }

    int segmentCount() {
        return segments.size();
    }

    /** Gives back segments whose records are all at or before {@code position}; never the active one. */
    void release(long position) {
        for (Map.Entry<Long, Segment> entry = segments.firstEntry(); entry != null; entry = segments.firstEntry()) {
            Long next = segments.higherKey(entry.getKey());
            if (next == null || next - 1 > position) {
                return;
            }
            release(entry.getValue());
        }
    }

    private void release(Segment segment) {
        lock.lock();
        try {
            segments.remove(segment.base());
            if (spares.size() < MOST_SPARES && segment.size() == segmentSize) {
                segment.discard(spareNumber.getAndIncrement());
                spares.add(segment);
            } else {
                segment.delete();
            }
        } catch (IOException e) {
            LOG.warn("spool: segment {} could not be given back", segment, e);
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is mapped to the disk; takes as long as the disk needs. */
    void force() {
        segments.values().forEach(Segment::force);
    }

    Cursor cursor(long from) {
        return new Cursor(from);
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (!open) {
                return;
            }
            open = false;
        } finally {
            lock.unlock();
        }
        making.lock(); // a segment that is being made is no other host's
        try {
            force();
            SpoolIdentity.closed(dir, node);
            fileLock.release();
            lockChannel.close();
        } finally {
            making.unlock();
        }
    }

    /** Reads records in order of position, at the side of appending; for one thread. */
    final class Cursor {
        private final CRC32C crc = new CRC32C();
        private Segment segment;
        private long base;
        private long position;
        private int offset;

        private Cursor(long from) {
            Map.Entry<Long, Segment> start = segments.floorEntry(from);
            segment = start == null ? segments.firstEntry().getValue() : start.getValue();
            enter(segment);
            for (Segment.Entry entry = peek(); entry != null && entry.position() < from; entry = peek()) {
                take(entry);
            }
        }

        /** The next record, or null when all that was appended has been read. */
        Segment.@Nullable Entry next() {
            Segment.Entry entry = peek();
            if (entry != null) {
                take(entry);
            }
            return entry;
        }

        /** True when there was nothing more to read a moment ago. */
        boolean exhausted() {
            return position > last;
        }

        private Segment.@Nullable Entry peek() {
            while (position <= last) {
                Segment.Entry entry = segment.read(offset, crc);
                if (entry != null && entry.position() == position) {
                    return entry;
                }
                Map.Entry<Long, Segment> next = segments.higherEntry(base);
                if (next == null) {
                    return null;
                }
                enter(next.getValue());
            }
            return null;
        }

        private void take(Segment.Entry entry) {
            offset = entry.next();
            position++;
        }

        private void enter(Segment next) {
            segment = next;
            // Kept, because a segment that was released may come back with another base.
            base = next.base();
            position = base;
            offset = next.first();
        }
    }
}
