package org.jackfield.acd.asterisk;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.AgentDirectory;
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
 * The link of kind {@code ami}: one Asterisk as ACD.
 * With a configuration that has faults it is there too, down, and says them all. No method blocks.
 */
@Component(
        service = Link.class,
        configurationPid = "org.jackfield.ami",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = AmiConfig.class, factory = true)
public final class AmiLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(AmiLink.class);

    private final LinkId id;
    private final @Nullable LiveLink live;
    private final Status faulty;
    /** For flows to attach to while the link has faults; nothing is ever offered. */
    private final List<OfferPoint<?, ?>> offers;

    /** As Declarative Services makes it. */
    @Activate
    public AmiLink(
            @Reference EventBus bus,
            @Reference AgentDirectory directory,
            @Reference MeterRegistry meters,
            Map<String, Object> properties) {
        this(
                SettingsReader.read(properties, Path.of(System.getProperty("karaf.base", "."))),
                bus,
                directory,
                meters,
                Clock.systemUTC());
    }

    AmiLink(SettingsReader.Result read, EventBus bus, AgentDirectory directory, MeterRegistry registry, Clock clock) {
        this.id = read.id();
        Settings settings = read.settings();
        if (settings != null) {
            this.live = new LiveLink(settings, bus, directory, registry, clock);
            this.faulty = Status.starting(clock.instant());
            this.offers = List.of(live.routes());
            return;
        }
        this.live = null;
        this.offers = List.of();
        String file = "etc/org.jackfield.ami-" + id.name() + ".cfg";
        String sentence = String.join("; ", read.faults()) + " in " + file;
        this.faulty = Status.down(Status.Detail.CONFIGURATION, sentence, clock.instant());
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
        return Acd.OPERATIONS;
    }

    @Override
    public Collection<OfferPoint<?, ?>> offers() {
        return offers;
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        LiveLink link = live;
        if (link == null) {
            return CompletableFuture.failedFuture(
                    new CommandException("linkDown", id + ": " + faulty.sentence(), false, null));
        }
        CompletionStage<?> done = link.execute(command.argument(), command.cause(), command.timeout());
        if (done == null) {
            return CompletableFuture.failedFuture(new CommandException(
                    "unknownOperation",
                    "operation: " + command.operation().name() + " (expected: one of "
                            + operations().stream().map(Operation::name).toList() + ")",
                    false,
                    null));
        }
        return done.thenApply(command.operation().answer()::cast);
    }

    @Override
    @Deactivate
    public void close() {
        if (live != null) {
            live.close();
        }
    }
}
