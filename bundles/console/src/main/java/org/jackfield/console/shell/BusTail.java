package org.jackfield.console.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jackfield.event.Event;
import org.jspecify.annotations.Nullable;

/** The last events of this node, oldest first. */
@Service
@Command(scope = "bus", name = "tail", description = "The last events of this node, oldest first.")
@SuppressWarnings("NullAway.Init")
public final class BusTail implements Action {
    @Reference
    private HostView host;

    @Option(name = "-n", description = "How many, 1-500")
    private int number = 20;

    @Override
    public @Nullable Object execute() {
        List<Event> events = host.recent(null);
        var table = new ShellTable();
        table.column("Time");
        table.column("Type");
        table.column("Subject");
        table.column("Id");
        table.column("Data");
        events.subList(Math.max(0, events.size() - Math.max(1, number)), events.size())
                .forEach(e -> table.addRow().addContent(e.time(), e.data().type(), e.subject(), e.id(), e.data()));
        table.emptyTableText("Nothing has happened yet.").print(System.out);
        return null;
    }
}
