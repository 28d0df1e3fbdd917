package org.jackfield.acd.asterisk;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.EventData;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.FakeEventBus;

/** A link under test between a bus in memory and a scripted manager on loopback. */
final class AmiRig implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final FakeEventBus bus = new FakeEventBus();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final TestDirectory directory = new TestDirectory(
            TestDirectory.agent("anna", "4711", "600"), TestDirectory.agent("ben", "4712", "600", "601"));
    final Map<String, Object> config = new HashMap<>();
    final TestAsterisk asterisk = new TestAsterisk();
    AmiLink link;

    AmiRig(Path folder, String... more) throws IOException {
        config.put("service.pid", "org.jackfield.ami~main");
        config.put("tenant", "demo");
        config.put("port", asterisk.port());
        config.put("user", "jackfield");
        config.put(
                "secretFile",
                Files.writeString(folder.resolve("secret"), "open sesame\n").toString());
        config.put("reconnect", "fixed=20ms");
        config.put("requestsPerSecond", "5000");
        for (int i = 0; i + 1 < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        asterisk.members.add(TestAsterisk.member("600", "4711", 0, "", 1));
    }

    /** Starts the link and waits for its first snapshot. */
    AmiRig start() {
        open();
        awaitResync(1);
        return this;
    }

    void awaitResync(int number) {
        await().atMost(PATIENCE).until(() -> bus.data(LinkEvents.Resync.class).size() >= number);
    }

    AmiRig open() {
        link = new AmiLink(SettingsReader.read(config, Path.of(".")), bus, directory, meters, Clock.systemUTC());
        return this;
    }

    <D extends EventData> D event(Class<D> kind, Predicate<D> test) {
        await().alias(kind.getSimpleName())
                .atMost(PATIENCE)
                .until(() -> bus.data(kind).stream().anyMatch(test));
        return bus.data(kind).stream().filter(test).findFirst().orElseThrow();
    }

    List<StateChanged> of(String agent) {
        return bus.data(StateChanged.class).stream()
                .filter(changed -> changed.agent().equals(agent))
                .toList();
    }

    /** Waits for the {@code number}-th change of {@code agent}. */
    StateChanged change(String agent, int number) {
        await().atMost(PATIENCE).until(() -> of(agent).size() >= number);
        return of(agent).get(number - 1);
    }

    void until(Status.State state) {
        await().atMost(PATIENCE).until(() -> link.status().state() == state);
    }

    <Q, A> CompletionStage<A> execute(Operation<Q, A> operation, Q argument) {
        return link.execute(new Command<>(operation, argument, null, Duration.ofSeconds(5)));
    }

    @SuppressWarnings("unchecked")
    OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer> offers() {
        return (OfferPoint<Acd.RouteQuestion, Acd.RouteAnswer>)
                link.offers().iterator().next();
    }

    double refused(String reason) {
        return meters.find("jackfield.input.refused").tag("reason", reason).counters().stream()
                .mapToDouble(c -> c.count())
                .sum();
    }

    @Override
    public void close() throws IOException {
        if (link != null) {
            link.close();
        }
        asterisk.close();
    }
}
