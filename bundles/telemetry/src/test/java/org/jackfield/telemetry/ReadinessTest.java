package org.jackfield.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Status.Detail;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final Readiness readiness =
            new Readiness(Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofSeconds(10), Set.of("bus"), Set.of());

    @Test
    void hostIsReadyWhenItsRequiredPartsWork() {
        assertThat(readiness
                        .report(List.of(bus(Status.up("ok", NOW))), List.of(), List.of())
                        .ready())
                .isTrue();
    }

    @Test
    void requiredPartThatIsNotThereYetMakesTheHostUnready() {
        var report = readiness.report(List.of(), List.of(), List.of());

        assertThat(report.ready()).isFalse();
        assertThat(report.missing()).containsExactly("part bus");
    }

    @Test
    void lostPeerIsShownButDoesNotMakeTheHostUnready() {
        var lost = link("csta", Status.down(Detail.CONNECTION, "connection refused", NOW));

        var report = readiness.report(List.of(bus(Status.up("ok", NOW))), List.of(lost), List.of());

        assertThat(report.ready()).isTrue();
        assertThat(HealthJson.of(report))
                .contains("\"name\": \"csta:main\"", "\"state\": \"DOWN\"", "connection refused");
    }

    @Test
    void lostPeerMakesTheHostUnreadyWhenConfigurationSaysSo() {
        var strict =
                new Readiness(Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofSeconds(10), Set.of(), Set.of("csta:main"));
        var lost = link("csta", Status.down(Detail.CONNECTION, "connection refused", NOW));

        assertThat(strict.report(List.of(), List.of(lost), List.of()).ready()).isFalse();
        assertThat(strict.report(List.of(), List.of(), List.of()).missing()).containsExactly("link csta:main");
    }

    @Test
    void startingLinkHoldsTheHostBackForTheGraceOnly() {
        var fresh = link("sip", Status.starting(NOW.minusSeconds(9)));
        var stuck = link("sip", Status.starting(NOW.minusSeconds(11)));
        var parts = List.of(bus(Status.up("ok", NOW)));

        assertThat(readiness.report(parts, List.of(fresh), List.of()).ready()).isFalse();
        assertThat(readiness.report(parts, List.of(stuck), List.of()).ready()).isTrue();
    }

    @Test
    void missingServiceMakesTheHostUnready() {
        var report = readiness.report(List.of(bus(Status.up("ok", NOW))), List.of(), List.of("service x.Y"));

        assertThat(report.ready()).isFalse();
        assertThat(HealthJson.of(report)).contains("\"missing\": [\"service x.Y\"]");
    }

    @Test
    void linkWhoseStatusThrowsIsShownAsDown() {
        Health broken = new Health() {
            @Override
            public String name() {
                return "bus";
            }

            @Override
            public Status status() {
                throw new IllegalStateException("say \"what\"");
            }
        };

        var report = readiness.report(List.of(broken), List.of(), List.of());

        assertThat(report.ready()).isFalse();
        assertThat(HealthJson.of(report)).contains("say \\\"what\\\"");
    }

    private static Health bus(Status status) {
        return new Health() {
            @Override
            public String name() {
                return "bus";
            }

            @Override
            public Status status() {
                return status;
            }

            @Override
            public boolean required() {
                return true;
            }
        };
    }

    static Link link(String kind, Status status) {
        return new Link() {
            @Override
            public LinkId id() {
                return new LinkId("demo", kind, "main");
            }

            @Override
            public Status status() {
                return status;
            }

            @Override
            public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
                return CompletableFuture.failedFuture(new UnsupportedOperationException());
            }

            @Override
            public void close() {}
        };
    }
}
