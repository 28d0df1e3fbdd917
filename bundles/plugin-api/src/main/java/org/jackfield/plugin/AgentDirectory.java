package org.jackfield.plugin;

import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** The agent dictionary, changed while running; an OSGi service. Reads never block and see one whole version. */
@ProviderType
public interface AgentDirectory {
    Collection<Agent> agents(String tenant);

    @Nullable
    Agent byId(String tenant, String id);

    @Nullable
    Agent byDevice(String tenant, String device);

    /** By Entra object id. */
    @Nullable
    Agent byUser(String tenant, String user);

    /** By number on the trunk, +E.164. */
    @Nullable
    Agent byNumber(String tenant, String number);

    /** Calls {@code listener} with the tenant now and whenever its agents changed; it must not block. */
    Registration watch(Consumer<String> listener);
}
