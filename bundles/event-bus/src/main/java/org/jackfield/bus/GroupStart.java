package org.jackfield.bus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Where a group began when it first subscribed on this node, kept on disk: partitions without a committed offset are
 * read from there, so what was published while the broker was still away is not missed.
 *
 * @param at the bus's recording time then
 * @param position the last position of this node then
 */
record GroupStart(Instant at, long position) {
    static GroupStart of(Path dir, String group, Instant now, long position) throws IOException {
        Files.createDirectories(dir);
        Path file = dir.resolve(HexFormat.of().formatHex(group.getBytes(StandardCharsets.UTF_8)));
        try {
            String[] words = Files.readString(file).trim().split(" ", 2);
            return new GroupStart(Instant.parse(words[0]), Long.parseLong(words[1]));
        } catch (NoSuchFileException e) {
            SpoolIdentity.atomically(file, now + " " + position + "\n");
            return new GroupStart(now, position);
        }
    }
}
