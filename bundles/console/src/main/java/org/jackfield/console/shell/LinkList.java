package org.jackfield.console.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jspecify.annotations.Nullable;

/** Every link with its state, what it says and since when. */
@Service
@Command(scope = "link", name = "list", description = "Every link with its state, what it says and since when.")
@SuppressWarnings("NullAway.Init")
public final class LinkList implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() {
        var table = new ShellTable();
        table.column("Link");
        table.column("Tenant");
        table.column("State");
        table.column("Since");
        table.column("What it says");
        host.links()
                .forEach(l -> table.addRow()
                        .addContent(
                                l.id(),
                                l.id().tenant(),
                                l.status().state(),
                                l.status().since(),
                                l.status().sentence()));
        table.emptyTableText("No link is configured; see etc/org.jackfield.*-*.cfg.")
                .print(System.out);
        return null;
    }
}
