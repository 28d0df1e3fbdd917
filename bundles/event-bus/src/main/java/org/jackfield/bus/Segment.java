package org.jackfield.bus;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One memory-mapped file of the spool: a header and records one behind the other, ended by a zero (more may come) or
 * by {@link #ROLLED} (the next segment goes on). Appended to under the spool's lock, read by one thread besides.
 *
 * <p>A record is: length of the payload (int), CRC32C of all that follows it (int), position (long), seconds (long) and
 * nanoseconds (int) of recording, payload. The length is written last.
 */
final class Segment {
    /** The bytes in front of each payload. */
    static final int RECORD_HEADER = 28;

    static final String SUFFIX = ".seg";

    /** How the names of segments begin that are kept for use. */
    static final String SPARE = "spare";

    private static final long MAGIC = 0x4a4653504f4f4c31L;
    private static final int FILE_HEADER = 16;
    private static final int ROLLED = -1;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final MappedByteBuffer map;
    private final int size;
    private Path file;
    private long base;
    private int end = FILE_HEADER;

    private Segment(Path file, MappedByteBuffer map, int size, long base) {
        this.file = file;
        this.map = map;
        this.size = size;
        this.base = base;
    }

    /** A record as read back. */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never changed
    record Entry(long position, Instant recorded, byte[] payload, int next) {}

    /** A new file full of zeros, so that the disk has its blocks and a later write cannot fail. */
    static Segment create(Path dir, int size, long base) throws IOException {
        return zeros(name(dir, base), base, size);
    }

    /** The same, to be {@linkplain #use used} later. */
    static Segment spare(Path dir, int size, int number) throws IOException {
        return zeros(dir.resolve(spareName(number)), 0, size);
    }

    private static String spareName(int number) {
        return SPARE + "-" + number;
    }

    private static Segment zeros(Path file, long base, int size) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(1 << 16);
            for (int written = 0; written < size; written += block.limit()) {
                block.clear().limit(Math.min(block.capacity(), size - written));
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            }
            var segment = new Segment(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, size), size, base);
            segment.writeHeader();
            return segment;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Maps an existing file, or returns null when it has no segment's header. */
    static @Nullable Segment open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < FILE_HEADER + RECORD_HEADER || size > Integer.MAX_VALUE) {
                return null;
            }
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
            if (map.getLong(0) != MAGIC || !file.getFileName().toString().equals(name(map.getLong(8)))) {
                return null;
            }
            return new Segment(file, map, (int) size, map.getLong(8));
        }
    }

    /** Makes this spare, of whose records nobody needs any, the segment that starts at {@code newBase}. */
    void use(long newBase) throws IOException {
        Path renamed = name(file.toAbsolutePath().getParent(), newBase);
        map.putInt(FILE_HEADER, 0);
        base = newBase;
        end = FILE_HEADER;
        writeHeader();
        Files.move(file, renamed);
        file = renamed;
    }

    private void writeHeader() {
        map.putLong(8, base);
        map.putLong(0, MAGIC);
    }

    private static Path name(@Nullable Path dir, long base) {
        return dir == null ? Path.of(name(base)) : dir.resolve(name(base));
    }

    private static String name(long base) {
        return String.format(Locale.ROOT, "%020d%s", base, SUFFIX);
    }

    long base() {
        return base;
    }

    int size() {
        return size;
    }

    int used() {
        return end;
    }

    int first() {
        return FILE_HEADER;
    }

    /** Room for a record with a payload of this length and the mark behind it. */
    boolean fits(int payload) {
        return (long) end + RECORD_HEADER + payload + Integer.BYTES <= size;
    }

    /** Room for a record of this payload in an empty segment of this size. */
    static boolean couldFit(int payload, int size) {
        return (long) FILE_HEADER + RECORD_HEADER + payload + Integer.BYTES <= size;
    }

    /** Appends {@code bytes} up to {@code length}, whose first {@link #RECORD_HEADER} bytes are filled in here. */
    void append(byte[] bytes, int length, long position, Instant recorded, CRC32C crc) {
        int payload = length - RECORD_HEADER;
        INT.set(bytes, 0, payload);
        LONG.set(bytes, 8, position);
        LONG.set(bytes, 16, recorded.getEpochSecond());
        INT.set(bytes, 24, recorded.getNano());
        crc.reset();
        crc.update(bytes, 8, length - 8);
        INT.set(bytes, 4, (int) crc.getValue());
        map.putInt(end + length, 0);
        map.put(end + 4, bytes, 4, length - 4);
        map.putInt(end, payload);
        end += length;
    }

    /** Says that the next segment goes on. */
    void roll() {
        map.putInt(end, ROLLED);
    }

    boolean rolledAt(int offset) {
        return offset + Integer.BYTES > size || map.getInt(offset) == ROLLED;
    }

    /** The record at {@code offset}, or null when there is none that is whole. */
    @Nullable
    Entry read(int offset, CRC32C crc) {
        if (offset + RECORD_HEADER > size) {
            return null;
        }
        int length = map.getInt(offset);
        if (length <= 0 || length > size - offset - RECORD_HEADER) {
            return null;
        }
        int next = offset + RECORD_HEADER + length;
        crc.reset();
        crc.update(map.duplicate().limit(next).position(offset + 8));
        if ((int) crc.getValue() != map.getInt(offset + 4)) {
            return null;
        }
        byte[] payload = new byte[length];
        map.get(offset + RECORD_HEADER, payload);
        Instant recorded = Instant.ofEpochSecond(map.getLong(offset + 16), map.getInt(offset + 24));
        return new Entry(map.getLong(offset + 8), recorded, payload, next);
    }

    /** Cuts everything from {@code offset} on; true when something other than the end mark stood there. */
    boolean cut(int offset) {
        end = offset;
        if (offset + Integer.BYTES > size) {
            return false;
        }
        boolean torn = map.getInt(offset) != 0;
        map.putInt(offset, 0);
        return torn;
    }

    /** Makes this segment a spare, whose file a restart does not read. */
    void discard(int number) throws IOException {
        Path hidden = file.resolveSibling(spareName(number));
        Files.move(file, hidden, StandardCopyOption.REPLACE_EXISTING);
        file = hidden;
    }

    void force() {
        map.force();
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
