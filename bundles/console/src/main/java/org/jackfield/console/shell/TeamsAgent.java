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
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;

/** Shows all that is known about one agent's presence in Teams, and why what is set does not show. */
@Service
@Command(
        scope = "teams",
        name = "agent",
        description = "Shows what was last set and read for an agent in Teams, and why what is set does not show.")
@SuppressWarnings("NullAway.Init")
public final class TeamsAgent implements Action {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Reference
    private HostView host;

    @Argument(index = 0, name = "agent", required = true, description = "The agent id, as agent:list shows it")
    private String agent;

    @Argument(index = 1, name = "link", description = "kind:name, as link:list shows it")
    private String linkId = "teams:main";

    @Override
    public @Nullable Object execute() throws Exception {
        Link link = host.link(linkId)
                .orElseThrow(() -> new IllegalArgumentException("link: " + linkId + " (expected: one of "
                        + host.links().stream().map(Link::id).toList() + ")"));
        var command = new org.jackfield.plugin.Command<>(Teams.DIAGNOSE, new Teams.Diagnose(agent), null, PATIENCE);
        Teams.Diagnosis found =
                link.execute(command).toCompletableFuture().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
        System.out.println("user     " + found.user());
        System.out.println("session  " + found.session() + " holds "
                + (found.held() == null ? "nothing" : found.held() + " until " + found.heldUntil())
                + (found.waiting() ? ", a newer write is under way" : ""));
        Teams.Write write = found.lastWrite();
        System.out.println("written  "
                + (write == null
                        ? "nothing since the start"
                        : write.pair() + " for " + write.expiry() + " at " + write.at() + ": HTTP " + write.status()
                                + ", request-id " + write.requestId()
                                + (write.error() == null ? "" : ", " + write.error())));
        Teams.Read read = found.lastRead();
        System.out.println("read     "
                + (read == null
                        ? "nothing since the start"
                        : read.availability() + "/" + read.activity() + " by " + read.source() + " "
                                + read.age().toSeconds() + " s ago"));
        System.out.println("visible  " + (found.hidden() == null ? "nothing is wrong" : "no: " + found.hidden()));
        return null;
    }
}
