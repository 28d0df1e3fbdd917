package org.jackfield.bus;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Status;
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
 * The link of kind {@code acd}: an ACD that speaks only Kafka, by the contract in {@code asyncapi.yaml}.
 * With a configuration that has faults it is there too, down, and says them all. No method blocks.
 */
@Component(
        service = Link.class,
        configurationPid = AcdConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = AcdConfiguration.class, factory = true)
public final class AcdLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(AcdLink.class);

    private final LinkId id;
    private final Status faulty;
    private final @Nullable AcdDesk desk;
    private final List<OfferPoint<?, ?>> offers;

    /** As Declarative Services makes it. */
    @Activate
    public AcdLink(@Reference EventBus bus, Map<String, Object> properties) {
        this(AcdSettings.of(properties), bus, Clock.systemUTC());
    }

    AcdLink(AcdSettings settings, EventBus bus, Clock clock) {
        this.id = settings.id();
        this.faulty = Status.down(
                Status.Detail.CONFIGURATION,
                String.join("; ", settings.faults()) + " in etc/" + AcdConfiguration.PID + "-" + id.name() + ".cfg",
                clock.instant());
        if (settings.faults().isEmpty() && bus instanceof KafkaEventBus kafka) {
            desk = new AcdDesk(settings, kafka, clock);
            offers = List.of(desk.point());
            desk.start();
            LOG.info("{}: reads {}, mode {}", id, TopicNames.in(id.tenant(), id.name()), settings.mode());
        } else {
            desk = null;
            offers = List.of();
            LOG.error("{} does nothing: {}", id, faulty.sentence());
        }
    }

    @Override
    public LinkId id() {
        return id;
    }

    @Override
    public Status status() {
        return desk == null ? faulty : desk.status();
    }

    @Override
    public Collection<Operation<?, ?>> operations() {
        return Acd.OPERATIONS;
    }

    @Override
    public Collection<OfferPoint<?, ?>> offers() {
        return offers;
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        AcdDesk current = desk;
        Class<A> answer = command.operation().answer();
        if (current == null) {
            return CompletableFuture.failedFuture(
                    new CommandException("linkDown", id + ": " + faulty.sentence(), false, null));
        }
        if (command.argument() instanceof Acd.SetAgentState order) {
            return current.setAgentState(order, command.cause(), command.timeout())
                    .thenApply(answer::cast);
        }
        if (command.argument() instanceof Acd.SingleStepTransfer order) {
            return current.transfer(order, command.cause(), command.timeout()).thenApply(answer::cast);
        }
        return CompletableFuture.failedFuture(new CommandException(
                "unsupported",
                "operation: " + command.operation().name() + " (expected: setAgentState or singleStepTransfer)",
                false,
                null));
    }

    @Override
    @Deactivate
    public void close() {
        if (desk != null) {
            desk.close();
        }
    }
}
