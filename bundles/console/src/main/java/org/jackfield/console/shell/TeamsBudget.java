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

/** Shows what a Teams link uses of Graph's limits. */
@Service
@Command(
        scope = "teams",
        name = "budget",
        description = "Shows what a Teams link uses of Graph's limits and who waits.")
@SuppressWarnings("NullAway.Init")
public final class TeamsBudget implements Action {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Reference
    private HostView host;

    @Argument(index = 0, name = "link", description = "kind:name, as link:list shows it")
    private String linkId = "teams:main";

    @Override
    public @Nullable Object execute() throws Exception {
        Link link = host.link(linkId)
                .orElseThrow(() -> new IllegalArgumentException("link: " + linkId + " (expected: one of "
                        + host.links().stream().map(Link::id).toList() + ")"));
        var command = new org.jackfield.plugin.Command<>(Teams.BUDGET, new Teams.AskBudget(), null, PATIENCE);
        Teams.Budget budget =
                link.execute(command).toCompletableFuture().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
        System.out.printf(
                "%s: %d of %d allowed in %d s used (at most %d so far; Graph's limit %d)%n",
                budget.kind(),
                budget.used(),
                budget.allowed(),
                budget.window().toSeconds(),
                budget.most(),
                budget.limit());
        budget.usedBy()
                .forEach((priority, used) -> System.out.printf(
                        "  %-10s %6d used %6d wait%n",
                        priority, used, budget.waitingBy().getOrDefault(priority, 0)));
        if (!budget.paused().isZero()) {
            System.out.println("  Graph asked for a pause: " + budget.paused().toSeconds() + " s left");
        }
        return null;
    }
}
