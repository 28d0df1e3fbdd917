package org.jackfield.bus;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tables as one file, with the spool position from which changes must be replayed on top. Immutable.
 *
 * @param whole the tables were whole when it was written
 */
record TableSnapshot(long position, boolean whole, List<Row> rows) {
    private static final Logger LOG = LoggerFactory.getLogger(TableSnapshot.class);
    private static final long MAGIC = 0x4a465441424c4531L;

    /** An entry; {@code json} is null when it was removed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never changed
    record Row(String table, Table.Key key, Instant recorded, byte @Nullable [] json) {}

    /** The snapshot in {@code file}, or null when there is none that is whole. */
    static @Nullable TableSnapshot read(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
        var crc = new CRC32C();
        int checked = bytes.length - Long.BYTES;
        if (checked < 0) {
            return damaged(file);
        }
        crc.update(bytes, 0, checked);
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readLong() != MAGIC) {
                return damaged(file);
            }
            long position = in.readLong();
            boolean whole = in.readBoolean();
            List<Row> rows = new ArrayList<>();
            while (in.readBoolean()) {
                rows.add(row(in));
            }
            return in.readLong() == crc.getValue() ? new TableSnapshot(position, whole, rows) : damaged(file);
        } catch (IOException | RuntimeException e) {
            LOG.debug("snapshot {}", file, e);
            return damaged(file);
        }
    }

    private static @Nullable TableSnapshot damaged(Path file) {
        LOG.warn("snapshot {} is damaged and left aside; tables come from the broker", file);
        return null;
    }

    private static Row row(DataInputStream in) throws IOException {
        String table = in.readUTF();
        var key = new Table.Key(in.readUTF(), in.readUTF());
        Instant recorded = Instant.ofEpochSecond(in.readLong(), in.readInt());
        int length = in.readInt();
        return new Row(table, key, recorded, length < 0 ? null : in.readNBytes(length));
    }

    /** Writes a snapshot beside the old one and puts it in its place when all is on the disk. For one thread. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path temporary;
        private final FileChannel channel;
        private final CheckedOutputStream checked;
        private final DataOutputStream out;

        Writer(Path file, long position, boolean whole) throws IOException {
            this.file = file;
            temporary = file.resolveSibling(file.getFileName() + ".new");
            channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            checked =
                    new CheckedOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)), new CRC32C());
            out = new DataOutputStream(checked);
            out.writeLong(MAGIC);
            out.writeLong(position);
            out.writeBoolean(whole);
        }

        void row(Row row) throws IOException {
            out.writeBoolean(true);
            out.writeUTF(row.table());
            out.writeUTF(row.key().tenant());
            out.writeUTF(row.key().id());
            Instant recorded = row.recorded();
            out.writeLong(recorded.getEpochSecond());
            out.writeInt(recorded.getNano());
            byte[] json = row.json();
            out.writeInt(json == null ? -1 : json.length);
            if (json != null) {
                out.write(json);
            }
        }

        void commit() throws IOException {
            out.writeBoolean(false);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
