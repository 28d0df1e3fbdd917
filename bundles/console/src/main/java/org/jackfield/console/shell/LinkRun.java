package org.jackfield.console.shell;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jackfield.console.HostView;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Operation;
import org.jspecify.annotations.Nullable;

/** Runs an operation of a link that needs no argument. */
@Service
@Command(scope = "link", name = "run", description = "Runs an operation of a link that needs no argument.")
@SuppressWarnings("NullAway.Init")
public final class LinkRun implements Action {
    @Reference
    private HostView host;

    @Argument(index = 0, name = "link", required = true, description = "kind:name, as link:list shows it")
    private String linkId;

    @Argument(index = 1, name = "operation", required = true, description = "The name of an operation without argument")
    private String operationName;

    @Override
    public @Nullable Object execute() throws Exception {
        Link link = host.link(linkId)
                .orElseThrow(() -> new IllegalArgumentException("link: " + linkId + " (expected: one of "
                        + host.links().stream().map(Link::id).toList() + ")"));
        Operation<?, ?> operation = link.operations().stream()
                .filter(o -> o.name().equals(operationName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("operation: " + operationName + " (expected: one of "
                        + link.operations().stream().map(Operation::name).toList() + ")"));
        return run(link, operation);
    }

    private static <Q, A> Object run(Link link, Operation<Q, A> operation) throws Exception {
        Q argument = operation.argument().getDeclaredConstructor().newInstance();
        var timeout = Duration.ofSeconds(30);
        var command = new org.jackfield.plugin.Command<>(operation, argument, null, timeout);
        return link.execute(command).toCompletableFuture().get(timeout.toSeconds() + 1, TimeUnit.SECONDS);
    }
}
