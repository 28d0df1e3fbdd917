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

/** Shows how far a tenant is ready for the host: consent link, permissions one by one, agent dictionary. */
@Service
@Command(
        scope = "teams",
        name = "onboard",
        description = "Prints a tenant's consent link and checks permissions and agent dictionary; changes nothing.")
@SuppressWarnings("NullAway.Init")
public final class TeamsOnboard implements Action {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Reference
    private HostView host;

    @Argument(index = 0, name = "tenant", required = true, description = "The host's tenant, as in the link's file")
    private String tenant;

    @Override
    public @Nullable Object execute() throws Exception {
        Link link = host.link("teams", tenant)
                .orElseThrow(() -> new IllegalArgumentException("tenant: " + tenant + " (expected: one of "
                        + host.links().stream()
                                .filter(l -> l.id().kind().equals("teams"))
                                .map(l -> l.id().tenant())
                                .toList()
                        + ")"));
        var command = new org.jackfield.plugin.Command<>(Teams.ONBOARD, new Teams.AskOnboarding(), null, PATIENCE);
        Teams.Onboarding found =
                link.execute(command).toCompletableFuture().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
        System.out.println("Application permissions of Microsoft Graph to register, no more and no less:");
        found.needed().forEach(permission -> System.out.println("  " + permission));
        System.out.println("An administrator of the tenant consents here:");
        System.out.println("  " + found.consentLink());
        System.out.println("Checked:");
        found.checked()
                .forEach(each -> System.out.printf(
                        "  %-4s %s: %s%n", each.granted() ? "ok" : "NO", each.name(), each.sentence()));
        found.remarks().forEach(remark -> System.out.println("  !    " + remark));
        return null;
    }
}
