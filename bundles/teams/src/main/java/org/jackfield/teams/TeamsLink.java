package org.jackfield.teams;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.SignIn;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of kind {@code teams}: one Entra application in one Microsoft 365 tenant.
 * With a configuration that has faults it is there too, down, and says them all. No method blocks.
 */
@Component(
        service = {Link.class, SignIn.class},
        configurationPid = "org.jackfield.teams",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = TeamsConfig.class, factory = true)
public final class TeamsLink implements Link, SignIn {
    private static final Logger LOG = LoggerFactory.getLogger(TeamsLink.class);

    private final LinkId id;
    private final @Nullable LiveLink live;
    private final Status faulty;

    /** As Declarative Services makes it. */
    @Activate
    public TeamsLink(
            @Reference EventBus bus,
            @Reference AgentDirectory directory,
            @Reference MeterRegistry meters,
            @Reference Budgets budgets,
            Map<String, Object> properties) {
        this(
                SettingsReader.read(properties, System::getenv, Path.of(System.getProperty("karaf.base", "."))),
                bus,
                directory,
                meters,
                budgets);
    }

    TeamsLink(
            SettingsReader.Result read,
            EventBus bus,
            AgentDirectory directory,
            MeterRegistry registry,
            Budgets budgets) {
        this.id = read.id();
        Settings settings = read.settings();
        if (settings != null) {
            this.live = new LiveLink(settings, bus, directory, registry, budgets);
            this.faulty = Status.starting(Instant.now());
            return;
        }
        this.live = null;
        String file = "etc/org.jackfield.teams-" + id.name() + ".cfg";
        String sentence = String.join("; ", read.faults()) + " in " + file;
        this.faulty = Status.down(Status.Detail.CONFIGURATION, sentence, Instant.now());
        LOG.error("{} does nothing: {}", id, sentence);
        read.faults()
                .forEach(fault -> registry.counter("jackfield.input.refused", "place", file, "reason", "configuration")
                        .increment());
    }

    @Override
    public LinkId id() {
        return id;
    }

    @Override
    public Status status() {
        return live == null ? faulty : live.status();
    }

    @Override
    public Collection<Operation<?, ?>> operations() {
        return List.of(Teams.PRESENCE, Teams.KILL_SWITCH, Teams.BUDGET, Teams.ONBOARD, Teams.DIAGNOSE);
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        LiveLink link = live;
        if (link == null) {
            return CompletableFuture.failedFuture(down());
        }
        Class<A> answer = command.operation().answer();
        if (command.argument() instanceof PresenceEvents.Intent intent) {
            return link.presence(intent, command.cause(), command.timeout()).thenApply(answer::cast);
        }
        if (command.argument() instanceof Teams.KillSwitch order) {
            return link.turn(order, command.timeout()).thenApply(answer::cast);
        }
        if (command.argument() instanceof Teams.AskBudget) {
            return CompletableFuture.completedFuture(answer.cast(link.budget()));
        }
        if (command.argument() instanceof Teams.AskOnboarding) {
            return link.onboard(command.timeout()).thenApply(answer::cast);
        }
        if (command.argument() instanceof Teams.Diagnose about) {
            Teams.Diagnosis found = link.diagnose(about.agent());
            return found != null
                    ? CompletableFuture.completedFuture(answer.cast(found))
                    : CompletableFuture.failedFuture(new CommandException(
                            "unknownAgent",
                            "agent: " + about.agent() + " (expected: one with an Entra user in the agent dictionary)",
                            false,
                            null));
        }
        return CompletableFuture.failedFuture(new CommandException(
                "unknownOperation",
                "operation: " + command.operation().name() + " (expected: one of "
                        + operations().stream().map(Operation::name).toList() + ")",
                false,
                null));
    }

    @Override
    public String tenant() {
        return id.tenant();
    }

    @Override
    public Attempt begin(URI redirect) {
        LiveLink link = live;
        if (link == null) {
            throw new IllegalStateException(id + ": " + faulty.sentence());
        }
        return link.signIn().begin(redirect);
    }

    @Override
    public CompletionStage<Person> finish(Attempt attempt, String code) {
        LiveLink link = live;
        return link == null
                ? CompletableFuture.failedFuture(down())
                : link.signIn().finish(attempt, code);
    }

    @Override
    public CompletionStage<Person> byToken(String token) {
        LiveLink link = live;
        return link == null
                ? CompletableFuture.failedFuture(down())
                : link.signIn().byToken(token);
    }

    private CommandException down() {
        return new CommandException("linkDown", id + ": " + faulty.sentence(), false, null);
    }

    @Override
    @Deactivate
    public void close() {
        if (live != null) {
            live.close();
        }
    }
}
