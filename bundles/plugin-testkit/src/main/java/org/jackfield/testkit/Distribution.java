package org.jackfield.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The archive under test, unpacked once; every host gets a folder of its own that shares the parts nobody changes.
 *
 * <p>The archive is named by the system property {@code jackfield.distribution}; without it the one in
 * {@code karaf-assembly/target} of this checkout is taken.
 */
final class Distribution {
    private static final String PROPERTY = "jackfield.distribution";
    private static final List<String> SHARED = List.of("system", "lib", "broker");
    private static final Object LOCK = new Object();

    private Distribution() {}

    /** A fresh home for a host; an older one of the same name is deleted. */
    static Path home(Path parent, String name) {
        try {
            var original = unpacked(parent);
            var home = parent.toAbsolutePath().resolve(name);
            delete(home);
            Files.createDirectories(home);
            try (var parts = Files.list(original)) {
                for (var part : parts.toList()) {
                    var target = home.resolve(part.getFileName().toString());
                    if (SHARED.contains(part.getFileName().toString())) {
                        Files.createSymbolicLink(target, part);
                    } else {
                        copy(part, target);
                    }
                }
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the distribution: " + e.getMessage(), e);
        }
    }

    private static Path unpacked(Path parent) throws IOException {
        var archive = archive();
        var stamp = Files.getLastModifiedTime(archive).toMillis() + "-" + Files.size(archive);
        var folder = parent.toAbsolutePath().resolve(".unpacked-" + stamp);
        synchronized (LOCK) {
            if (!Files.isDirectory(folder)) {
                dropOlder(parent);
                var unfinished = parent.toAbsolutePath()
                        .resolve(".unpacking-" + ProcessHandle.current().pid());
                delete(unfinished);
                Files.createDirectories(unfinished);
                untar(archive, unfinished);
                Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            return folder;
        }
    }

    private static void untar(Path archive, Path into) throws IOException {
        var tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "--strip-components=1", "-C", into.toString())
                .inheritIO()
                .start();
        try {
            if (!tar.waitFor(2, TimeUnit.MINUTES) || tar.exitValue() != 0) {
                tar.destroyForcibly();
                throw new IOException("tar failed on " + archive);
            }
        } catch (InterruptedException e) {
            tar.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void dropOlder(Path parent) throws IOException {
        Files.createDirectories(parent);
        try (var children = Files.list(parent)) {
            for (var child : children.toList()) {
                if (child.getFileName().toString().startsWith(".unpacked-")) {
                    delete(child);
                }
            }
        }
    }

    private static Path archive() throws IOException {
        var given = System.getProperty(PROPERTY);
        if (given != null) {
            var archive = Path.of(given).toAbsolutePath().normalize();
            if (!Files.isRegularFile(archive)) {
                throw new IOException("no file " + archive + " (system property " + PROPERTY + ")");
            }
            return archive;
        }
        for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            var target = dir.resolve("karaf-assembly/target");
            if (Files.isDirectory(target)) {
                try (var files = Files.list(target)) {
                    return files.filter(file -> file.toString().endsWith(".tar.gz"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no archive in " + target + "; build karaf-assembly"));
                }
            }
        }
        throw new IOException("no karaf-assembly/target above this folder; set the system property " + PROPERTY);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (var path : tree.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Deletes a folder with all in it, but nothing behind a symbolic link. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (var path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
