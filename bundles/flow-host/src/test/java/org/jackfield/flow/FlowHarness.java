package org.jackfield.flow;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.camel.impl.DefaultCamelContext;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.mediation.service.CallRouterBean;
import org.jackfield.mediation.service.MediationState;
import org.jackfield.mediation.service.PresencePolicyBean;
import org.jackfield.mediation.service.TransfersBean;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Registration;
import org.jackfield.testkit.FakeEventBus;
import org.jspecify.annotations.Nullable;

/**
 * The flow host around a folder of a test: route files in, events and offers through, commands and events out.
 * Everything is real but the bus, the links and the beans.
 */
final class FlowHarness implements AutoCloseable {
    private static final Path SHIPPED = Path.of("../../routes");

    final FakeEventBus bus = new FakeEventBus();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Services services = new Services();
    final Path folder;
    final FlowEngine engine;
    private @Nullable MediationState mediation;

    /** @param folder an empty one */
    FlowHarness(Path folder) {
        this(folder, Duration.ofSeconds(5));
    }

    FlowHarness(Path folder, Duration drainLimit) {
        this(folder, drainLimit, null);
    }

    FlowHarness(Path folder, Duration drainLimit, EventBus otherBus) {
        this.folder = folder;
        Settings settings = new Settings(
                folder,
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                drainLimit,
                4,
                2,
                Set.of("csta", "ami", "sip", "teams"),
                "host",
                false);
        engine = new FlowEngine(
                settings,
                () -> new DefaultCamelContext(false),
                otherBus == null ? bus : otherBus,
                services,
                meters,
                Clock.systemUTC());
        services.know(settings.kinds());
        engine.start();
    }

    /** Puts shipped route files into the folder, {@code _defaults} among them when it ships. */
    FlowHarness shipped(String... flows) {
        copy("_defaults");
        for (String flow : flows) {
            copy(flow);
        }
        return this;
    }

    private void copy(String flow) {
        Path file = SHIPPED.resolve(flow + ".camel.yaml");
        if (Files.exists(file)) {
            try {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Saves a route file as an editor does. */
    void save(String flow, String yaml) {
        try {
            Path half = Files.writeString(folder.resolve("." + flow + ".tmp"), yaml);
            Files.move(half, folder.resolve(flow + ".camel.yaml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The real beans of mediation, for these agents, with these lines of configuration. */
    MediationState mediation(Map<String, Object> configuration, Agent... agents) {
        var directory = new FakeDirectory(List.of(agents));
        mediation = new MediationState(bus, directory, meters, configuration);
        services.bean("presencePolicy", new PresencePolicyBean(mediation));
        services.bean("callRouter", new CallRouterBean(mediation));
        services.bean("transfers", new TransfersBean(mediation));
        return mediation;
    }

    void delete(String flow) {
        try {
            Files.delete(folder.resolve(flow + ".camel.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Event publish(EventData data) {
        return publish("demo", Origin.ACD, data);
    }

    Event publish(String tenant, Origin origin, EventData data) {
        return bus.publish(EventDraft.of(tenant, "/csta/" + tenant + "/main", origin, Instant.now(), data));
    }

    Flows.Flow flow(String name) {
        return Objects.requireNonNull(engine.flow(name), name);
    }

    Flows.Flow awaitFlow(String name, Predicate<Flows.Flow> what) {
        await(name).atMost(Duration.ofSeconds(10)).until(() -> {
            Flows.Flow flow = engine.flow(name);
            return flow != null && what.test(flow);
        });
        return flow(name);
    }

    Flows.Flow awaitRunning(String name) {
        return awaitFlow(name, flow -> flow.state() == Flows.State.RUNNING);
    }

    Flows.Flow awaitVersion(String name, int version) {
        return awaitFlow(name, flow -> flow.state() == Flows.State.RUNNING && flow.version() >= version);
    }

    Flows.Flow awaitRefusal(String name) {
        return awaitFlow(name, flow -> flow.refusal() != null);
    }

    @Override
    public void close() {
        engine.close();
        if (mediation != null) {
            mediation.close();
        }
    }

    private record FakeDirectory(List<Agent> lines) implements AgentDirectory {
        private @Nullable Agent find(String tenant, Predicate<Agent> what) {
            return lines.stream()
                    .filter(agent -> agent.tenant().equals(tenant) && what.test(agent))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Collection<Agent> agents(String tenant) {
            return lines.stream().filter(agent -> agent.tenant().equals(tenant)).toList();
        }

        @Override
        public @Nullable Agent byId(String tenant, String id) {
            return find(tenant, agent -> agent.id().equals(id));
        }

        @Override
        public @Nullable Agent byDevice(String tenant, String device) {
            return find(tenant, agent -> agent.device().equals(device));
        }

        @Override
        public @Nullable Agent byUser(String tenant, String user) {
            return find(tenant, agent -> user.equals(agent.user()));
        }

        @Override
        public @Nullable Agent byNumber(String tenant, String number) {
            return find(tenant, agent -> number.equals(agent.number()));
        }

        @Override
        public Registration watch(Consumer<String> listener) {
            lines.stream().map(Agent::tenant).distinct().forEach(listener);
            return () -> {};
        }
    }
}
