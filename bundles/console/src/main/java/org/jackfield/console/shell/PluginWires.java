package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Which bundle is wired to which: what refreshing one of them would restart. */
@Service
@Command(scope = "plugin", name = "wires", description = "Which bundle is wired to which, and by what.")
@SuppressWarnings("NullAway.Init")
public final class PluginWires implements Action {
    @Reference
    private BundleContext context;

    @Option(name = "-a", aliases = "--all", description = "Also bundles of other projects")
    private boolean all;

    @Override
    public @Nullable Object execute() {
        for (Bundle bundle : context.getBundles()) {
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (wiring == null || !(all || ours(bundle.getSymbolicName()))) {
                continue;
            }
            for (BundleWire wire : wiring.getRequiredWires(null)) {
                System.out.println(bundle.getSymbolicName() + " -> "
                        + wire.getProvider().getSymbolicName() + " "
                        + wire.getCapability().getNamespace() + " "
                        + wire.getCapability()
                                .getAttributes()
                                .getOrDefault(wire.getCapability().getNamespace(), ""));
            }
        }
        return null;
    }

    private static boolean ours(@Nullable String name) {
        return name != null && name.startsWith("org.jackfield.");
    }
}
