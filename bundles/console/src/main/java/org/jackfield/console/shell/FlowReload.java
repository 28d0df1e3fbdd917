package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jackfield.console.HostView;
import org.jspecify.annotations.Nullable;

/** Looks at all route files again. */
@Service
@Command(scope = "flow", name = "reload", description = "Looks at all route files again.")
@SuppressWarnings("NullAway.Init")
public final class FlowReload implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() {
        host.flows()
                .orElseThrow(() -> new IllegalStateException("flow-host is not there (expected: it runs)"))
                .reload();
        return null;
    }
}
