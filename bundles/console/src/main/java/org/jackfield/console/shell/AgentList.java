package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jspecify.annotations.Nullable;

/** Every agent, at the ACD and in Teams. */
@Service
@Command(scope = "agent", name = "list", description = "Every agent, at the ACD and in Teams.")
@SuppressWarnings("NullAway.Init")
public final class AgentList implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() {
        var table = new ShellTable();
        table.column("Agent");
        table.column("Tenant");
        table.column("Device");
        table.column("At the ACD");
        table.column("In Teams");
        table.column("Shown by the host");
        host.agents()
                .forEach(a -> table.addRow()
                        .addContent(
                                a.agent().id(),
                                a.agent().tenant(),
                                a.agent().device(),
                                a.state() == null
                                        ? ""
                                        : a.state() + (a.reason() == null ? "" : " (" + a.reason() + ")"),
                                a.availability() == null ? "" : a.availability() + "/" + a.activity(),
                                a.shownByHost() == null ? "" : a.shownByHost()));
        table.emptyTableText("No agent is known; see etc/agents-*.csv.").print(System.out);
        return null;
    }
}
