package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a trunk of each {@code etc/org.jackfield.sip-NAME.cfg} and offers it as a link. Safe for any thread. */
@Component(
        service = Link.class,
        configurationPid = "org.jackfield.sip",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = TrunkConfig.class, factory = true)
public final class SipTrunkComponent implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(SipTrunkComponent.class);

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable AgentDirectory directory;

    private final Link trunk;

    @Activate
    public SipTrunkComponent(
            @Reference EventBus bus,
            @Reference MeterRegistry meters,
            TrunkConfig config,
            Map<String, Object> properties) {
        String name = name(properties);
        Link made;
        try {
            SipTrunk working =
                    new SipTrunk(TrunkSettings.of(config, name), bus, meters, Clock.systemUTC(), () -> directory);
            working.start();
            made = working;
        } catch (TrunkSettings.Faults | RuntimeException e) {
            // a number that is none shows only when it is read, as an exception of the component runtime
            String faults = e instanceof TrunkSettings.Faults ? "" : "etc/org.jackfield.sip-" + name + ".cfg: ";
            made = broken(bus, meters, id(name, properties.get("tenant")), faults + e.getMessage());
        }
        trunk = made;
    }

    /** The part of {@code org.jackfield.sip~NAME} behind the tilde. */
    private static String name(Map<String, Object> properties) {
        String pid = String.valueOf(properties.get("service.pid"));
        int tilde = pid.indexOf('~');
        return tilde < 0 ? "main" : pid.substring(tilde + 1);
    }

    private static LinkId id(String name, @Nullable Object tenant) {
        try {
            return new LinkId(tenant == null ? "demo" : tenant.toString(), "sip", name);
        } catch (IllegalArgumentException e) {
            return new LinkId("unknown", "sip", "unnamed");
        }
    }

    private static Link broken(EventBus bus, MeterRegistry meters, LinkId id, String faults) {
        LOG.error("{} does not start: {}", id, faults);
        meters.counter("jackfield.input.refused", "place", id.toString(), "reason", "configuration")
                .increment();
        Clock clock = Clock.systemUTC();
        try {
            bus.publish(EventDraft.of(
                    id.tenant(),
                    id.source(),
                    Origin.HOST,
                    clock.instant(),
                    new LinkEvents.Refused(id.toString(), "configuration", faults, null)));
        } catch (SpoolFullException e) {
            LOG.warn("the fault in the configuration of {} is not on the bus: {}", id, e.getMessage());
        }
        return new BrokenTrunk(id, Status.down(Status.Detail.CONFIGURATION, faults, clock.instant()));
    }

    @Override
    public LinkId id() {
        return trunk.id();
    }

    @Override
    public Status status() {
        return trunk.status();
    }

    @Override
    public Collection<Operation<?, ?>> operations() {
        return trunk.operations();
    }

    @Override
    public Collection<OfferPoint<?, ?>> offers() {
        return trunk.offers();
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        return trunk.execute(command);
    }

    @Deactivate
    @Override
    public void close() {
        trunk.close();
    }
}
