package org.jackfield.twin.acd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The monitors of one session by what they watch: a device, a pilot or a group. Used on the ACD's thread only. */
final class Monitors {
    private static final Comparator<String> BY_NUMBER =
            Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder());

    private final Map<String, String> objects = new LinkedHashMap<>();
    private final Map<String, List<String>> byObject = new HashMap<>();

    void start(String monitor, String object) {
        objects.put(monitor, object);
        byObject.computeIfAbsent(object, key -> new ArrayList<>(1)).add(monitor);
    }

    /** False when there is no such monitor. */
    boolean stop(String monitor) {
        String object = objects.remove(monitor);
        if (object != null) {
            byObject.computeIfPresent(object, (key, left) -> {
                left.remove(monitor);
                return left.isEmpty() ? null : left;
            });
        }
        return object != null;
    }

    void clear() {
        objects.clear();
        byObject.clear();
    }

    /** Monitors and what they watch, for those that watch one of these, in the order in which they began. */
    void watching(Collection<String> watched, BiConsumer<String, String> each) {
        Map<String, String> found = new TreeMap<>(BY_NUMBER);
        for (String object : watched) {
            for (String monitor : byObject.getOrDefault(object, List.of())) {
                found.put(monitor, object);
            }
        }
        found.forEach(each);
    }

    /** By monitor what it watches. */
    Map<String, String> view() {
        return objects;
    }
}
