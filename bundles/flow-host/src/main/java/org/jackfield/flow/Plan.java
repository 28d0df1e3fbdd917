package org.jackfield.flow;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jackfield.event.Topic;
import org.jspecify.annotations.Nullable;

/**
 * What a route file needs and does, found by lint.
 *
 * @param topics what it reads from the bus
 * @param points the offers it wants to take
 * @param needs without which it cannot run
 */
record Plan(Set<Topic> topics, Set<Point> points, Set<Need> needs) {
    /** An offer point by link kind, name of the link (null: all of the kind) and name of the point. */
    record Point(String kind, @Nullable String link, String name) {
        boolean overlaps(Point other) {
            return kind.equals(other.kind)
                    && name.equals(other.name)
                    && (link == null || other.link == null || link.equals(other.link));
        }

        @Override
        public String toString() {
            return kind + ":" + name + (link == null ? "" : "?link=" + link);
        }
    }

    Plan {
        topics = Set.copyOf(topics);
        points = Set.copyOf(points);
        needs = Set.copyOf(needs);
    }

    /** The needs that are not met, in the order of their text. */
    List<Need> missing(Services services) {
        return needs.stream()
                .filter(need -> !services.has(need))
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    boolean concerned(Need changed) {
        return needs.stream().anyMatch(need -> need.concerns(changed));
    }

    /** {@code link csta and bean presencePolicy}. */
    static String sentence(Collection<Need> needs) {
        return String.join(" and ", needs.stream().map(Need::toString).toList());
    }
}
