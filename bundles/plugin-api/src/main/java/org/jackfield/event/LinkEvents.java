package org.jackfield.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Events about links and flows themselves. */
public final class LinkEvents {
    private LinkEvents() {}

    /**
     * A link came up, degraded or went down.
     *
     * @param link as {@code kind:name}
     * @param state {@code up}, {@code degraded} or {@code down}
     */
    public record Changed(String link, String state, String sentence) implements EventData {
        @Override
        public String type() {
            return "link." + state;
        }

        @Override
        public Topic topic() {
            return Topic.LINK;
        }

        @Override
        public String key() {
            return link;
        }
    }

    /** A time in which the link's protocol may have lost things that it cannot replay; {@code lengthMs} in milliseconds. */
    public record Gap(String link, Instant from, Instant to, long lengthMs) implements EventData {
        @Override
        public String type() {
            return "link.gap";
        }

        @Override
        public Topic topic() {
            return Topic.LINK;
        }

        @Override
        public String key() {
            return link;
        }
    }

    /** A snapshot after a gap was compared with what was known; {@code differences} were published, marked resync. */
    public record Resync(String link, int compared, int differences) implements EventData {
        @Override
        public String type() {
            return "link.resync";
        }

        @Override
        public Topic topic() {
            return Topic.LINK;
        }

        @Override
        public String key() {
            return link;
        }
    }

    /**
     * A flow's version was loaded, refused, replaced or removed.
     *
     * @param outcome {@code loaded}, {@code refused}, {@code waiting}, {@code removed}
     * @param line the line of the file that the reason is about, 0 when unknown
     */
    public record Flow(
            String flow,
            String version,
            String outcome,
            int line,
            @Nullable String reason) implements EventData {
        @Override
        public String type() {
            return "flow." + outcome;
        }

        @Override
        public Topic topic() {
            return Topic.LINK;
        }

        @Override
        public String key() {
            return "flow:" + flow;
        }
    }

    /**
     * Something was refused: a frame, a message, an event, a configuration, a flow's input.
     *
     * @param place where: a link, a topic with offset, a file with line
     * @param expected what would have been right
     */
    public record Refused(
            String place,
            String reason,
            @Nullable String value,
            @Nullable String expected) implements EventData {
        @Override
        public String type() {
            return "input.refused";
        }

        @Override
        public Topic topic() {
            return Topic.LINK;
        }

        @Override
        public String key() {
            return place;
        }
    }
}
