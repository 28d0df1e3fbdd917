package org.jackfield.teams;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;

/** An agent dictionary of tenant {@code demo} that tests write. */
final class FakeDirectory implements AgentDirectory {
    private final Map<String, Agent> byUser = new ConcurrentSkipListMap<>();

    FakeDirectory with(String agent, String user) {
        return with(agent, user, null);
    }

    /** @param user one who stands there already gets a second agent only in another spelling */
    FakeDirectory with(String agent, String user, @Nullable String upn) {
        byUser.put(
                user, new Agent("demo", agent, "main", "4711", List.of("600"), user, upn, null, Agent.Endpoint.DESK));
        return this;
    }

    void remove(String user) {
        byUser.remove(user);
    }

    @Override
    public Collection<Agent> agents(String tenant) {
        return tenant.equals("demo") ? List.copyOf(byUser.values()) : List.of();
    }

    @Override
    public @Nullable Agent byId(String tenant, String id) {
        return agents(tenant).stream()
                .filter(a -> a.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public @Nullable Agent byDevice(String tenant, String device) {
        return null;
    }

    @Override
    public @Nullable Agent byUser(String tenant, String user) {
        return tenant.equals("demo") ? byUser.get(user) : null;
    }

    @Override
    public @Nullable Agent byNumber(String tenant, String number) {
        return null;
    }

    @Override
    public Registration watch(Consumer<String> listener) {
        listener.accept("demo");
        return () -> {};
    }
}
