package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jackfield.console.BundleStarts;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** How often each of our bundles was started since the console watches, and whether it is active. */
@Service
@Command(
        scope = "plugin",
        name = "starts",
        description = "How often each bundle was started since the console watches.")
@SuppressWarnings("NullAway.Init")
public final class PluginStarts implements Action {
    @Reference
    private BundleContext context;

    @Reference
    private BundleStarts starts;

    @Override
    public @Nullable Object execute() {
        for (Bundle bundle : context.getBundles()) {
            String name = bundle.getSymbolicName();
            if (name != null && name.startsWith("org.jackfield.")) {
                String state = bundle.getState() == Bundle.ACTIVE ? "Active" : "Inactive";
                System.out.println(name + " " + state + " " + starts.of(bundle.getBundleId()));
            }
        }
        return null;
    }
}
