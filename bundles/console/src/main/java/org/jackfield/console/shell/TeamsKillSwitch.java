package org.jackfield.console.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jackfield.console.HostView;
import org.jackfield.event.Custom;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;

/** Withdraws what the host shows in Teams and stops its writing, or allows it again; the order is on the audit topic. */
@Service
@Command(
        scope = "teams",
        name = "killswitch",
        description = "Withdraws what the host has set in Teams and stops writing (on), or allows writing again (off).")
@SuppressWarnings("NullAway.Init")
public final class TeamsKillSwitch implements Action {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Reference
    private HostView host;

    @Argument(index = 0, name = "position", required = true, description = "on or off")
    private String position;

    @Argument(index = 1, name = "reason", required = true, description = "Why, for the colleagues who see it")
    private String reason;

    @Argument(index = 2, name = "link", description = "kind:name, as link:list shows it")
    private String linkId = "teams:main";

    @Override
    public @Nullable Object execute() throws Exception {
        if (!position.equals("on") && !position.equals("off")) {
            throw new IllegalArgumentException("position: " + position + " (expected: on or off)");
        }
        Link link = host.link(linkId)
                .orElseThrow(() -> new IllegalArgumentException("link: " + linkId + " (expected: one of "
                        + host.links().stream().map(Link::id).toList() + ")"));
        audit(link);
        var order = new Teams.KillSwitch(position.equals("on"), reason);
        var command = new org.jackfield.plugin.Command<>(Teams.KILL_SWITCH, order, null, PATIENCE);
        Teams.KillSwitchAnswer answer =
                link.execute(command).toCompletableFuture().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
        System.out.println(
                answer.on()
                        ? "on: nothing is written any more; " + answer.cleared() + " sessions withdrawn, "
                                + answer.left() + " still to go"
                        : "off: writing goes on, and what was withdrawn and is still wanted is written again");
        return null;
    }

    private void audit(Link link) {
        var what = new Custom(
                "operator.killswitch",
                Topic.AUDIT,
                linkId,
                Map.of("link", linkId, "position", position, "reason", reason));
        host.bus().publish(EventDraft.of(link.id().tenant(), "/console/shell", Origin.OPERATOR, Instant.now(), what));
    }
}
