package org.jackfield.teams;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jackfield.testkit.FakeEventBus;
import org.jspecify.annotations.Nullable;

/** The parts of a link put together over virtual time and a Graph in memory. */
final class Bench {
    static final String ANNA = "11111111-0000-4000-8000-000000000001";
    static final String BEN = "11111111-0000-4000-8000-000000000002";

    final VirtualTimer timer = new VirtualTimer();
    final FakeEventBus bus = new FakeEventBus(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return timer.now();
        }
    });
    final FakeDirectory directory = new FakeDirectory().with("anna", ANNA).with("ben", BEN);
    final FakeApi api = new FakeApi(timer);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Settings settings;
    final LinkHealth health;
    final Gate gate;
    final TeamsMeters meters;
    final GraphDesk desk;
    final PresenceWriter writer;
    final PresenceSweep sweep;

    @Nullable
    GraphFailure noToken;

    Bench() {
        this(settings(Mode.ACTIVE, 1500));
    }

    Bench(Settings settings) {
        this.settings = settings;
        this.health = new LinkHealth(settings.id(), timer, "good", status -> {});
        this.gate = new Budget(
                        timer,
                        Backoff.exponential(Duration.ofMillis(250), Duration.ofSeconds(1), 0),
                        Limit.whole(settings.share()))
                .gate(settings.directoryId(), "presence", settings.presenceLimit(), settings.feel());
        this.meters = new TeamsMeters(registry, settings.id());
        this.desk = new GraphDesk(new FakeTokens(), gate, health);
        this.writer = writer();
        this.sweep = sweep();
        desk.whenBack(writer::retryNow);
    }

    /** A second life of the writer, on the same bus and the same Graph. */
    PresenceWriter writer() {
        return new PresenceWriter(
                settings,
                timer,
                bus,
                directory,
                desk,
                api,
                health,
                meters,
                Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30), 0));
    }

    PresenceSweep sweep() {
        return new PresenceSweep(settings, timer, bus, directory, desk, api, health, meters, () -> {});
    }

    static Settings settings(Mode mode, int limit) {
        return new Settings(
                new LinkId("demo", "teams", "main"),
                "22222222-0000-4000-8000-000000000000",
                "33333333-0000-4000-8000-000000000000",
                new Credential.Secret("s3cret"),
                null,
                null,
                Cloud.GLOBAL,
                URI.create("http://127.0.0.1:1"),
                URI.create("http://127.0.0.1:1"),
                mode,
                limit,
                0.7,
                null,
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                4,
                null);
    }

    private final class FakeTokens implements Tokens {
        @Override
        public CompletionStage<String> token() {
            return noToken == null
                    ? CompletableFuture.completedFuture("token")
                    : CompletableFuture.failedFuture(noToken);
        }

        @Override
        public String current() {
            return "token";
        }

        @Override
        public void reject(String token) {}
    }

    /** An event of the ACD, as a cause. */
    Event cause(String agent, AgentState state) {
        return bus.publish(new EventDraft(
                "demo",
                "/acd/demo/main",
                Origin.ACD,
                timer.now(),
                "call-1",
                null,
                new AgentEvents.StateChanged(agent, "4711", state, null, null, null, java.util.List.of(), false)));
    }

    static PresenceEvents.Intent want(String agent, String user, SessionPair pair) {
        return new PresenceEvents.Intent(
                agent, user, pair.availability(), pair.activity(), Duration.ofHours(1), "test");
    }

    static PresenceEvents.Intent want(SessionPair pair) {
        return want("anna", ANNA, pair);
    }

    static PresenceEvents.Intent clear() {
        return new PresenceEvents.Intent("anna", ANNA, null, null, null, "test");
    }

    /** Submits without a cause, with a timeout of 5 s. */
    CompletableFuture<PresenceEvents.Applied> submit(PresenceEvents.Intent intent) {
        return writer.submit(intent, null, Duration.ofSeconds(5)).toCompletableFuture();
    }
}
