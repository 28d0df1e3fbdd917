package org.jackfield.flow;

import java.time.Clock;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Flows.Refusal;
import org.jackfield.plugin.SpoolFullException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log and the bus what became of a flow's file. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger("org.jackfield.flow");

    private final EventBus bus;
    private final String tenant;
    private final Clock clock;

    /** @param tenant whose topics carry what is told about flows */
    Announcer(EventBus bus, String tenant, Clock clock) {
        this.bus = bus;
        this.tenant = tenant;
        this.clock = clock;
    }

    void live(ManagedFlow flow, FlowVersion next, @Nullable FlowVersion before) {
        flow.meters().swapped();
        LOG.info(
                "flow {}: version {} ({}) runs{}",
                flow.name(),
                next.number(),
                next.source().hash(),
                before == null ? "" : " instead of version " + before.number());
        publish(new LinkEvents.Flow(flow.name(), version(next), "loaded", 0, null));
    }

    void waiting(ManagedFlow flow, Source source) {
        String sentence = flow.view().sentence();
        LOG.info("flow {}: {}", flow.name(), sentence);
        publish(new LinkEvents.Flow(flow.name(), source.hash(), "waiting", 0, sentence));
    }

    void refused(String flow, @Nullable Source source, Refusal refusal, @Nullable FlowVersion running) {
        LOG.warn(
                "flow {} refused: {}; {}",
                flow,
                refusal,
                running == null ? "nothing has changed" : "version " + running.number() + " stays");
        String hash = source == null ? "" : source.hash();
        publish(new LinkEvents.Flow(flow, hash, "refused", refusal.line(), refusal.reason()));
    }

    void removed(ManagedFlow flow, @Nullable FlowVersion version) {
        LOG.info("flow {}: removed with its file", flow.name());
        publish(new LinkEvents.Flow(flow.name(), version == null ? "" : version(version), "removed", 0, null));
    }

    private static String version(FlowVersion version) {
        return version.number() + "-" + version.source().hash();
    }

    private void publish(LinkEvents.Flow event) {
        try {
            bus.publish(EventDraft.of(tenant, "/flow/" + event.flow(), Origin.HOST, clock.instant(), event));
        } catch (SpoolFullException e) {
            LOG.warn("flow {}: the bus was not told: {}", event.flow(), e.getMessage());
        }
    }
}
