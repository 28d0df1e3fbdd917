package org.jackfield.bus;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Who a spool directory is: the node id made once for it, and whether the machine went down under it.
 *
 * @param crashed the machine was restarted while the spool was open, so written positions may be missing
 */
record SpoolIdentity(String node, boolean crashed) {
    private static final String FILE = "node";
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

    static SpoolIdentity open(Path dir, String name) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(dir.resolve(FILE))) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            properties.setProperty("node", name + "-" + random(6));
        }
        String node = properties.getProperty("node");
        if (node == null || node.isBlank()) {
            throw new IOException(dir.resolve(FILE) + ": no node (expected: node=<name>-<random>)");
        }
        String bootThen = properties.getProperty("boot", "");
        String bootNow = bootId();
        store(dir, node, bootNow);
        return new SpoolIdentity(node, !bootThen.isEmpty() && !bootThen.equals(bootNow));
    }

    /** Notes an orderly end, after which a restart of the machine loses nothing. */
    static void closed(Path dir, String node) throws IOException {
        store(dir, node, "");
    }

    private static void store(Path dir, String node, String boot) throws IOException {
        atomically(dir.resolve(FILE), "node=" + node + "\nboot=" + boot + "\n");
    }

    static void atomically(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(temporary, text);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String random(int length) {
        return new SecureRandom()
                .ints(length, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
