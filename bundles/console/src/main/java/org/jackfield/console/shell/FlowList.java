package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jackfield.plugin.Flows;
import org.jspecify.annotations.Nullable;

/** Every flow with its version, state, counters and why its newest file was refused. */
@Service
@Command(
        scope = "flow",
        name = "list",
        description = "Every flow with its version, state, counters and why its newest file was refused.")
@SuppressWarnings("NullAway.Init")
public final class FlowList implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() {
        var table = new ShellTable();
        table.column("Flow");
        table.column("Version").alignRight();
        table.column("State");
        table.column("Received").alignRight();
        table.column("Delivered").alignRight();
        table.column("Filtered").alignRight();
        table.column("Dead").alignRight();
        table.column("What it says");
        host.flows().map(Flows::flows).stream()
                .flatMap(java.util.List::stream)
                .forEach(f -> table.addRow()
                        .addContent(
                                f.name(),
                                f.version(),
                                f.state(),
                                f.counters().received(),
                                f.counters().delivered(),
                                f.counters().filtered(),
                                f.counters().deadLettered(),
                                f.refusal() == null ? f.sentence() : "refused: " + f.refusal()));
        table.emptyTableText("No flow is loaded; see routes/.").print(System.out);
        return null;
    }
}
