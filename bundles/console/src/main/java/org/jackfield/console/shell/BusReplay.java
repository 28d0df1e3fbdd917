package org.jackfield.console.shell;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jackfield.console.HostView;
import org.jackfield.plugin.DeadLetters;
import org.jspecify.annotations.Nullable;

/** Gives a dead letter once more to the flow that gave up on it. */
@Service
@Command(scope = "bus", name = "replay", description = "Gives a dead letter once more to the flow that gave up on it.")
@SuppressWarnings("NullAway.Init")
public final class BusReplay implements Action {
    @Reference
    private HostView host;

    @Argument(index = 0, name = "id", required = true, description = "The id, as bus:dead shows it")
    private String id;

    @Override
    public @Nullable Object execute() throws Exception {
        DeadLetters desk = host.deadLetters()
                .orElseThrow(() -> new IllegalStateException("the bus is not there (expected: it runs)"));
        var replay =
                desk.replay(id, Duration.ofSeconds(20)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        System.out.println(replay.result() + ": " + replay.sentence());
        return null;
    }
}
