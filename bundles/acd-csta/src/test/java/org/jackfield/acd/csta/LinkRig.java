package org.jackfield.acd.csta;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
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
import org.jackfield.plugin.Command;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Status;
import org.jackfield.protocol.csta.AgentState;
import org.jackfield.testkit.FakeEventBus;

/** A link under test between a bus in memory and a switch on loopback. */
final class LinkRig implements AutoCloseable {
    final FakeEventBus bus = new FakeEventBus();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final TestDirectory directory;
    final Map<String, Object> config = new HashMap<>();
    final TestSwitch acd;
    CstaLink link;

    LinkRig(String... more) throws IOException {
        this(new TestSwitch(), more);
    }

    LinkRig(TestSwitch acd, String... more) {
        this.acd = acd;
        directory = new TestDirectory(
                TestDirectory.agent("anna", "4711", "600"), TestDirectory.agent("ben", "4712", "600", "601"));
        acd.agent("4711", "anna", TestSwitch.in("600", AgentState.READY));
        acd.agent(
                "4712", "ben", TestSwitch.in("600", AgentState.NOT_READY), TestSwitch.in("601", AgentState.NOT_READY));
        config.put("service.pid", "org.jackfield.csta~main");
        config.put("tenant", "demo");
        config.put("port", acd.port());
        config.put("reconnect", "fixed=20ms");
        config.put("requestsPerSecond", "5000");
        config.put("routeingDevices", "*");
        for (int i = 0; i + 1 < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
    }

    /** Starts the link and waits for its first snapshot. */
    LinkRig start() {
        int before = bus.data(LinkEvents.Resync.class).size();
        open();
        await().until(() -> bus.data(LinkEvents.Resync.class).size() > before);
        await().until(() -> acd.crossRefs.size() >= 4);
        return this;
    }

    LinkRig open() {
        link = new CstaLink(SettingsReader.read(config, Path.of(".")), bus, directory, meters, Clock.systemUTC());
        return this;
    }

    <D extends EventData> D event(Class<D> kind, Predicate<D> test) {
        await().alias(kind.getSimpleName()).until(() -> bus.data(kind).stream().anyMatch(test));
        return bus.data(kind).stream().filter(test).findFirst().orElseThrow();
    }

    List<StateChanged> of(String agent) {
        return bus.data(StateChanged.class).stream()
                .filter(changed -> changed.agent().equals(agent))
                .toList();
    }

    void until(Status.State state) {
        await().until(() -> link.status().state() == state);
    }

    <Q, A> CompletionStage<A> execute(Operation<Q, A> operation, Q argument) {
        return link.execute(new Command<>(operation, argument, null, Duration.ofSeconds(5)));
    }

    @SuppressWarnings("unchecked")
    <Q, A> OfferPoint<Q, A> offers() {
        return (OfferPoint<Q, A>) link.offers().iterator().next();
    }

    double count(String meter) {
        return meters.find(meter).counters().stream()
                .mapToDouble(c -> c.count())
                .sum();
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        acd.close();
    }
}
