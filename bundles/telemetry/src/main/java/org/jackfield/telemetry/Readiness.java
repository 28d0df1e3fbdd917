package org.jackfield.telemetry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Status;

/**
 * Decides whether the host is ready and why not. Pure but for the clock; safe for any thread.
 * A lost peer does not make the host unready: calls and events still arrive, and taking the host out would help nobody.
 *
 * @param grace how long a link may keep the host unready by still starting
 * @param requiredHealth names of health parts that must be there and work
 * @param requiredLinks links as {@code kind:name} that must be there and work
 */
record Readiness(Clock clock, Duration grace, Set<String> requiredHealth, Set<String> requiredLinks) {

    /** One line of the page. */
    record Part(String name, String kind, String tenant, Status status, boolean blocks) {}

    /**
     * @param missing what was asked for but is not there
     * @param ready false when a part blocks or something is missing
     */
    record Report(boolean ready, List<Part> parts, List<String> missing) {}

    Report report(Collection<Health> parts, Collection<Link> links, Collection<String> missingServices) {
        Instant now = clock.instant();
        List<Part> lines = new ArrayList<>();
        List<String> missing = new ArrayList<>(missingServices);
        for (Health part : parts) {
            Status status = statusOf(part);
            boolean required = part.required() || requiredHealth.contains(part.name());
            lines.add(new Part(part.name(), "part", "", status, required && !status.works()));
        }
        for (Link link : links) {
            Status status = statusOf(link);
            boolean required = requiredLinks.contains(link.id().toString());
            boolean starting = status.state() == Status.State.STARTING
                    && Duration.between(status.since(), now).compareTo(grace) < 0;
            boolean blocks = starting || (required && !status.works());
            lines.add(new Part(link.id().toString(), "link", link.id().tenant(), status, blocks));
        }
        addMissing("part ", requiredHealth, lines, "part", missing);
        addMissing("link ", requiredLinks, lines, "link", missing);
        lines.sort(Comparator.comparing(Part::kind).thenComparing(Part::name).thenComparing(Part::tenant));
        boolean ready = missing.isEmpty() && lines.stream().noneMatch(Part::blocks);
        return new Report(ready, List.copyOf(lines), List.copyOf(missing));
    }

    private static void addMissing(
            String prefix, Set<String> wanted, List<Part> lines, String kind, List<String> missing) {
        wanted.stream()
                .filter(name -> lines.stream()
                        .noneMatch(l -> l.kind().equals(kind) && l.name().equals(name)))
                .sorted()
                .forEach(name -> missing.add(prefix + name));
    }

    private Status statusOf(Health part) {
        try {
            return part.status();
        } catch (RuntimeException e) {
            return Status.down(Status.Detail.INTERNAL, "its status cannot be told: " + e, clock.instant());
        }
    }

    private Status statusOf(Link link) {
        try {
            return link.status();
        } catch (RuntimeException e) {
            return Status.down(Status.Detail.INTERNAL, "its status cannot be told: " + e, clock.instant());
        }
    }
}
