package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jspecify.annotations.Nullable;

/** The calls that are up, oldest first. */
@Service
@Command(scope = "call", name = "list", description = "The calls that are up, oldest first.")
@SuppressWarnings("NullAway.Init")
public final class CallList implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() {
        var table = new ShellTable();
        table.column("Call");
        table.column("Tenant");
        table.column("From");
        table.column("To");
        table.column("Queue");
        table.column("Agent");
        table.column("State");
        table.column("Since");
        host.calls()
                .forEach(c -> table.addRow()
                        .addContent(
                                c.call(),
                                c.tenant(),
                                c.calling(),
                                c.called(),
                                c.queue(),
                                c.agent(),
                                c.state(),
                                c.since()));
        table.emptyTableText("No call is up.").print(System.out);
        return null;
    }
}
