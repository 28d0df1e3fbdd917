package org.jackfield.flow;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what changed in the folder of route files once it has come to rest, so that half a file is never read.
 * Asked again and again by one thread; keeps what it saw between two looks.
 */
final class RouteFolder {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFolder.class);

    /** An empty file is most likely about to be written; it counts only after this time. */
    private static final Duration EMPTY_REST = Duration.ofSeconds(2);

    private static final Pattern LIKE_A_FLOW = Pattern.compile("[^.].*\\.camel\\.(yaml|yml|xml)");

    private final Path folder;
    private final Duration rest;
    private final Clock clock;
    private final Map<String, Seen> seen = new HashMap<>();
    private final Set<String> misnamed = new HashSet<>();

    /** A file came, changed, or (source null) went. */
    record Change(String file, @Nullable Source source) {}

    private record Stamp(long size, long modified) {}

    private static final class Seen {
        @Nullable
        Stamp stamp;

        Instant since;

        @Nullable
        String reported;

        Seen(Instant since) {
            this.since = since;
        }
    }

    /** @param rest how long size and time must stay the same before a file is read */
    RouteFolder(Path folder, Duration rest, Clock clock) {
        this.folder = folder;
        this.rest = rest;
        this.clock = clock;
    }

    /** What has come to rest since the last look, the defaults first, then by name. */
    List<Change> look() throws IOException {
        Instant now = clock.instant();
        Map<String, Stamp> present = list();
        Map<String, Change> changes =
                new TreeMap<>(Comparator.comparing((String file) -> !file.startsWith(Source.DEFAULTS))
                        .thenComparing(Comparator.naturalOrder()));
        present.keySet().forEach(file -> seen.computeIfAbsent(file, f -> new Seen(now)));
        for (var entry : List.copyOf(seen.entrySet())) {
            Change change = look(entry.getKey(), entry.getValue(), present.get(entry.getKey()), now);
            if (change != null) {
                changes.put(entry.getKey(), change);
            }
        }
        return new ArrayList<>(changes.values());
    }

    /** Reports every file again at the next look. */
    void forget() {
        seen.values().forEach(file -> file.reported = file.reported == null ? null : "");
    }

    private @Nullable Change look(String file, Seen known, @Nullable Stamp stamp, Instant now) throws IOException {
        if (!Objects.equals(stamp, known.stamp)) {
            known.stamp = stamp;
            known.since = now;
            return null;
        }
        Duration needed = stamp != null && stamp.size() == 0 ? EMPTY_REST : rest;
        if (Duration.between(known.since, now).compareTo(needed) < 0) {
            return null;
        }
        return stamp == null ? gone(file, known) : read(file, known, stamp, now);
    }

    private @Nullable Change gone(String file, Seen known) {
        seen.remove(file);
        return known.reported == null ? null : new Change(file, null);
    }

    private @Nullable Change read(String file, Seen known, Stamp stamp, Instant now) throws IOException {
        if (known.reported != null && !known.reported.isEmpty() && known.reported.equals(key(stamp))) {
            return null;
        }
        byte[] content;
        try {
            content = Files.readAllBytes(folder.resolve(file));
            if (content.length != stamp.size() || !stamp.equals(stamp(folder.resolve(file)))) {
                known.since = now;
                return null;
            }
        } catch (NoSuchFileException e) {
            return null;
        }
        known.reported = key(stamp);
        return new Change(file, Source.of(file, content));
    }

    private static String key(Stamp stamp) {
        return stamp.size() + "@" + stamp.modified();
    }

    private Map<String, Stamp> list() throws IOException {
        Map<String, Stamp> files = new HashMap<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                String file = path.getFileName().toString();
                if (Source.flowOf(file) == null) {
                    complainOnce(file);
                } else if (Files.isRegularFile(path)) {
                    putStamp(files, file, path);
                }
            }
        }
        return files;
    }

    private void complainOnce(String file) {
        if (LIKE_A_FLOW.matcher(file).matches() && misnamed.add(file)) {
            LOG.warn(
                    "{} is not read: its name is \"{}\" (expected: lower-case letters, digits and dashes, then .camel.yaml"
                            + " or .camel.xml)",
                    folder.resolve(file),
                    file);
        }
    }

    private static void putStamp(Map<String, Stamp> files, String file, Path path) throws IOException {
        try {
            files.put(file, stamp(path));
        } catch (NoSuchFileException e) {
            files.remove(file);
        }
    }

    private static Stamp stamp(Path path) throws IOException {
        var attributes = Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class);
        return new Stamp(
                attributes.size(), attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
    }
}
