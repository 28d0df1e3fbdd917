package org.jackfield.console.shell;

import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jackfield.console.HostView;
import org.jackfield.plugin.DeadLetters;
import org.jspecify.annotations.Nullable;

/** Events that no attempt could deliver, newest first. */
@Service
@Command(scope = "bus", name = "dead", description = "Events that no attempt could deliver, newest first.")
@SuppressWarnings("NullAway.Init")
public final class BusDead implements Action {
    @Reference
    private HostView host;

    @Override
    public @Nullable Object execute() throws Exception {
        DeadLetters desk = host.deadLetters()
                .orElseThrow(() -> new IllegalStateException("the bus is not there (expected: it runs)"));
        var table = new ShellTable();
        table.column("Id");
        table.column("At");
        table.column("Tenant");
        table.column("Flow");
        table.column("Attempts").alignRight();
        table.column("Reason");
        desk.last(100)
                .toCompletableFuture()
                .get(15, TimeUnit.SECONDS)
                .forEach(l -> table.addRow()
                        .addContent(
                                l.id(),
                                l.at(),
                                l.tenant(),
                                l.letter().flow(),
                                l.letter().attempts(),
                                l.letter().reason()));
        table.emptyTableText("No dead letters.").print(System.out);
        return null;
    }
}
