package org.jackfield.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One configuration file of a host under test.
 *
 * <p>Every change is written at once, by a rename, and keeps the other lines; a running host takes it over by itself.
 * Understands {@code key = value} on one line, and drops the continuation lines of a value that it replaces.
 */
public final class Cfg {
    private final Path file;

    Cfg(Path file) {
        this.file = file;
    }

    public Path file() {
        return file;
    }

    public Optional<String> get(String key) {
        return lines().stream()
                .filter(line -> isKey(line, key))
                .map(line -> line.substring(line.indexOf('=') + 1).strip())
                .findFirst();
    }

    public Cfg set(String key, Object value) {
        var changed = without(key);
        changed.add(key + " = " + value);
        write(changed);
        return this;
    }

    public Cfg remove(String key) {
        write(without(key));
        return this;
    }

    /** Replaces the whole file, for example by something broken. */
    public Cfg text(String text) {
        write(text.lines().toList());
        return this;
    }

    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> without(String key) {
        var kept = new ArrayList<String>();
        boolean dropping = false;
        for (var line : lines()) {
            dropping = dropping || isKey(line, key);
            if (!dropping) {
                kept.add(line);
            }
            dropping = dropping && line.endsWith("\\");
        }
        return kept;
    }

    private static boolean isKey(String line, String key) {
        int equals = line.indexOf('=');
        return equals > 0 && line.substring(0, equals).strip().equals(key);
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(List<String> lines) {
        try {
            // not *.cfg, or the running host would take the half-written file for a configuration
            var next = file.resolveSibling("." + file.getFileName() + ".next");
            Files.write(next, lines);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
