package org.jackfield.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jackfield.event.Event;
import org.jspecify.annotations.Nullable;

/** The last events of this node, a bounded number. Safe for any thread; adding takes a short lock and nothing else. */
final class RecentEvents {
    private final int limit;
    private final Deque<Event> events = new ArrayDeque<>();

    /** @param limit how many are kept, at least 1 */
    RecentEvents(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
    }

    void add(Event event) {
        synchronized (events) {
            if (events.size() == limit) {
                events.removeFirst();
            }
            events.addLast(event);
        }
    }

    /** Those behind the event with the id {@code after}; all when it is null or no longer kept. Oldest first. */
    List<Event> after(@Nullable String after) {
        List<Event> all;
        synchronized (events) {
            all = new ArrayList<>(events);
        }
        for (int i = all.size() - 1; after != null && i >= 0; i--) {
            if (all.get(i).id().equals(after)) {
                return List.copyOf(all.subList(i + 1, all.size()));
            }
        }
        return all;
    }
}
