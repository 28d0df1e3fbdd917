package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jackfield.plugin.Flows;
import org.jspecify.annotations.Nullable;

/** What was tried for one flow, oldest first. */
@Service
@Command(scope = "flow", name = "show", description = "What was tried for one flow, oldest first.")
@SuppressWarnings("NullAway.Init")
public final class FlowShow implements Action {
    @Reference
    private HostView host;

    @Argument(index = 0, name = "flow", required = true, description = "The name, as flow:list shows it")
    private String name;

    @Override
    public @Nullable Object execute() {
        Flows.Flow flow = host.flows().map(f -> f.flow(name)).orElse(null);
        if (flow == null) {
            throw new IllegalArgumentException("flow: " + name + " (expected: a name that flow:list shows)");
        }
        var table = new ShellTable();
        table.column("Version").alignRight();
        table.column("Hash");
        table.column("Time");
        table.column("Outcome");
        table.column("Reason");
        flow.history()
                .forEach(v -> table.addRow()
                        .addContent(
                                v.number(),
                                v.hash(),
                                v.time(),
                                v.outcome(),
                                v.refusal() == null ? "" : v.refusal().toString()));
        table.print(System.out);
        return null;
    }
}
