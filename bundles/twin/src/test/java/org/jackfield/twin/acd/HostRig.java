package org.jackfield.twin.acd;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jackfield.acd.csta.CstaLink;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Registration;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jspecify.annotations.Nullable;

/** The host's own CSTA link between a bus in memory and the twin's ACD, without a trunk: calls stay inside the ACD. */
final class HostRig implements AutoCloseable {
    final FakeEventBus bus = new FakeEventBus();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Faults faults = new Faults();
    final TwinLog log = new TwinLog();
    final AcdTwin acd;
    final List<AgentFile.Line> agents;
    private final Map<String, Object> config = new HashMap<>();
    private @Nullable CstaLink link;

    HostRig(int agentCount, @Nullable Path ledger, long wrapUpMs, String... more) throws IOException {
        agents = java.util.stream.IntStream.range(0, agentCount)
                .mapToObj(HostRig::line)
                .toList();
        var nobody = new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        acd = new AcdTwin(
                new AcdTwin.Setup(0, 0, nobody, agents, Set.of("600"), "ready", wrapUpMs, 200, 60, ledger),
                faults,
                log);
        config.put("service.pid", "org.jackfield.csta~main");
        config.put("tenant", "demo");
        config.put("port", acd.cstaPort());
        config.put("reconnect", "fixed=5ms");
        config.put("requestsPerSecond", "5000");
        for (int i = 0; i + 1 < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
    }

    private static AgentFile.Line line(int number) {
        String device = String.valueOf(4711 + number);
        return new AgentFile.Line("a" + number, device, List.of("600"), "", "", "+4930555" + device, "desk");
    }

    HostRig start(int port) {
        config.put("port", port);
        int before = bus.data(LinkEvents.Resync.class).size();
        link = new CstaLink(bus, new Book(), meters, config);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> bus.data(LinkEvents.Resync.class).size() > before);
        return this;
    }

    CstaLink link() {
        CstaLink started = link;
        if (started == null) {
            throw new IllegalStateException("link: not started");
        }
        return started;
    }

    <Q, A> CompletableFuture<A> ask(Operation<Q, A> operation, Q argument) {
        return link().execute(new Command<>(operation, argument, null, Duration.ofSeconds(10)))
                .toCompletableFuture();
    }

    Call call(Predicate<Call> test) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> bus.data(Call.class).stream().anyMatch(test));
        return bus.data(Call.class).stream().filter(test).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        acd.close();
    }

    /** The dictionary: all agents of the twin. */
    private final class Book implements AgentDirectory {
        private final List<Agent> all = agents.stream()
                .map(line -> new Agent(
                        "demo",
                        line.id(),
                        "main",
                        line.device(),
                        line.groups(),
                        null,
                        null,
                        line.number(),
                        Agent.Endpoint.DESK))
                .toList();

        private @Nullable Agent find(Predicate<Agent> test) {
            return all.stream().filter(test).findFirst().orElse(null);
        }

        @Override
        public Collection<Agent> agents(String tenant) {
            return all;
        }

        @Override
        public @Nullable Agent byId(String tenant, String id) {
            return find(agent -> agent.id().equals(id));
        }

        @Override
        public @Nullable Agent byDevice(String tenant, String device) {
            return find(agent -> agent.device().equals(device));
        }

        @Override
        public @Nullable Agent byUser(String tenant, String user) {
            return null;
        }

        @Override
        public @Nullable Agent byNumber(String tenant, String number) {
            return find(agent -> number.equals(agent.number()));
        }

        @Override
        public Registration watch(Consumer<String> listener) {
            listener.accept("demo");
            return () -> {};
        }
    }
}
