package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFolderTest {
    @TempDir
    Path folder;

    private final Hand hand = new Hand();

    /** A clock that a test moves. */
    private static final class Hand extends Clock {
        private Instant now = Instant.EPOCH;

        void move(int millis) {
            now = now.plusMillis(millis);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private RouteFolder routes() {
        return new RouteFolder(folder, Duration.ofMillis(200), hand);
    }

    private List<String> look(RouteFolder routes) throws IOException {
        return routes.look().stream()
                .map(change -> change.file() + (change.source() == null ? " gone" : ""))
                .toList();
    }

    @Test
    void fileIsReadOnceWhenItHasComeToRest() throws IOException {
        RouteFolder routes = routes();
        Files.writeString(folder.resolve("a.camel.yaml"), "half");
        assertThat(look(routes)).isEmpty();
        hand.move(150);
        Files.writeString(folder.resolve("a.camel.yaml"), "half and the rest");
        assertThat(look(routes)).isEmpty();
        hand.move(150);
        assertThat(look(routes)).as("rest begins anew with each change").isEmpty();
        hand.move(60);
        assertThat(routes.look())
                .singleElement()
                .satisfies(change -> assertThat(change.source())
                        .isNotNull()
                        .extracting(Source::text)
                        .isEqualTo("half and the rest"));
        hand.move(1_000);
        assertThat(look(routes)).isEmpty();
    }

    @Test
    void defaultsComeFirst() throws IOException {
        RouteFolder routes = routes();
        for (String name : List.of("0-first", "_defaults", "b")) {
            Files.writeString(folder.resolve(name + ".camel.yaml"), "x");
        }
        look(routes);
        hand.move(300);

        assertThat(look(routes)).containsExactly("_defaults.camel.yaml", "0-first.camel.yaml", "b.camel.yaml");
    }

    @Test
    void emptyFileIsMostLikelyAboutToBeWritten() throws IOException {
        RouteFolder routes = routes();
        Files.createFile(folder.resolve("a.camel.yaml"));
        look(routes);
        hand.move(1_000);
        assertThat(look(routes)).isEmpty();
        hand.move(1_100);
        assertThat(look(routes)).containsExactly("a.camel.yaml");
    }

    @Test
    void fileThatIsReplacedByAnEditorIsNotGoneInBetween() throws IOException {
        RouteFolder routes = routes();
        Path file = folder.resolve("a.camel.yaml");
        Files.writeString(file, "one");
        look(routes);
        hand.move(300);
        look(routes);

        Files.delete(file);
        assertThat(look(routes)).isEmpty();
        hand.move(50);
        Files.writeString(file, "two!");
        look(routes);
        hand.move(300);
        assertThat(look(routes)).containsExactly("a.camel.yaml");

        Files.delete(file);
        look(routes);
        hand.move(300);
        assertThat(look(routes)).containsExactly("a.camel.yaml gone");
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        RouteFolder routes = routes();
        for (String name : List.of("README.md", ".a.camel.yaml.swp", "Bad Name.camel.yaml", "_other.camel.yaml")) {
            Files.writeString(folder.resolve(name), "x");
        }
        look(routes);
        hand.move(300);

        assertThat(look(routes)).isEmpty();
    }
}
