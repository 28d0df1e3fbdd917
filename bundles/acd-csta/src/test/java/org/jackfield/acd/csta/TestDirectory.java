package org.jackfield.acd.csta;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;

/** A dictionary that a test changes. */
final class TestDirectory implements AgentDirectory {
    static final String TENANT = "demo";

    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
    private volatile Version now;

    /** As the host's own dictionary keeps them: ids and devices are looked up, not searched for. */
    private record Version(List<Agent> agents, Map<String, Agent> byId, Map<String, Agent> byDevice) {
        static Version of(Agent... agents) {
            Map<String, Agent> ids = new HashMap<>();
            Map<String, Agent> devices = new HashMap<>();
            for (Agent agent : agents) {
                ids.putIfAbsent(agent.id(), agent);
                devices.putIfAbsent(agent.device(), agent);
            }
            return new Version(List.of(agents), ids, devices);
        }
    }

    TestDirectory(Agent... agents) {
        this.now = Version.of(agents);
    }

    static Agent agent(String id, String device, String... groups) {
        return new Agent(
                TENANT, id, "main", device, List.of(groups), null, null, "+4930555" + device, Agent.Endpoint.DESK);
    }

    void set(Agent... newAgents) {
        now = Version.of(newAgents);
        watchers.forEach(watcher -> watcher.accept(TENANT));
    }

    @Override
    public Collection<Agent> agents(String tenant) {
        return tenant.equals(TENANT) ? now.agents() : List.of();
    }

    private @Nullable Agent find(String tenant, Predicate<Agent> test) {
        return agents(tenant).stream().filter(test).findFirst().orElse(null);
    }

    @Override
    public @Nullable Agent byId(String tenant, String id) {
        return tenant.equals(TENANT) ? now.byId().get(id) : null;
    }

    @Override
    public @Nullable Agent byDevice(String tenant, String device) {
        return tenant.equals(TENANT) ? now.byDevice().get(device) : null;
    }

    @Override
    public @Nullable Agent byUser(String tenant, String user) {
        return find(tenant, agent -> Objects.equals(agent.user(), user));
    }

    @Override
    public @Nullable Agent byNumber(String tenant, String number) {
        return find(tenant, agent -> Objects.equals(agent.number(), number));
    }

    @Override
    public Registration watch(Consumer<String> listener) {
        watchers.add(listener);
        listener.accept(TENANT);
        return () -> watchers.remove(listener);
    }
}
